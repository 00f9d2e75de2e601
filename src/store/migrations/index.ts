// Brings the schema to where this version of Berth needs it: OpenStack Placement's tables first, then Berth's own.
// The caller holds the database's lock for this, so that processes that start at once do it once.

import type { Connection } from '../connection.ts';
import { statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import { toTimestamp } from '../timestamps.ts';
import { changeFeed } from './0001-change-feed.ts';
import type { DdlWords, Migration } from './migration.ts';
import { SchemaError } from './schema-error.ts';

const MIGRATIONS: readonly Migration[] = [changeFeed];

const appliedMigrations = statement()(({ db }) => db.selectFrom('berth_migrations').select('version'));

const recordMigration = statement<{ version: number; name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('berth_migrations').values({ version: slot.version, name: slot.name, applied_at: slot.now })),
);

const schemaRevision = statement()(({ db }) => db.selectFrom('alembic_version').select('version_num'));

/** What a database is given when it is empty, and the words it is given in. */
export interface SchemaOfDatabase {
  /** OpenStack Placement's tables at their newest revision. */
  readonly placement: readonly string[];
  readonly words: DdlWords;
}

/**
 * @param sync make OpenStack Placement's tables where there are none; otherwise they must be there. Berth's own tables
 * are made in either case: they are invisible to the original
 *
 * Throws {@link SchemaError} saying what is missing.
 */
export async function prepareSchema(connection: Connection, schema: SchemaOfDatabase, sync: boolean): Promise<void> {
  let tables = await connection.tableNames();
  if (!tables.has('resource_providers')) {
    if (!sync) {
      throw new SchemaError(
        'the database has no tables yet: run `berth db sync`, or set `sync_on_startup = true` in [placement_database]',
      );
    }
    for (const text of schema.placement) await connection.command(text);
    tables = await connection.tableNames();
  }
  await migrateOwnTables(connection, schema.words);
}

async function migrateOwnTables(connection: Connection, words: DdlWords): Promise<void> {
  if (!(await connection.tableNames()).has('berth_migrations')) {
    await connection.command(
      `CREATE TABLE ${words.ifNotExists} berth_migrations (
         version INTEGER NOT NULL PRIMARY KEY,
         name VARCHAR(255) NOT NULL,
         applied_at VARCHAR(32) NOT NULL)`,
    );
  }
  const applied = new Set((await connection.rows(appliedMigrations, {})).map((row) => row.version));
  for (const migration of MIGRATIONS) {
    if (applied.has(migration.version)) continue;
    for (const text of migration.statements(words)) await connection.command(text);
    const { version, name } = migration;
    await connection.insert(recordMigration, { version, name, now: toTimestamp(new Date()) });
  }
}

/** The recorded revision of OpenStack Placement's schema, or null when there is none. */
export async function recordedRevision(connection: Connection): Promise<string | null> {
  if (!(await connection.tableNames()).has('alembic_version')) return null;
  return (await connection.rows(schemaRevision, {}))[0]?.version_num ?? null;
}
