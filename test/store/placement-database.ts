// Databases as OpenStack Placement left them: at its newest revision, and made older again by taking back what the last
// steps of its chain added.

import { readFileSync } from 'node:fs';
import type { Connection } from '../../src/store/connection.ts';
import { migratePlacementSchema } from '../../src/store/migrations/placement-chain/index.ts';
import { connectTo } from '../support/databases/connect.ts';
import type { DatabaseHost, DatabaseKind } from '../support/databases/database-server.ts';

/** The revision before consumers had types; those before it differ by nothing but their name. */
export const BEFORE_CONSUMER_TYPES = 'b5c396305c25';
const BEFORE_INDEXES_WENT = '422ece571366';

const OLD_INDEXES = `
CREATE INDEX inventories_resource_provider_id_idx ON inventories (resource_provider_id);
CREATE INDEX inventories_resource_provider_resource_class_idx ON inventories (resource_provider_id, resource_class_id);
CREATE INDEX ix_placement_aggregates_uuid ON placement_aggregates (uuid);
CREATE INDEX resource_providers_name_idx ON resource_providers (name);
CREATE INDEX resource_providers_uuid_idx ON resource_providers (uuid);`;

const WITHOUT_CONSUMER_TYPES: Readonly<Record<DatabaseKind, string>> = {
  sqlite: `
DROP TABLE consumers;
DROP TABLE consumer_types;
CREATE TABLE consumers (created_at DATETIME, updated_at DATETIME, id INTEGER NOT NULL, uuid VARCHAR(36) NOT NULL,
  project_id INTEGER NOT NULL, user_id INTEGER NOT NULL, generation INTEGER DEFAULT 0 NOT NULL,
  PRIMARY KEY (id), CONSTRAINT uniq_consumers0uuid UNIQUE (uuid));
CREATE INDEX consumers_project_id_user_id_uuid_idx ON consumers (project_id, user_id, uuid);
CREATE INDEX consumers_project_id_uuid_idx ON consumers (project_id, uuid);`,
  mysql: `
ALTER TABLE consumers DROP FOREIGN KEY consumers_consumer_type_id_fkey;
ALTER TABLE consumers DROP KEY consumers_consumer_type_id_idx, DROP COLUMN consumer_type_id;
DROP TABLE consumer_types;`,
  postgresql: `
ALTER TABLE consumers DROP COLUMN consumer_type_id;
DROP TABLE consumer_types;`,
};

/** A fresh database as the original's newest version makes it. */
export async function newestDatabase(server: DatabaseHost): Promise<string> {
  const name = await server.createDatabase();
  const dump = new URL(`../data/placement-schema/${server.kind}.sql`, import.meta.url);
  await server.run(name, readFileSync(dump, 'utf8'));
  return name;
}

/** A fresh database of an older revision, empty. */
export async function olderDatabase(server: DatabaseHost, revision: string): Promise<string> {
  const name = await newestDatabase(server);
  await server.run(name, OLD_INDEXES);
  if (revision !== BEFORE_INDEXES_WENT) await server.run(name, WITHOUT_CONSUMER_TYPES[server.kind]);
  await recordRevision(server, name, revision);
  return name;
}

export async function recordRevision(server: DatabaseHost, database: string, revision: string): Promise<void> {
  await server.run(database, `UPDATE alembic_version SET version_num = '${revision}';`);
}

export async function revisionOf(server: DatabaseHost, database: string): Promise<unknown> {
  return (await server.run(database, 'SELECT version_num FROM alembic_version;')).map((row) => row.version_num).join();
}

/** Brings the database to the newest revision, in a transaction where that holds tables too. */
export async function migrateTo(
  server: DatabaseHost,
  database: string,
  through: (connection: Connection) => Connection = (connection) => connection,
): Promise<readonly string[]> {
  const connection = await connectTo(server, database);
  try {
    if (server.kind !== 'mysql') await connection.command('BEGIN');
    const steps = await migratePlacementSchema(through(connection));
    if (server.kind !== 'mysql') await connection.command('COMMIT');
    return steps;
  } finally {
    connection.close();
  }
}
