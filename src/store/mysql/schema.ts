// The schema of an empty MariaDB or MySQL database: OpenStack Placement's own tables at its newest revision, so that the
// original can be started on the same database (P7). Berth's own tables are made by its migrations. These databases commit
// each statement that makes a table by itself, so every statement may be run again after a start that was cut short.

/** The revision that `alembic_version` holds. */
export const SCHEMA_REVISION = 'a082b8bb98d0';

const TIMESTAMPS = 'created_at DATETIME, updated_at DATETIME';
const ROW = `${TIMESTAMPS}, id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY`;

/** Character set and collation are left to the database, as the original leaves them. */
function table(name: string, definition: string): string {
  return `CREATE TABLE IF NOT EXISTS ${name} (${definition}) ENGINE=InnoDB`;
}

/** Statements that make the tables and, last, record the revision. */
export const SCHEMA: readonly string[] = [
  table('alembic_version', 'version_num VARCHAR(32) NOT NULL PRIMARY KEY'),

  table(
    'resource_providers',
    `${ROW},
     uuid VARCHAR(36) NOT NULL,
     name VARCHAR(200),
     generation INTEGER,
     root_provider_id INTEGER,
     parent_provider_id INTEGER,
     UNIQUE KEY uniq_resource_providers0uuid (uuid),
     UNIQUE KEY uniq_resource_providers0name (name),
     KEY resource_providers_parent_provider_id_idx (parent_provider_id),
     KEY resource_providers_root_provider_id_idx (root_provider_id),
     CONSTRAINT resource_providers_ibfk_1 FOREIGN KEY (parent_provider_id) REFERENCES resource_providers (id),
     CONSTRAINT resource_providers_ibfk_2 FOREIGN KEY (root_provider_id) REFERENCES resource_providers (id)`,
  ),

  table(
    'inventories',
    `${ROW},
     resource_provider_id INTEGER NOT NULL,
     resource_class_id INTEGER NOT NULL,
     total INTEGER NOT NULL,
     reserved INTEGER NOT NULL,
     min_unit INTEGER NOT NULL,
     max_unit INTEGER NOT NULL,
     step_size INTEGER NOT NULL,
     allocation_ratio FLOAT NOT NULL,
     UNIQUE KEY uniq_inventories0resource_provider_resource_class (resource_provider_id, resource_class_id),
     KEY inventories_resource_class_id_idx (resource_class_id)`,
  ),

  table(
    'allocations',
    `${ROW},
     resource_provider_id INTEGER NOT NULL,
     consumer_id VARCHAR(36) NOT NULL,
     resource_class_id INTEGER NOT NULL,
     used INTEGER NOT NULL,
     KEY allocations_resource_provider_class_used_idx (resource_provider_id, resource_class_id, used),
     KEY allocations_resource_class_id_idx (resource_class_id),
     KEY allocations_consumer_id_idx (consumer_id)`,
  ),

  table('consumer_types', `${ROW}, name VARCHAR(255) NOT NULL, UNIQUE KEY uniq_consumer_types0name (name)`),

  table(
    'consumers',
    `${ROW},
     uuid VARCHAR(36) NOT NULL,
     project_id INTEGER NOT NULL,
     user_id INTEGER NOT NULL,
     generation INTEGER NOT NULL DEFAULT 0,
     consumer_type_id INTEGER,
     UNIQUE KEY uniq_consumers0uuid (uuid),
     KEY consumers_project_id_user_id_uuid_idx (project_id, user_id, uuid),
     KEY consumers_project_id_uuid_idx (project_id, uuid),
     KEY consumers_consumer_type_id_idx (consumer_type_id),
     CONSTRAINT consumers_consumer_type_id_fkey FOREIGN KEY (consumer_type_id) REFERENCES consumer_types (id)`,
  ),

  table('placement_aggregates', `${ROW}, uuid VARCHAR(36), UNIQUE KEY uniq_placement_aggregates0uuid (uuid)`),
  table('projects', `${ROW}, external_id VARCHAR(255) NOT NULL, UNIQUE KEY uniq_projects0external_id (external_id)`),
  table('users', `${ROW}, external_id VARCHAR(255) NOT NULL, UNIQUE KEY uniq_users0external_id (external_id)`),
  table('resource_classes', `${ROW}, name VARCHAR(255) NOT NULL, UNIQUE KEY uniq_resource_classes0name (name)`),
  table('traits', `${ROW}, name VARCHAR(255) NOT NULL, UNIQUE KEY uniq_traits0name (name)`),

  table(
    'resource_provider_aggregates',
    `${TIMESTAMPS},
     resource_provider_id INTEGER NOT NULL,
     aggregate_id INTEGER NOT NULL,
     PRIMARY KEY (resource_provider_id, aggregate_id),
     KEY resource_provider_aggregates_aggregate_id_idx (aggregate_id)`,
  ),

  table(
    'resource_provider_traits',
    `${TIMESTAMPS},
     trait_id INTEGER NOT NULL,
     resource_provider_id INTEGER NOT NULL,
     PRIMARY KEY (trait_id, resource_provider_id),
     KEY resource_provider_traits_resource_provider_trait_idx (resource_provider_id, trait_id),
     CONSTRAINT resource_provider_traits_ibfk_1
       FOREIGN KEY (resource_provider_id) REFERENCES resource_providers (id),
     CONSTRAINT resource_provider_traits_ibfk_2 FOREIGN KEY (trait_id) REFERENCES traits (id)`,
  ),

  `INSERT INTO alembic_version (version_num)
     SELECT '${SCHEMA_REVISION}' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM alembic_version)`,
];
