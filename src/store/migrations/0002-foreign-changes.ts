// Where triggers note the writes of others; see coexistence/foreign-changes.ts. Always there, empty unless they are on.

import type { Migration } from './migration.ts';

export const foreignChanges: Migration = {
  version: 2,
  name: 'foreign-changes',
  statements: ({ growingId, ifNotExists }) => [
    `CREATE TABLE ${ifNotExists} berth_foreign_changes (
       id ${growingId},
       provider_id INTEGER,
       created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)`,
  ],
};
