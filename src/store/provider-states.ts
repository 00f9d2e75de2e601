// Reads the whole state of providers for the model in memory: all of them at start, or just those that changed.

import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { type ProviderId, providerId } from '../domain/ids.ts';
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
/** Of the providers with these row ids, both included. */
type Range = { from: ProviderId; upTo: ProviderId };

// Providers without a root are invisible everywhere (operations §4.2). All rows come by provider, so that they are put
// together in one pass.

const someProviders = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('resource_providers')
    .select(PROVIDER_COLUMNS)
    .where('root_provider_id', 'is not', null)
    .where(within('resource_providers.id', 'ids'))
    .orderBy('id'),
);
const nextProviders = (count: number) =>
  statement<{ from: ProviderId }>()(({ db, slot }) =>
    db
      .selectFrom('resource_providers')
      .select(PROVIDER_COLUMNS)
      .where('root_provider_id', 'is not', null)
      .where('id', '>=', slot.from)
      .orderBy('id')
      .limit(sql.lit(count)),
  );
const someInventories = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('inventories')
    .select(INVENTORY_COLUMNS)
    .where(within('inventories.resource_provider_id', 'ids'))
    .orderBy('resource_provider_id')
    .orderBy('resource_class_id'),
);
const nextInventories = statement<Range>()(({ db, slot }) =>
  db
    .selectFrom('inventories')
    .select(INVENTORY_COLUMNS)
    .where('resource_provider_id', '>=', slot.from)
    .where('resource_provider_id', '<=', slot.upTo)
    .orderBy('resource_provider_id')
    .orderBy('resource_class_id'),
);
const someUsage = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('allocations')
    .select(['resource_provider_id', 'resource_class_id'])
    .select(({ fn }) => fn.sum<number>('used').as('used'))
    .where(within('allocations.resource_provider_id', 'ids'))
    .groupBy(['resource_provider_id', 'resource_class_id'])
    .orderBy('resource_provider_id'),
);
const nextUsage = statement<Range>()(({ db, slot }) =>
  db
    .selectFrom('allocations')
    .select(['resource_provider_id', 'resource_class_id'])
    .select(({ fn }) => fn.sum<number>('used').as('used'))
    .where('resource_provider_id', '>=', slot.from)
    .where('resource_provider_id', '<=', slot.upTo)
    .groupBy(['resource_provider_id', 'resource_class_id'])
    .orderBy('resource_provider_id'),
);
const someTraits = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('resource_provider_traits')
    .select(['resource_provider_id', 'trait_id'])
    .where(within('resource_provider_traits.resource_provider_id', 'ids'))
    .orderBy('resource_provider_id')
    .orderBy('trait_id'),
);
const nextTraits = statement<Range>()(({ db, slot }) =>
  db
    .selectFrom('resource_provider_traits')
    .select(['resource_provider_id', 'trait_id'])
    .where('resource_provider_id', '>=', slot.from)
    .where('resource_provider_id', '<=', slot.upTo)
    .orderBy('resource_provider_id')
    .orderBy('trait_id'),
);
const someAggregates = statement<Ids>()(({ db, within }) =>
  db
    .selectFrom('resource_provider_aggregates')
    .innerJoin('placement_aggregates', 'placement_aggregates.id', 'resource_provider_aggregates.aggregate_id')
    .select(['resource_provider_aggregates.resource_provider_id', 'placement_aggregates.uuid'])
    .where(within('resource_provider_aggregates.resource_provider_id', 'ids'))
    .orderBy('resource_provider_aggregates.resource_provider_id')
    .orderBy('resource_provider_aggregates.aggregate_id'),
);
const nextAggregates = statement<Range>()(({ db, slot }) =>
  db
    .selectFrom('resource_provider_aggregates as membership')
    .innerJoin('placement_aggregates as aggregate', 'aggregate.id', 'membership.aggregate_id')
    .select(['membership.resource_provider_id', 'aggregate.uuid'])
    .where('membership.resource_provider_id', '>=', slot.from)
    .where('membership.resource_provider_id', '<=', slot.upTo)
    .orderBy('membership.resource_provider_id')
    .orderBy('membership.aggregate_id'),
);
const allResourceClasses = statement()(({ db }) =>
  db.selectFrom('resource_classes').select(['id', 'name']).orderBy('id'),
);
const allTraitNames = statement()(({ db }) => db.selectFrom('traits').select(['id', 'name']).orderBy('id'));

