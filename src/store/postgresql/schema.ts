// The schema of an empty PostgreSQL database: OpenStack Placement's own tables at its newest revision, so that the
// original can be started on the same database (P7). Berth's own tables are made by its migrations. Keys that have no name
// here have the one that PostgreSQL gives, which is the original's too.

/** The revision that `alembic_version` holds. */
export const SCHEMA_REVISION = 'a082b8bb98d0';

const TIMESTAMPS = 'created_at TIMESTAMP, updated_at TIMESTAMP';
/** SERIAL makes the sequence `<table>_id_seq`, owned by the column. */
const ROW = `${TIMESTAMPS}, id SERIAL PRIMARY KEY`;

/** Statements that make the tables, in order; to be run in one transaction. */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE alembic_version (
     version_num VARCHAR(32) NOT NULL,
     CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))`,

  `CREATE TABLE resource_providers (
     ${ROW},
     uuid VARCHAR(36) NOT NULL,
     name VARCHAR(200),
     generation INTEGER,
     root_provider_id INTEGER REFERENCES resource_providers (id),
     parent_provider_id INTEGER REFERENCES resource_providers (id),
     CONSTRAINT uniq_resource_providers0name UNIQUE (name),
     CONSTRAINT uniq_resource_providers0uuid UNIQUE (uuid))`,
  'CREATE INDEX resource_providers_parent_provider_id_idx ON resource_providers (parent_provider_id)',
  'CREATE INDEX resource_providers_root_provider_id_idx ON resource_providers (root_provider_id)',

  `CREATE TABLE inventories (
     ${ROW},
     resource_provider_id INTEGER NOT NULL,
     resource_class_id INTEGER NOT NULL,
     total INTEGER NOT NULL,
     reserved INTEGER NOT NULL,
     min_unit INTEGER NOT NULL,
     max_unit INTEGER NOT NULL,
     step_size INTEGER NOT NULL,
     allocation_ratio DOUBLE PRECISION NOT NULL,
     CONSTRAINT uniq_inventories0resource_provider_resource_class UNIQUE (resource_provider_id, resource_class_id))`,
  'CREATE INDEX inventories_resource_class_id_idx ON inventories (resource_class_id)',

  `CREATE TABLE allocations (
     ${ROW},
     resource_provider_id INTEGER NOT NULL,
     consumer_id VARCHAR(36) NOT NULL,
     resource_class_id INTEGER NOT NULL,
     used INTEGER NOT NULL)`,
  'CREATE INDEX allocations_consumer_id_idx ON allocations (consumer_id)',
  'CREATE INDEX allocations_resource_class_id_idx ON allocations (resource_class_id)',
  `CREATE INDEX allocations_resource_provider_class_used_idx
     ON allocations (resource_provider_id, resource_class_id, used)`,

  `CREATE TABLE consumer_types (
     ${ROW},
     name VARCHAR(255) NOT NULL,
     CONSTRAINT uniq_consumer_types0name UNIQUE (name))`,

  `CREATE TABLE consumers (
     ${ROW},
     uuid VARCHAR(36) NOT NULL,
     project_id INTEGER NOT NULL,
     user_id INTEGER NOT NULL,
     generation INTEGER DEFAULT 0 NOT NULL,
     consumer_type_id INTEGER REFERENCES consumer_types (id),
     CONSTRAINT uniq_consumers0uuid UNIQUE (uuid))`,
  'CREATE INDEX consumers_consumer_type_id_idx ON consumers (consumer_type_id)',
  'CREATE INDEX consumers_project_id_user_id_uuid_idx ON consumers (project_id, user_id, uuid)',
  'CREATE INDEX consumers_project_id_uuid_idx ON consumers (project_id, uuid)',

  `CREATE TABLE placement_aggregates (
     ${ROW},
     uuid VARCHAR(36),
     CONSTRAINT uniq_placement_aggregates0uuid UNIQUE (uuid))`,

  `CREATE TABLE projects (
     ${ROW},
     external_id VARCHAR(255) NOT NULL,
     CONSTRAINT uniq_projects0external_id UNIQUE (external_id))`,

  `CREATE TABLE users (
     ${ROW},
     external_id VARCHAR(255) NOT NULL,
     CONSTRAINT uniq_users0external_id UNIQUE (external_id))`,

  `CREATE TABLE resource_classes (
     ${ROW},
     name VARCHAR(255) NOT NULL,
     CONSTRAINT uniq_resource_classes0name UNIQUE (name))`,

  `CREATE TABLE traits (
     ${ROW},
     name VARCHAR(255) NOT NULL,
     CONSTRAINT uniq_traits0name UNIQUE (name))`,

  `CREATE TABLE resource_provider_aggregates (
     ${TIMESTAMPS},
     resource_provider_id INTEGER NOT NULL,
     aggregate_id INTEGER NOT NULL,
     PRIMARY KEY (resource_provider_id, aggregate_id))`,
  'CREATE INDEX resource_provider_aggregates_aggregate_id_idx ON resource_provider_aggregates (aggregate_id)',

  `CREATE TABLE resource_provider_traits (
     ${TIMESTAMPS},
     trait_id INTEGER NOT NULL REFERENCES traits (id),
     resource_provider_id INTEGER NOT NULL REFERENCES resource_providers (id),
     PRIMARY KEY (trait_id, resource_provider_id))`,
  `CREATE INDEX resource_provider_traits_resource_provider_trait_idx
     ON resource_provider_traits (resource_provider_id, trait_id)`,

  `INSERT INTO alembic_version (version_num) VALUES ('${SCHEMA_REVISION}')`,
];
