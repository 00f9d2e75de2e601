// The least that a durable claim costs on MariaDB: its rows in prepared statements of one connection, in a transaction of
// its own or in one with others. `node bench/limits/claims-on-mariadb.ts PORT DATABASE CLAIMS_PER_COMMIT SECONDS` prints
// what it did as JSON; the database server's share is measured outside.

import { randomUUID } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { ADVANCE_HOST, allocationValues, consumerValues, INSERT_ALLOCATIONS, INSERT_CONSUMER } from './claim-rows.ts';
import { printCost } from './cost.ts';

const [port, database = '', perCommit = '1', seconds = '1'] = process.argv.slice(2);
const connection = await createConnection({ host: '127.0.0.1', port: Number(port), user: 'root', database });
const [rows] = await connection.query('SELECT count(*) AS count FROM resource_providers');
const hosts = Array.isArray(rows) && rows[0] !== undefined && 'count' in rows[0] ? Number(rows[0].count) : 1;

await printCost(Number(seconds), async (turn) => {
  await connection.query('BEGIN');
  for (let index = 0; index < Number(perCommit); index += 1) {
    const uuid = randomUUID();
    const id = 1 + ((turn * 617 + index * 211) % hosts);
    await connection.execute(ADVANCE_HOST, [id]);
    await connection.execute(INSERT_CONSUMER, consumerValues(uuid));
    await connection.execute(INSERT_ALLOCATIONS, allocationValues(uuid, id));
  }
  await connection.query('COMMIT');
  return Number(perCommit);
});
await connection.end();
