// Revision 422ece571366: consumers have a type. SQLite cannot add a named constraint to a table, so it is rebuilt.

import type { Revision } from './revision.ts';

export const consumerTypes: Revision = {
  revision: '422ece571366',
  changes: {
    sqlite: [
      `CREATE TABLE consumer_types (
         created_at DATETIME,
         updated_at DATETIME,
         id INTEGER NOT NULL,
         name VARCHAR(255) NOT NULL,
         PRIMARY KEY (id),
         CONSTRAINT uniq_consumer_types0name UNIQUE (name))`,
      `CREATE TABLE berth_consumers_rebuilt (
         created_at DATETIME,
         updated_at DATETIME,
         id INTEGER NOT NULL,
         uuid VARCHAR(36) NOT NULL,
         project_id INTEGER NOT NULL,
         user_id INTEGER NOT NULL,
         generation INTEGER DEFAULT 0 NOT NULL,
         consumer_type_id INTEGER,
         PRIMARY KEY (id),
         CONSTRAINT uniq_consumers0uuid UNIQUE (uuid),
         CONSTRAINT consumers_consumer_type_id_fkey FOREIGN KEY(consumer_type_id) REFERENCES consumer_types (id))`,
      `INSERT INTO berth_consumers_rebuilt (created_at, updated_at, id, uuid, project_id, user_id, generation)
         SELECT created_at, updated_at, id, uuid, project_id, user_id, generation FROM consumers`,
      'DROP TABLE consumers',
      'ALTER TABLE berth_consumers_rebuilt RENAME TO consumers',
      'CREATE INDEX consumers_consumer_type_id_idx ON consumers (consumer_type_id)',
      'CREATE INDEX consumers_project_id_user_id_uuid_idx ON consumers (project_id, user_id, uuid)',
      'CREATE INDEX consumers_project_id_uuid_idx ON consumers (project_id, uuid)',
    ],
    postgresql: [
      `CREATE TABLE consumer_types (
         created_at TIMESTAMP,
         updated_at TIMESTAMP,
         id SERIAL PRIMARY KEY,
         name VARCHAR(255) NOT NULL,
         CONSTRAINT uniq_consumer_types0name UNIQUE (name))`,
      `ALTER TABLE consumers ADD COLUMN consumer_type_id INTEGER
         CONSTRAINT consumers_consumer_type_id_fkey REFERENCES consumer_types (id)`,
      'CREATE INDEX consumers_consumer_type_id_idx ON consumers (consumer_type_id)',
    ],
    mysql: [
      {
        effect: 'adds',
        part: { kind: 'table', table: 'consumer_types', name: 'consumer_types' },
        text: `CREATE TABLE consumer_types (
                 created_at DATETIME,
                 updated_at DATETIME,
                 id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY,
                 name VARCHAR(255) NOT NULL,
                 UNIQUE KEY uniq_consumer_types0name (name)) ENGINE=InnoDB`,
      },
      {
        effect: 'adds',
        part: { kind: 'column', table: 'consumers', name: 'consumer_type_id' },
        text: 'ALTER TABLE consumers ADD COLUMN consumer_type_id INTEGER',
      },
      {
        effect: 'adds',
        part: { kind: 'index', table: 'consumers', name: 'consumers_consumer_type_id_idx' },
        text: 'CREATE INDEX consumers_consumer_type_id_idx ON consumers (consumer_type_id)',
      },
      {
        effect: 'adds',
        part: { kind: 'constraint', table: 'consumers', name: 'consumers_consumer_type_id_fkey' },
        text: `ALTER TABLE consumers ADD CONSTRAINT consumers_consumer_type_id_fkey
                 FOREIGN KEY (consumer_type_id) REFERENCES consumer_types (id)`,
      },
    ],
  },
};
