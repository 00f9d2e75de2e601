// The least that a durable claim costs on MariaDB: its rows in one prepared block of one connection, and so in one round
// trip, in a transaction of its own or in one with others.
// `node bench/limits/claims-on-mariadb.ts PORT DATABASE CLAIMS_PER_COMMIT SECONDS` prints what it did as JSON; the database
// server's share is measured outside.

import { createConnection } from 'mysql2/promise';
import { claimStatements, newClaims } from './claim-rows.ts';
import { printCost } from './cost.ts';

const [port, database = ''] = process.argv.slice(2);
const [perCommit = 1, seconds = 1] = process.argv.slice(4).map(Number);
const connection = await createConnection({ host: '127.0.0.1', port: Number(port), user: 'root', database });
const [rows] = await connection.query('SELECT count(*) AS count FROM resource_providers');
const hosts = Array.isArray(rows) && rows[0] !== undefined && 'count' in rows[0] ? Number(rows[0].count) : 1;
const statements = claimStatements(perCommit);
const block = `BEGIN NOT ATOMIC START TRANSACTION; ${statements.map(({ text }) => `${text};`).join(' ')} COMMIT; END`;

await printCost(seconds, async (turn) => {
  const claims = newClaims(perCommit, turn, hosts);
  await connection.execute(
    block,
    statements.flatMap(({ values }) => values(claims)),
  );
  return perCommit;
});
await connection.end();
