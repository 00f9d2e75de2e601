// Brings a database that an older OpenStack Placement made to the newest revision of its schema, along that project's own
// chain and with its own names for the steps, so that either service can go on from here (operations §4.3).

import type { Connection } from '../../connection.ts';
import { StaleRead } from '../../database-errors.ts';
import { statement } from '../../statement.ts';
import { SchemaError } from '../schema-error.ts';
import { consumerTypes } from './consumer-types.ts';
import { missingConsumers } from './missing-consumers.ts';
import { missingRoots } from './missing-roots.ts';
import { hasPart } from './mysql-parts.ts';
import { redundantIndexes } from './redundant-indexes.ts';
import type { MysqlChange, Revision, SchemaChanges } from './revision.ts';

/** Where the chain begins: databases that OpenStack Nova made are stamped with it by hand. */
const FIRST: Revision = { revision: 'b4ed3a175331' };
const CHAIN: readonly Revision[] = [FIRST, missingRoots, missingConsumers, consumerTypes, redundantIndexes];

/** All revisions, oldest first. */
export const REVISIONS: readonly string[] = CHAIN.map(({ revision }) => revision);

const recorded = statement()(({ db }) => db.selectFrom('alembic_version').select('version_num'));
const record = statement<{ before: string; after: string }>()(({ db, slot }) =>
  db.updateTable('alembic_version').set({ version_num: slot.after }).where('version_num', '=', slot.before),
);

/**
 * Runs the steps that the database lacks and records each; answers their revisions. The caller holds the database's lock
 * and, where statements that change tables can be rolled back (SQLite, PostgreSQL), a transaction. On MySQL and MariaDB a
 * run that was cut short is taken up by the next one.
 *
 * Throws {@link SchemaError} for a revision of another chain, for tables without a revision, and for records that must be
 * completed first; StaleRead when another process was at the same, which only a Galera cluster lets happen.
 */
export async function migratePlacementSchema(connection: Connection): Promise<readonly string[]> {
  const start = await recordedRevision(connection);
  const steps = CHAIN.slice(REVISIONS.indexOf(start) + 1);
  let before = start;
  for (const step of steps) {
    await step.check?.(connection);
    if (step.changes !== undefined) await apply(connection, step.changes);
    if ((await connection.change(record, { before, after: step.revision })) !== 1) {
      throw new StaleRead("the schema's revision");
    }
    before = step.revision;
  }
  return steps.map(({ revision }) => revision);
}

/** The revision to start from, which is one of the chain. */
async function recordedRevision(connection: Connection): Promise<string> {
  const rows = (await connection.tableNames()).has('alembic_version') ? await connection.rows(recorded, {}) : [];
  const unknown = rows.find((row) => !REVISIONS.includes(row.version_num));
  if (unknown !== undefined) throw new SchemaError(`Can't locate revision identified by '${unknown.version_num}'`);
  const [only, ...others] = rows;
  if (only === undefined) {
    throw new SchemaError(
      'the database has tables but no recorded revision: if they are a copy of those of OpenStack Nova, ' +
        `run \`berth db stamp ${FIRST.revision}\` first`,
    );
  }
  if (others.length > 0) throw new SchemaError('the table alembic_version holds more than one revision');
  return only.version_num;
}

async function apply(connection: Connection, changes: SchemaChanges): Promise<void> {
  const { name } = connection.dialect;
  if (name === 'mysql') {
    for (const change of changes.mysql) await applyOnMysql(connection, change);
  } else {
    for (const text of changes[name]) await connection.command(text);
  }
}

async function applyOnMysql(connection: Connection, { text, part, effect }: MysqlChange): Promise<void> {
  const isDone = (await hasPart(connection, part)) === (effect === 'adds');
  if (!isDone) await connection.command(text);
}
