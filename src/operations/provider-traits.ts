// The traits of one provider (http-api §7.5–7.7). The generation grows only when the set changes.

import { providerGenerationChanged, traitsUnknown } from '../domain/errors/records.ts';
import type { ProviderUuid } from '../domain/ids.ts';
import { newestOf } from '../domain/newest.ts';
import type { ResourceProvider } from '../domain/resource-provider.ts';
import { isCustomTrait, type Trait } from '../domain/trait.ts';
import type { ModelReader, ProviderNumber } from '../model/reader.ts';
import { relyOn } from '../store/records/guards.ts';
import { bumpGeneration, lockProviders } from '../store/records/resource-providers.ts';
import { attachTraits, detachTraits, findTraits, readProviderTraits } from '../store/records/traits.ts';
import type { ReadTransaction, WriteTransaction } from '../store/transaction.ts';
import { findIfRemembered, readProvider, timeOf } from './read-provider.ts';
import { requireProvider } from './require-provider.ts';
import type { Service } from './service.ts';

export interface ProviderTraits {
  readonly generation: number;
  /** Names; standard traits first, each by id. */
  readonly traits: readonly string[];
  /** When the newest of the traits themselves was changed; null: unknown, or there are none. */
  readonly traitsModifiedAt: Date | null;
}

/** The provider's traits. Error: 404. */
export function getProviderTraits(service: Service, uuid: ProviderUuid): Promise<ProviderTraits> {
  return readProvider(service, uuid, traitsInModel);
}

export interface TraitsWrite {
  readonly traits: readonly string[];
  readonly generation: number;
}

/** Makes these the provider's traits. Errors in order: 404, 409 generation, 400 unknown traits. */
export async function replaceProviderTraits(
  service: Service,
  uuid: ProviderUuid,
  write: TraitsWrite,
): Promise<ProviderTraits> {
  const unchanged = await findUnchanged(service, uuid, write);
  if (unchanged !== null) return unchanged;
  return service.store.write(async (tx) => {
    await lockProviders(tx, [uuid]);
    const provider = await requireProvider(tx, uuid);
    if (provider.generation !== write.generation) throw providerGenerationChanged({});
    const wanted = await requireTraits(tx, [...new Set(write.traits)]);
    await setTraits(tx, provider, wanted);
    return {
      generation: (await requireProvider(tx, uuid)).generation,
      traits: wanted.map(({ name }) => name),
      traitsModifiedAt: newestOf(wanted.map(({ modifiedAt }) => modifiedAt)),
    };
  }, uuid);
}

/**
 * The provider's traits when they are what the write wants them to be, at the generation that it names: it would change
 * nothing, and needs no transaction.
 */
function findUnchanged(service: Service, uuid: ProviderUuid, write: TraitsWrite): Promise<ProviderTraits | null> {
  const wanted = new Set(write.traits);
  return findIfRemembered(service, (reader) => {
    const provider = reader.numberOfUuid(uuid);
    if (provider === undefined || reader.generation(provider) !== write.generation) return null;
    const names = reader.traitNames(provider);
    const isSame = names.length === wanted.size && names.every((name) => wanted.has(name));
    return isSame ? traitsInModel(reader, provider) : null;
  });
}

function traitsInModel(model: ModelReader, provider: ProviderNumber): ProviderTraits {
  return {
    generation: model.generation(provider),
    traits: model.traitNames(provider),
    traitsModifiedAt: timeOf(model.traitsModifiedAtMs(provider)),
  };
}

/** Takes all traits away. Error: 404. */
export function clearProviderTraits(service: Service, uuid: ProviderUuid): Promise<void> {
  return service.store.write(async (tx) => {
    await lockProviders(tx, [uuid]);
    await setTraits(tx, await requireProvider(tx, uuid), []);
  }, uuid);
}

/** The traits of these names. Error: 400 naming all that do not exist. */
async function requireTraits(tx: ReadTransaction, names: readonly string[]): Promise<readonly Trait[]> {
  const traits = await findTraits(tx, names);
  if (traits.length < names.length) {
    const known = new Set(traits.map((trait) => trait.name));
    throw traitsUnknown({ names: names.filter((name) => !known.has(name)) });
  }
  return traits;
}

/** Sees to it that no custom trait of these is deleted before this transaction ends. */
async function keepCustomTraits(tx: WriteTransaction, traits: readonly Trait[]): Promise<void> {
  const custom = traits.filter((trait) => isCustomTrait(trait.name));
  await relyOn(
    tx,
    custom.map((trait) => ({ kind: 'trait', id: trait.id })),
  );
  await requireTraits(
    tx,
    custom.map((trait) => trait.name),
  );
}

async function setTraits(tx: WriteTransaction, provider: ResourceProvider, wanted: readonly Trait[]): Promise<void> {
  const current = await readProviderTraits(tx, provider.id);
  const removed = without(current, wanted);
  const added = without(wanted, current);
  if (removed.length === 0 && added.length === 0) return;
  await bumpGeneration(tx, provider);
  await keepCustomTraits(tx, added);
  await detachTraits(tx, provider.id, removed);
  await attachTraits(tx, provider.id, added);
}

function without(traits: readonly Trait[], others: readonly Trait[]): readonly Trait[] {
  const ids = new Set(others.map((trait) => trait.id));
  return traits.filter((trait) => !ids.has(trait.id));
}
