// Reads the whole state of providers for the model in memory: all of them at start, or just those that changed.

import { sql } from 'kysely';
import type { ProviderId, ResourceClassId } from '../domain/ids.ts';
import type { InventoryUse } from '../domain/inventory.ts';
import type { NameCatalog, ProviderState } from '../domain/resource-provider.ts';
import { type RowOf, statement } from './statement.ts';
import { modifiedAt } from './timestamps.ts';
import type { ReadTransaction } from './transaction.ts';

const PROVIDER_COLUMNS = [
  'id',
  'uuid',
  'name',
  'generation',
  'parent_provider_id',
  'root_provider_id',
  'created_at',
  'updated_at',
] as const;

const INVENTORY_COLUMNS = [
  'resource_provider_id',
  'resource_class_id',
  'total',
  'reserved',
  'min_unit',
  'max_unit',
  'step_size',
  'allocation_ratio',
] as const;

type Ids = { ids: readonly ProviderId[] };

// Providers without a root are invisible everywhere (operations §4.2).
const allProviders = statement()(({ db }) =>
  db.selectFrom('resource_providers').select(PROVIDER_COLUMNS).where('root_provider_id', 'is not', null).orderBy('id'),
);
const someProviders = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('resource_providers')
    .select(PROVIDER_COLUMNS)
    .where('root_provider_id', 'is not', null)
    .where(within('resource_providers.id', 'ids')),
);
const allInventories = statement()(({ db }) =>
  db.selectFrom('inventories').select(INVENTORY_COLUMNS).orderBy('resource_provider_id').orderBy('resource_class_id'),
);
const someInventories = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('inventories')
    .select(INVENTORY_COLUMNS)
    .where(within('inventories.resource_provider_id', 'ids'))
    .orderBy('resource_provider_id')
    .orderBy('resource_class_id'),
);
const allUsage = statement()(({ db }) =>
  db
    .selectFrom('allocations')
    .select(['resource_provider_id', 'resource_class_id'])
    .select(({ fn }) => fn.sum<number>('used').as('used'))
    .groupBy(['resource_provider_id', 'resource_class_id']),
);
const someUsage = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('allocations')
    .select(['resource_provider_id', 'resource_class_id'])
    .select(({ fn }) => fn.sum<number>('used').as('used'))
    .where(within('allocations.resource_provider_id', 'ids'))
    .groupBy(['resource_provider_id', 'resource_class_id']),
);
const allTraits = statement()(({ db }) =>
  db.selectFrom('resource_provider_traits').select(['resource_provider_id', 'trait_id']),
);
const someTraits = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('resource_provider_traits')
    .select(['resource_provider_id', 'trait_id'])
    .where(within('resource_provider_traits.resource_provider_id', 'ids')),
);
const allAggregates = statement()(({ db }) =>
  db
    .selectFrom('resource_provider_aggregates as membership')
    .innerJoin('placement_aggregates as aggregate', 'aggregate.id', 'membership.aggregate_id')
    .select(['membership.resource_provider_id', 'aggregate.uuid']),
);
const someAggregates = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('resource_provider_aggregates')
    .innerJoin('placement_aggregates', 'placement_aggregates.id', 'resource_provider_aggregates.aggregate_id')
    .select(['resource_provider_aggregates.resource_provider_id', 'placement_aggregates.uuid'])
    .where(within('resource_provider_aggregates.resource_provider_id', 'ids')),
);
const allResourceClasses = statement()(({ db }) =>
  db.selectFrom('resource_classes').select(['id', 'name']).orderBy('id'),
);
const allTraitNames = statement()(({ db }) => db.selectFrom('traits').select(['id', 'name']).orderBy('id'));

/** Names of all resource classes and traits. */
export async function readNames(tx: ReadTransaction): Promise<NameCatalog> {
  return { resourceClasses: await tx.rows(allResourceClasses, {}), traits: await tx.rows(allTraitNames, {}) };
}

/** Every provider there is, by row id. */
export async function readAllProviderStates(tx: ReadTransaction): Promise<readonly ProviderState[]> {
  return assemble({
    providers: await tx.rows(allProviders, {}),
    inventories: await tx.rows(allInventories, {}),
    usage: await tx.rows(allUsage, {}),
    traits: await tx.rows(allTraits, {}),
    aggregates: await tx.rows(allAggregates, {}),
  });
}

