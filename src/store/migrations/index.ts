// Makes the schema: OpenStack Placement's tables in an empty database, then what is missing of Berth's own.
// Everything happens in one transaction under the write lock, so processes that start at once do it once.

import type { Connection } from '../connection.ts';
import { SCHEMA } from '../sqlite/schema.ts';
import { statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import { toTimestamp } from '../timestamps.ts';
import { changeFeed } from './0001-change-feed.ts';
import type { Migration } from './migration.ts';

const MIGRATIONS: readonly Migration[] = [changeFeed];

const MIGRATIONS_TABLE = `CREATE TABLE berth_migrations (
  version INTEGER NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  applied_at VARCHAR(32) NOT NULL)`;

const appliedMigrations = statement()(({ db }) => db.selectFrom('berth_migrations').select('version'));

const recordMigration = statement<{ version: number; name: string; now: Timestamp }>()(({ db, slot }) =>
  db.insertInto('berth_migrations').values({ version: slot.version, name: slot.name, applied_at: slot.now }),
);

const schemaRevision = statement()(({ db }) => db.selectFrom('alembic_version').select('version_num'));

/** The database lacks tables and was not told to make them, or it is of another time. */
export class SchemaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SchemaError';
  }
}

/** Brings the schema to where this version of Berth needs it. Must run inside a write transaction. */
export async function migrate(connection: Connection): Promise<void> {
  let tables = await connection.tableNames();
  if (!tables.has('alembic_version') && !tables.has('resource_providers')) {
    for (const text of SCHEMA) await connection.command(text);
    tables = await connection.tableNames();
  }
  if (!tables.has('berth_migrations')) await connection.command(MIGRATIONS_TABLE);
  const applied = new Set((await connection.rows(appliedMigrations, {})).map((row) => row.version));
  for (const migration of MIGRATIONS) {
    if (applied.has(migration.version)) continue;
    for (const text of migration.statements) await connection.command(text);
    await connection.change(recordMigration, {
      version: migration.version,
      name: migration.name,
      now: toTimestamp(new Date()),
    });
  }
}

/** Whether the schema is as this version of Berth needs it. Throws {@link SchemaError} saying what is missing. */
export async function assertSchema(connection: Connection): Promise<void> {
  const tables = await connection.tableNames();
  if (!tables.has('resource_providers')) {
    throw new SchemaError(
      'the database has no tables yet: run `berth db sync`, or set `sync_on_startup = true` in [placement_database]',
    );
  }
  const applied = tables.has('berth_migrations') ? await connection.rows(appliedMigrations, {}) : [];
  const versions = new Set(applied.map((row) => row.version));
  const missing = MIGRATIONS.filter((migration) => !versions.has(migration.version));
  if (missing.length > 0) {
    throw new SchemaError(
      `the database lacks the tables of ${missing.map((migration) => migration.name).join(', ')}: run ` +
        '`berth db sync`, or set `sync_on_startup = true` in [placement_database]',
    );
  }
}

/** The recorded revision of OpenStack Placement's schema, or null when there is none. */
export async function recordedRevision(connection: Connection): Promise<string | null> {
  if (!(await connection.tableNames()).has('alembic_version')) return null;
  return (await connection.rows(schemaRevision, {}))[0]?.version_num ?? null;
}
