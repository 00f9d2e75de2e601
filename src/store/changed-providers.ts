// Reads the whole state of the providers that an update of the model is about. They are few, and on a database server
// each statement costs more than what it reads: so there are three, of whatever can be joined without repeating much.

import { sql } from 'kysely';
import type { AggregateId, AggregateUuid, ProviderId, ResourceClassId, TraitId } from '../domain/ids.ts';
import type { InventoryUse } from '../domain/inventory.ts';
import type { ProviderState } from '../domain/resource-provider.ts';
import { ownFacts } from './provider-states.ts';
import { readUsage } from './records/inventories.ts';
import { type RowOf, statement } from './statement.ts';
import { fromTimestamp } from './timestamps.ts';
import type { ReadTransaction } from './transaction.ts';

type Ids = { ids: readonly ProviderId[] };

// Providers without a root are invisible everywhere (operations §4.2). One row for each inventory, one for a provider
// that has none.
const providersWithInventories = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('resource_providers')
    .leftJoin('inventories', 'inventories.resource_provider_id', 'resource_providers.id')
    .select([
      'resource_providers.id',
      'resource_providers.uuid',
      'resource_providers.name',
      'resource_providers.generation',
      'resource_providers.parent_provider_id',
      'resource_providers.root_provider_id',
      'resource_providers.created_at',
      'resource_providers.updated_at',
      'inventories.resource_class_id',
      'inventories.total',
      'inventories.reserved',
      'inventories.min_unit',
      'inventories.max_unit',
      'inventories.step_size',
      'inventories.allocation_ratio',
    ])
    .select(({ fn }) => fn.coalesce('inventories.updated_at', 'inventories.created_at').as('inventory_modified_at'))
    .where('resource_providers.root_provider_id', 'is not', null)
    .where(within('resource_providers.id', 'ids')),
);
/** In place of a trait, which has a positive id. */
const NO_TRAIT = -1;
/** In place of an aggregate, likewise. */
const NO_AGGREGATE = -1;
/** Traits, and aggregates: these with a UUID. */
const labels = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('resource_provider_traits')
    .select(['resource_provider_traits.resource_provider_id', 'resource_provider_traits.trait_id'])
    .select(sql.lit<number>(NO_AGGREGATE).$castTo<AggregateId>().as('aggregate_id'))
    .select(sql.lit<string>('').$castTo<AggregateUuid | null>().as('uuid'))
    .where(within('resource_provider_traits.resource_provider_id', 'ids'))
    .unionAll(
      db
        .selectFrom('resource_provider_aggregates')
        .select('resource_provider_aggregates.resource_provider_id')
        .select(sql.lit<number>(NO_TRAIT).$castTo<TraitId>().as('trait_id'))
        .select('resource_provider_aggregates.aggregate_id')
        .select((row) =>
          // Not a join: MariaDB might begin with the aggregate and go through all its members.
          row
            .selectFrom('placement_aggregates')
            .select('placement_aggregates.uuid')
            .whereRef('placement_aggregates.id', '=', 'resource_provider_aggregates.aggregate_id')
            .as('uuid'),
        )
        .where(within('resource_provider_aggregates.resource_provider_id', 'ids')),
    ),
);

type InventoryRow = RowOf<typeof providersWithInventories>;
type LabelRow = RowOf<typeof labels>;

/** The named providers; those that no longer exist are left out. */
export async function readProviderStates(
  tx: ReadTransaction,
  ids: readonly ProviderId[],
): Promise<readonly ProviderState[]> {
  const inventoryRows = Map.groupBy(await tx.rows(providersWithInventories, { ids }), ({ id }) => id);
  // Not a part of the first statement: MariaDB would look for the allocations of an inventory by its class, and go through
  // those of all providers, as long as its statistics are of a time when there were few.
  const usage = await readUsage(tx, ids);
  const labelRows = Map.groupBy(await tx.rows(labels, { ids }), ({ resource_provider_id }) => resource_provider_id);
  return [...inventoryRows].flatMap(([id, rows]) => {
    const state = stateOf(rows, usage.get(id) ?? new Map(), labelRows.get(id) ?? []);
    return state === null ? [] : [state];
  });
}

function stateOf(
  rows: readonly InventoryRow[],
  used: ReadonlyMap<ResourceClassId, number>,
  labels: readonly LabelRow[],
): ProviderState | null {
  const [row] = rows;
  if (row === undefined || row.root_provider_id === null) return null;
  return {
    ...ownFacts(row, row.root_provider_id),
    inventories: rows.map((each) => inventoryUse(each, used)).filter((inventory) => inventory !== null),
    traitIds: labels.filter((label) => label.trait_id !== NO_TRAIT).map((label) => label.trait_id),
    aggregates: labels
      .filter((label) => label.trait_id === NO_TRAIT)
      // As they are shown; a union of two has no order of its own.
      .sort((a, b) => a.aggregate_id - b.aggregate_id)
      .map((label) => label.uuid)
      .filter((uuid) => uuid !== null),
  };
}

/** Null for the one row of a provider that has none. */
function inventoryUse(row: InventoryRow, used: ReadonlyMap<ResourceClassId, number>): InventoryUse | null {
  const { resource_class_id, total, reserved, min_unit, max_unit, step_size, allocation_ratio } = row;
  if (
    resource_class_id === null ||
    total === null ||
    reserved === null ||
    min_unit === null ||
    max_unit === null ||
    step_size === null ||
    allocation_ratio === null
  ) {
    return null;
  }
  return {
    resourceClassId: resource_class_id,
    total,
    reserved,
    minUnit: min_unit,
    maxUnit: max_unit,
    stepSize: step_size,
    allocationRatio: allocation_ratio,
    used: used.get(resource_class_id) ?? 0,
    modifiedAtMs: fromTimestamp(row.inventory_modified_at)?.getTime() ?? null,
  };
}