/** The named providers; those that no longer exist are left out. */
export async function readProviderStates(
  tx: ReadTransaction,
  ids: readonly ProviderId[],
): Promise<readonly ProviderState[]> {
  return assemble({
    providers: await tx.rows(someProviders, { ids }),
    inventories: await tx.rows(someInventories, { ids }),
    usage: await tx.rows(someUsage, { ids }),
    traits: await tx.rows(someTraits, { ids }),
    aggregates: await tx.rows(someAggregates, { ids }),
  });
}

/** Providers looked up for one step of the model's audit: some milliseconds of work. */
const AUDIT_SLICE = 500;

const firstProviders = statement()(({ db }) =>
  db
    .selectFrom('resource_providers')
    .select('id')
    .where('root_provider_id', 'is not', null)
    .orderBy('id')
    .limit(sql.lit(AUDIT_SLICE)),
);
const nextProviders = statement<{ after: ProviderId }>()(({ db, slot }) =>
  db
    .selectFrom('resource_providers')
    .select('id')
    .where('root_provider_id', 'is not', null)
    .where('id', '>', slot.after)
    .orderBy('id')
    .limit(sql.lit(AUDIT_SLICE)),
);

/** A stretch of providers by row id: all above `after`, up to `upTo`. */
export interface ProviderSlice {
  readonly after: ProviderId | null;
  /** Null: there are none beyond. */
  readonly upTo: ProviderId | null;
  readonly states: readonly ProviderState[];
}

/** The next few hundred providers above a row id; null: from the first one on. */
export async function readProviderSlice(tx: ReadTransaction, after: ProviderId | null): Promise<ProviderSlice> {
  const rows = await (after === null ? tx.rows(firstProviders, {}) : tx.rows(nextProviders, { after }));
  const ids = rows.map(({ id }) => id);
  const upTo = ids.length < AUDIT_SLICE ? null : (ids.at(-1) ?? null);
  return { after, upTo, states: ids.length === 0 ? [] : await readProviderStates(tx, ids) };
}

interface Rows {
  readonly providers: readonly RowOf<typeof allProviders>[];
  readonly inventories: readonly RowOf<typeof allInventories>[];
  readonly usage: readonly RowOf<typeof allUsage>[];
  readonly traits: readonly RowOf<typeof allTraits>[];
  readonly aggregates: readonly RowOf<typeof allAggregates>[];
}

function assemble(rows: Rows): readonly ProviderState[] {
  const used = groupBy(rows.usage);
  const inventories = groupBy(rows.inventories);
  const traits = groupBy(rows.traits);
  const aggregates = groupBy(rows.aggregates);
  return rows.providers.flatMap((row) => {
    if (row.root_provider_id === null) return [];
    const usage = new Map((used.get(row.id) ?? []).map((entry) => [entry.resource_class_id, Number(entry.used)]));
    const state: ProviderState = {
      id: row.id,
      uuid: row.uuid,
      name: row.name,
      generation: row.generation,
      parentId: row.parent_provider_id,
      rootId: row.root_provider_id,
      modifiedAtMs: modifiedAt(row)?.getTime() ?? null,
      inventories: (inventories.get(row.id) ?? []).map((inventory) => inventoryUse(inventory, usage)),
      traitIds: (traits.get(row.id) ?? []).map((entry) => entry.trait_id),
      aggregates: (aggregates.get(row.id) ?? []).map((entry) => entry.uuid),
    };
    return [state];
  });
}

function inventoryUse(row: RowOf<typeof allInventories>, usage: ReadonlyMap<ResourceClassId, number>): InventoryUse {
  return {
    resourceClassId: row.resource_class_id,
    total: row.total,
    reserved: row.reserved,
    minUnit: row.min_unit,
    maxUnit: row.max_unit,
    stepSize: row.step_size,
    allocationRatio: row.allocation_ratio,
    used: usage.get(row.resource_class_id) ?? 0,
  };
}

function groupBy<Row extends { readonly resource_provider_id: ProviderId }>(
  rows: readonly Row[],
): ReadonlyMap<ProviderId, readonly Row[]> {
  return Map.groupBy(rows, (row) => row.resource_provider_id);
}