/** Names of all resource classes and traits. */
export async function readNames(tx: ReadTransaction): Promise<NameCatalog> {
  return { resourceClasses: await tx.rows(allResourceClasses, {}), traits: await tx.rows(allTraitNames, {}) };
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

/** Providers read for one step of a reload: some ten milliseconds of work, and statements enough to be few. */
const RELOAD_SLICE = 2_000;
/** Providers looked up for one step of the model's audit: some milliseconds of work. */
const AUDIT_SLICE = 500;

const reloadProviders = nextProviders(RELOAD_SLICE);
const auditProviders = nextProviders(AUDIT_SLICE);

/** Row ids are not negative. */
const FIRST_ID = providerId(0);

/**
 * Hands over every provider there is, in slices by row id. The process serves others between two slices: with SQLite
 * nothing else would make it pause.
 */
export async function reloadProviderStates(
  tx: ReadTransaction,
  take: (slice: readonly ProviderState[]) => void,
): Promise<void> {
  for (let after: ProviderId | null = null; ; await setImmediate()) {
    const slice: Slice = await readSlice(tx, reloadProviders, RELOAD_SLICE, after);
    take(slice.states);
    after = slice.upTo;
    if (after === null) return;
  }
}

/** A stretch of providers by row id: all above `after`, up to `upTo`. */
export interface ProviderSlice {
  readonly after: ProviderId | null;
  /** Null: there are none beyond. */
  readonly upTo: ProviderId | null;
  readonly states: readonly ProviderState[];
}

/** The next few hundred providers above a row id; null: from the first one on. */
export async function readProviderSlice(tx: ReadTransaction, after: ProviderId | null): Promise<ProviderSlice> {
  return { after, ...(await readSlice(tx, auditProviders, AUDIT_SLICE, after)) };
}

type Slice = Omit<ProviderSlice, 'after'>;

async function readSlice(
  tx: ReadTransaction,
  next: typeof reloadProviders,
  count: number,
  after: ProviderId | null,
): Promise<Slice> {
  const from = after === null ? FIRST_ID : providerId(after + 1);
  const providers = await tx.rows(next, { from });
  const last = providers.at(-1);
  if (last === undefined) return { upTo: null, states: [] };
  const range = { from, upTo: last.id };
  const states = assemble({
    providers,
    inventories: await tx.rows(nextInventories, range),
    usage: await tx.rows(nextUsage, range),
    traits: await tx.rows(nextTraits, range),
    aggregates: await tx.rows(nextAggregates, range),
  });
  return { upTo: providers.length < count ? null : last.id, states };
}

/** Each list by provider. */
interface Rows {
  readonly providers: readonly RowOf<typeof someProviders>[];
  readonly inventories: readonly InventoryRow[];
  readonly usage: readonly UsageRow[];
  readonly traits: readonly RowOf<typeof someTraits>[];
  readonly aggregates: readonly RowOf<typeof someAggregates>[];
}

type InventoryRow = RowOf<typeof someInventories>;
type UsageRow = RowOf<typeof someUsage>;

function assemble(rows: Rows): readonly ProviderState[] {
  const usage = new ByProvider(rows.usage);
  const inventories = new ByProvider(rows.inventories);
  const traits = new ByProvider(rows.traits);
  const aggregates = new ByProvider(rows.aggregates);
  const states: ProviderState[] = [];
  for (const row of rows.providers) {
    if (row.root_provider_id === null) continue;
    const used = usage.take(row.id);
    states.push({
      id: row.id,
      uuid: row.uuid,
      name: row.name,
      generation: row.generation,
      parentId: row.parent_provider_id,
      rootId: row.root_provider_id,
      modifiedAtMs: modifiedAt(row)?.getTime() ?? null,
      inventories: inventories.take(row.id).map((inventory) => inventoryUse(inventory, used)),
      traitIds: traits.take(row.id).map((entry) => entry.trait_id),
      aggregates: aggregates.take(row.id).map((entry) => entry.uuid),
    });
  }
  return states;
}

function inventoryUse(row: InventoryRow, usage: readonly UsageRow[]): InventoryUse {
  const sum = usage.find(({ resource_class_id }) => resource_class_id === row.resource_class_id);
  return {
    resourceClassId: row.resource_class_id,
    total: row.total,
    reserved: row.reserved,
    minUnit: row.min_unit,
    maxUnit: row.max_unit,
    stepSize: row.step_size,
    allocationRatio: row.allocation_ratio,
    used: sum === undefined ? 0 : Number(sum.used),
  };
}

/** Rows that come by provider, taken one provider after another. */
class ByProvider<Row extends { readonly resource_provider_id: ProviderId }> {
  readonly #rows: readonly Row[];
  #at = 0;

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  /** Those of the provider; of providers before it that nobody asked for there may be some too. */
  take(id: ProviderId): readonly Row[] {
    const rows = this.#rows;
    while ((rows[this.#at]?.resource_provider_id ?? id) < id) this.#at++;
    const from = this.#at;
    while (rows[this.#at]?.resource_provider_id === id) this.#at++;
    return rows.slice(from, this.#at);
  }
}
