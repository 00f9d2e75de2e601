// Brings the schema to where this version of Berth needs it: OpenStack Placement's tables first, then Berth's own.
// The caller holds the database's lock for this, so that processes that start at once do it once.

import type { Connection } from '../connection.ts';
import { statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import { toTimestamp } from '../timestamps.ts';
import { changeFeed } from './0001-change-feed.ts';
import { foreignChanges } from './0002-foreign-changes.ts';
import type { DdlWords, Migration } from './migration.ts';
import { migratePlacementSchema } from './placement-chain/index.ts';
import { SchemaError } from './schema-error.ts';

const MIGRATIONS: readonly Migration[] = [changeFeed, foreignChanges];

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
 * @param sync make OpenStack Placement's tables, or bring them to the newest revision; otherwise they must be there. Berth's own tables
 * are made in either case: they are invisible to the original
 *
 * Throws {@link SchemaError} saying what is missing.
 */
export async function prepareSchema(connection: Connection, schema: SchemaOfDatabase, sync: boolean): Promise<void> {
  const tables = await connection.tableNames();
  if (!sync) assertUsable(tables);
  else if (await isEmptyOrUnfinished(connection, tables, schema.words)) {
    for (const text of schema.placement) await connection.command(text);
  } else await migratePlacementSchema(connection);
  await migrateOwnTables(connection, schema.words);
}

function assertUsable(tables: ReadonlySet<string>): void {
  const remedy = 'run `berth db sync`, or set `sync_on_startup = true` in [placement_database]';
  if (!tables.has('resource_providers')) throw new SchemaError(`the database has no tables yet: ${remedy}`);
  // The newest table that statements need; the revision after it only dropped indexes.
  if (!tables.has('consumer_types')) throw new SchemaError(`the database is of an older release: ${remedy}`);
}

/** Where DDL commits by itself, a first run that was cut short has left tables but not yet the revision, its last step. */
async function isEmptyOrUnfinished(
  connection: Connection,
  tables: ReadonlySet<string>,
  words: DdlWords,
): Promise<boolean> {
  if (!tables.has('resource_providers')) return true;
  const canBeUnfinished = words.ifNotExists !== '' && tables.has('alembic_version');
  return canBeUnfinished && (await recordedRevision(connection)) === null;
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
