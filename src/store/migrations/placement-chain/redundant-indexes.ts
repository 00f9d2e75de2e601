// Revision a082b8bb98d0: five indexes go that each repeated a unique one. An operator may have dropped some by hand,
// which stops the original and is no reason to stop here.

import type { Revision } from './revision.ts';

const INDEXES: readonly { readonly table: string; readonly name: string }[] = [
  { table: 'inventories', name: 'inventories_resource_provider_id_idx' },
  { table: 'inventories', name: 'inventories_resource_provider_resource_class_idx' },
  { table: 'placement_aggregates', name: 'ix_placement_aggregates_uuid' },
  { table: 'resource_providers', name: 'resource_providers_name_idx' },
  { table: 'resource_providers', name: 'resource_providers_uuid_idx' },
];

const DROPS = INDEXES.map(({ name }) => `DROP INDEX IF EXISTS ${name}`);

export const redundantIndexes: Revision = {
  revision: 'a082b8bb98d0',
  changes: {
    sqlite: DROPS,
    postgresql: DROPS,
    // `IF EXISTS` is MariaDB's alone here.
    mysql: INDEXES.map(({ table, name }) => ({
      effect: 'drops',
      part: { kind: 'index', table, name },
      text: `DROP INDEX ${name} ON ${table}`,
    })),
  },
};
