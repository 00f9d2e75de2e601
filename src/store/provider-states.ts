// Reads the whole state of providers for the model in memory, slice by slice: all of them at start, or the next few
// for its audit.

import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { type AggregateId, type AggregateUuid, type ProviderId, providerId } from '../domain/ids.ts';
import type { InventoryUse } from '../domain/inventory.ts';
import type { NameCatalog, ProviderState } from '../domain/resource-provider.ts';
import { readTraits } from './records/traits.ts';
import { type RowOf, statement } from './statement.ts';
import { fromTimestamp, modifiedAt } from './timestamps.ts';
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

/** Of the providers with these row ids, both included. */
type Range = { from: ProviderId; upTo: ProviderId };

// Providers without a root are invisible everywhere (operations §4.2). All rows come by provider, so that they are put
// together in one pass.

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
const nextInventories = statement<Range>()(({ db, slot }) =>
  db
    .selectFrom('inventories')
    .select(INVENTORY_COLUMNS)
    .select(({ fn }) => fn.coalesce('updated_at', 'created_at').as('modified_at'))
    .where('resource_provider_id', '>=', slot.from)
    .where('resource_provider_id', '<=', slot.upTo)
    .orderBy('resource_provider_id')
    .orderBy('resource_class_id'),
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
const nextTraits = statement<Range>()(({ db, slot }) =>
  db
    .selectFrom('resource_provider_traits')
    .select(['resource_provider_id', 'trait_id'])
    .where('resource_provider_id', '>=', slot.from)
    .where('resource_provider_id', '<=', slot.upTo)
    .orderBy('resource_provider_id')
    .orderBy('trait_id'),
);
const nextAggregates = statement<Range>()(({ db, slot }) =>
  db
    .selectFrom('resource_provider_aggregates')
    .select(['resource_provider_id', 'aggregate_id'])
    .where('resource_provider_id', '>=', slot.from)
    .where('resource_provider_id', '<=', slot.upTo)
    .orderBy('resource_provider_id')
    .orderBy('aggregate_id'),
);
// Not joined to the members: MariaDB would begin with the aggregate and go through all its members for each slice.
const someAggregates = statement<{ ids: readonly AggregateId[] }>()(({ db, within }) =>
  db.selectFrom('placement_aggregates').select(['id', 'uuid']).where(within('placement_aggregates.id', 'ids')),
);
const allResourceClasses = statement()(({ db }) =>
  db.selectFrom('resource_classes').select(['id', 'name']).orderBy('id'),
);

/** Names of all resource classes and traits. */
export async function readNames(tx: ReadTransaction): Promise<NameCatalog> {
  const resourceClasses = await tx.rows(allResourceClasses, {});
  const traits = (await readTraits(tx)).map((trait) => ({
    id: trait.id,
    name: trait.name,
    modifiedAtMs: trait.modifiedAt?.getTime() ?? null,
  }));
  return { resourceClasses, traits };
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
  const uuids = new AggregateUuids(tx);
  for (let after: ProviderId | null = null; ; await setImmediate()) {
    const slice: Slice = await readSlice(tx, uuids, { next: reloadProviders, count: RELOAD_SLICE, after });
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
  const which = { next: auditProviders, count: AUDIT_SLICE, after };
  return { after, ...(await readSlice(tx, new AggregateUuids(tx), which)) };
}

type Slice = Omit<ProviderSlice, 'after'>;

interface Which {
  readonly next: typeof reloadProviders;
  readonly count: number;
  /** Null: the first ones. */
  readonly after: ProviderId | null;
}

async function readSlice(tx: ReadTransaction, uuids: AggregateUuids, { next, count, after }: Which): Promise<Slice> {
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
    aggregates: await uuids.named(await tx.rows(nextAggregates, range)),
  });
  return { upTo: providers.length < count ? null : last.id, states };
}

/** Each list by provider. */
interface Rows {
  readonly providers: readonly RowOf<typeof reloadProviders>[];
  readonly inventories: readonly InventoryRow[];
  readonly usage: readonly UsageRow[];
  readonly traits: readonly RowOf<typeof nextTraits>[];
  readonly aggregates: readonly { readonly resource_provider_id: ProviderId; readonly uuid: AggregateUuid }[];
}

type InventoryRow = RowOf<typeof nextInventories>;
type UsageRow = RowOf<typeof nextUsage>;

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
      ...ownFacts(row, row.root_provider_id),
      inventories: inventories.take(row.id).map((inventory) => inventoryUse(inventory, used)),
      traitIds: traits.take(row.id).map((entry) => entry.trait_id),
      aggregates: aggregates.take(row.id).map((entry) => entry.uuid),
    });
  }
  return states;
}

/** What the row of a provider itself says. */
export function ownFacts(row: Omit<RowOf<typeof reloadProviders>, 'root_provider_id'>, rootId: ProviderId) {
  return {
    id: row.id,
    uuid: row.uuid,
    name: row.name,
    generation: row.generation,
    parentId: row.parent_provider_id,
    rootId,
    modifiedAtMs: modifiedAt(row)?.getTime() ?? null,
  };
}

function inventoryUse(row: InventoryRow, usage: readonly UsageRow[]): InventoryUse {
  return {
    resourceClassId: row.resource_class_id,
    total: row.total,
    reserved: row.reserved,
    minUnit: row.min_unit,
    maxUnit: row.max_unit,
    stepSize: row.step_size,
    allocationRatio: row.allocation_ratio,
    used: usageOf(row.resource_class_id, usage),
    modifiedAtMs: fromTimestamp(row.modified_at)?.getTime() ?? null,
  };
}

function usageOf(resourceClassId: number, usage: readonly UsageRow[]): number {
  for (const row of usage) if (row.resource_class_id === resourceClassId) return Number(row.used);
  return 0;
}

/** UUIDs of aggregates, each read once: most providers are in the same few. */
class AggregateUuids {
  readonly #tx: ReadTransaction;
  readonly #known = new Map<AggregateId, AggregateUuid>();

  constructor(tx: ReadTransaction) {
    this.#tx = tx;
  }

  /** The memberships with the UUIDs of their aggregates. */
  async named(rows: readonly RowOf<typeof nextAggregates>[]): Promise<Rows['aggregates']> {
    const ids = [...new Set(rows.map((row) => row.aggregate_id))].filter((id) => !this.#known.has(id));
    const read = ids.length === 0 ? [] : await this.#tx.rows(someAggregates, { ids });
    for (const { id, uuid } of read) this.#known.set(id, uuid);
    return rows.flatMap(({ resource_provider_id, aggregate_id }) => {
      const uuid = this.#known.get(aggregate_id);
      return uuid === undefined ? [] : [{ resource_provider_id, uuid }];
    });
  }
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
