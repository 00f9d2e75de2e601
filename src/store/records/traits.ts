// Rows of traits and of resource_provider_traits.

import { sql } from 'kysely';
import type { ProviderId, TraitId } from '../../domain/ids.ts';
import { isCustomTrait, type Trait } from '../../domain/trait.ts';
import { type RowOf, statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import { modifiedAt } from '../timestamps.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction.ts';

const COLUMNS = ['traits.id', 'traits.name', 'traits.created_at', 'traits.updated_at'] as const;

const all = statement()(({ db }) => db.selectFrom('traits').select(COLUMNS).orderBy('id'));
const associated = statement()(({ db }) => db.selectFrom('resource_provider_traits').select('trait_id').distinct());
const byName = statement<{ name: string }>()(({ db, slot }) =>
  db.selectFrom('traits').select(COLUMNS).where('name', '=', slot.name),
);
const byNames = statement<{ names: readonly string[] }>()(({ db, within }) =>
  db.selectFrom('traits').select(COLUMNS).where(within('traits.name', 'names')).orderBy('id'),
);
const ofProvider = statement<{ provider: ProviderId }>()(({ db, slot }) =>
  db
    .selectFrom('resource_provider_traits')
    .innerJoin('traits', 'traits.id', 'resource_provider_traits.trait_id')
    .select(COLUMNS)
    .where('resource_provider_traits.resource_provider_id', '=', slot.provider)
    .orderBy('traits.id'),
);
const insert = statement<{ name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('traits').values({ name: slot.name, created_at: slot.now })),
);
const remove = statement<{ id: TraitId }>()(({ db, slot }) => db.deleteFrom('traits').where('id', '=', slot.id));
const providerOf = statement<{ id: TraitId }>()(({ db, slot }) =>
  db.selectFrom('resource_provider_traits').select('trait_id').where('trait_id', '=', slot.id).limit(sql.lit(1)),
);
const attach = statement<{ provider: ProviderId; trait: TraitId; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(
    db
      .insertInto('resource_provider_traits')
      .values({ trait_id: slot.trait, resource_provider_id: slot.provider, created_at: slot.now }),
  ),
);
const detach = statement<{ provider: ProviderId; traits: readonly TraitId[] }>()(({ db, slot, within }) =>
  db
    .deleteFrom('resource_provider_traits')
    .where('resource_provider_id', '=', slot.provider)
    .where(within('resource_provider_traits.trait_id', 'traits')),
);

/** All traits, by id. */
export async function readTraits(tx: ReadTransaction): Promise<readonly Trait[]> {
  return (await tx.rows(all, {})).map(toTrait);
}

/** Ids of the traits that at least one provider has. */
export async function readAssociatedTraitIds(tx: ReadTransaction): Promise<ReadonlySet<TraitId>> {
  return new Set((await tx.rows(associated, {})).map((row) => row.trait_id));
}

export async function findTrait(tx: ReadTransaction, name: string): Promise<Trait | undefined> {
  const row = await tx.first(byName, { name });
  return row === undefined ? undefined : toTrait(row);
}

/** Those of the traits that exist, standard ones first, each by id. */
export async function findTraits(tx: ReadTransaction, names: readonly string[]): Promise<readonly Trait[]> {
  if (names.length === 0) return [];
  return inShownOrder((await tx.rows(byNames, { names })).map(toTrait));
}

/** The traits of a provider, standard ones first, each by id. */
export async function readProviderTraits(tx: ReadTransaction, provider: ProviderId): Promise<readonly Trait[]> {
  return inShownOrder((await tx.rows(ofProvider, { provider })).map(toTrait));
}

/** Makes a custom trait; false when it existed. */
export async function insertTrait(tx: WriteTransaction, name: string): Promise<boolean> {
  if (!(await tx.insert(insert, { name, now: tx.now }))) return false;
  tx.namesChanged();
  return true;
}

export async function deleteTraitRow(tx: WriteTransaction, id: TraitId): Promise<void> {
  await tx.change(remove, { id });
  tx.namesChanged();
}

export async function isTraitInUse(tx: ReadTransaction, id: TraitId): Promise<boolean> {
  return (await tx.first(providerOf, { id })) !== undefined;
}

export async function attachTraits(
  tx: WriteTransaction,
  provider: ProviderId,
  traits: readonly Trait[],
): Promise<void> {
  for (const trait of traits) await tx.insert(attach, { provider, trait: trait.id, now: tx.now });
  tx.providerChanged(provider);
}

export async function detachTraits(
  tx: WriteTransaction,
  provider: ProviderId,
  traits: readonly Trait[],
): Promise<void> {
  if (traits.length === 0) return;
  await tx.change(detach, { provider, traits: traits.map((trait) => trait.id) });
  tx.providerChanged(provider);
}

/** A standard trait that a later release adds has a higher id than older custom ones; it still comes first. */
function inShownOrder(traits: readonly Trait[]): readonly Trait[] {
  return [
    ...traits.filter((trait) => !isCustomTrait(trait.name)),
    ...traits.filter((trait) => isCustomTrait(trait.name)),
  ];
}

function toTrait(row: RowOf<typeof byName>): Trait {
  return { id: row.id, name: row.name, modifiedAt: modifiedAt(row) };
}
