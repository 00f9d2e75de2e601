// Traits: list, show, create, delete (http-api §7.1–7.4).

import { traitInUse, traitIsStandard, traitNameInvalid, traitNotFound } from '../domain/errors/records.ts';
import { CUSTOM_NAME_PATTERN, NAME_LENGTH_MAX } from '../domain/resource-class.ts';
import { isCustomTrait, type Trait } from '../domain/trait.ts';
import { relyOn } from '../store/records/guards.ts';
import {
  deleteTraitRow,
  findTrait,
  insertTrait,
  isTraitInUse,
  readAssociatedTraitIds,
  readTraits,
} from '../store/records/traits.ts';
import type { ReadTransaction } from '../store/transaction.ts';
import type { Service } from './service.ts';

export interface TraitFilter {
  /** Only these names, as far as they exist; null: no such filter. */
  readonly names: readonly string[] | null;
  /** Only names that begin so, literally and case-sensitively. */
  readonly prefix: string | null;
  /** Whether at least one provider has the trait. */
  readonly associated: boolean | null;
}

const CUSTOM_NAME = new RegExp(CUSTOM_NAME_PATTERN);

/** The traits that pass every filter, by id. */
export function listTraits(service: Service, filter: TraitFilter): Promise<readonly Trait[]> {
  return service.store.read(async (tx) => {
    const { prefix, associated } = filter;
    const names = filter.names === null ? null : new Set(filter.names);
    const associatedIds = associated === null ? null : await readAssociatedTraitIds(tx);
    return (await readTraits(tx)).filter(
      (trait) =>
        (names === null || names.has(trait.name)) &&
        (prefix === null || trait.name.startsWith(prefix)) &&
        (associatedIds === null || associatedIds.has(trait.id) === associated),
    );
  });
}

/** The trait. Error: 404. */
export function getTrait(service: Service, name: string): Promise<Trait> {
  return service.store.read((tx) => requireTrait(tx, name));
}

/** Makes a custom trait unless it exists. Error: 400 for a name that is no custom trait's. */
export async function ensureTrait(
  service: Service,
  name: string,
): Promise<{ readonly created: boolean; readonly trait: Trait }> {
  if (!CUSTOM_NAME.test(name) || name.length > NAME_LENGTH_MAX) throw traitNameInvalid({});
  // Most calls find the trait there: no need to wait for the write lane then.
  const known = await service.store.read((tx) => findTrait(tx, name));
  if (known !== undefined) return { created: false, trait: known };
  return service.store.write(async (tx) => {
    const created = await insertTrait(tx, name);
    return { created, trait: await requireTrait(tx, name) };
  });
}

/** Deletes a custom trait. Errors in order: 404, 400 for a standard trait, 409 when a provider has it. */
export function deleteTrait(service: Service, name: string): Promise<void> {
  return service.store.write(async (tx) => {
    const trait = await requireTrait(tx, name);
    if (!isCustomTrait(name)) throw traitIsStandard({ name });
    await relyOn(tx, [{ kind: 'trait', id: trait.id }]);
    if (await isTraitInUse(tx, trait.id)) throw traitInUse({ name });
    await deleteTraitRow(tx, trait.id);
  });
}

async function requireTrait(tx: ReadTransaction, name: string): Promise<Trait> {
  const trait = await findTrait(tx, name);
  if (trait === undefined) throw traitNotFound({ name });
  return trait;
}
