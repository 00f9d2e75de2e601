// Resource providers: create, rename and re-parent, delete (http-api §4.3, §4.5, §4.6).

import {
  providerCreateRefused,
  providerHasAllocations,
  providerHasChildren,
  providerNameTaken,
  providerNotFoundForDelete,
  providerUpdateRefused,
  providerUuidTaken,
} from '../domain/errors/records.ts';
import type { ProviderUuid } from '../domain/ids.ts';
import { subtreeOf } from '../domain/provider-tree.ts';
import type { ResourceProvider } from '../domain/resource-provider.ts';
import { StaleRead } from '../store/database-errors.ts';
import { replaceMemberships } from '../store/records/aggregates.ts';
import { hasAllocations } from '../store/records/allocations.ts';
import { relyOn } from '../store/records/guards.ts';
import { readInventories, removeInventories } from '../store/records/inventories.ts';
import {
  deleteProviderRow,
  findProvider,
  findProviderNamed,
  hasChildren,
  insertProvider,
  lockProviders,
  moveToRoot,
  readTree,
  updateProviderRow,
} from '../store/records/resource-providers.ts';
import { detachTraits, readProviderTraits } from '../store/records/traits.ts';
import type { ReadTransaction, WriteTransaction } from '../store/transaction.ts';
import { requireProvider } from './require-provider.ts';
import type { Service } from './service.ts';

export interface NewProvider {
  /** Canonical. */
  readonly uuid: ProviderUuid;
  readonly name: string;
  readonly parentUuid: ProviderUuid | null;
}

/** Makes a provider with generation 0. Errors in order: 400 empty name, 400 parent, 409 uuid taken, 409 name taken. */
export function createProvider(service: Service, provider: NewProvider): Promise<ResourceProvider> {
  const { uuid, name, parentUuid } = provider;
  const refuse = (reason: string) => providerCreateRefused({ name, uuid, reason });
  return service.store.write(async (tx) => {
    if (name === '') throw refuse('a name is required.');
    if (parentUuid === uuid) throw refuse('parent provider UUID cannot be same as UUID.');
    const parent = parentUuid === null ? null : await findStandingParent(tx, parentUuid);
    if (parent === undefined) throw refuse('parent provider UUID does not exist.');
    if (!(await insertProvider(tx, { uuid, name, parent }))) {
      throw (await findProvider(tx, uuid)) === undefined ? providerNameTaken({ name }) : providerUuidTaken({ uuid });
    }
    return requireProvider(tx, uuid);
  });
}

/** A parent to be, which can neither go away nor move before this transaction ends. */
async function findStandingParent(tx: WriteTransaction, uuid: ProviderUuid): Promise<ResourceProvider | undefined> {
  const seen = await findProvider(tx, uuid);
  if (seen === undefined) return undefined;
  await relyOn(tx, [{ kind: 'tree', root: seen.rootId }]);
  const parent = await findProvider(tx, uuid);
  if (parent?.rootId !== seen.rootId) throw new StaleRead('a provider tree');
  return parent;
}

export interface ProviderUpdate {
  readonly name: string;
  /** Undefined keeps the parent; null makes a root. */
  readonly parentUuid: ProviderUuid | null | undefined;
  /** Whether a parent may be exchanged or removed (1.37); a first parent may always be given. */
  readonly reparenting: boolean;
}

/**
 * Renames a provider and moves it, with everything below it, to another parent. No generation changes.
 * Errors in order: 404, 400 for the parent rules of http-api §4.5, 409 name taken.
 */
export function updateProvider(
  service: Service,
  uuid: ProviderUuid,
  update: ProviderUpdate,
): Promise<ResourceProvider> {
  return service.store.write(async (tx) => {
    const current = await requireStandingTrees(tx, uuid, update.parentUuid);
    const parent = await newParent(tx, current, update);
    const holder = await findProviderNamed(tx, update.name);
    if (holder !== undefined && holder !== current.id) throw providerNameTaken({ name: update.name });
    await updateProviderRow(tx, current.id, { name: update.name, parentId: parent?.id ?? null });
    await moveSubtree(tx, current, parent?.rootId ?? current.id);
    return requireProvider(tx, uuid);
  });
}

/**
 * The provider, whose tree, and that of the parent it is to get, cannot change shape before this transaction ends:
 * otherwise two moves that are right each by itself could make a loop together.
 */
async function requireStandingTrees(
  tx: WriteTransaction,
  uuid: ProviderUuid,
  parentUuid: ProviderUuid | null | undefined,
): Promise<ResourceProvider> {
  const seen = await requireProvider(tx, uuid);
  // A rename writes the parent too, as it was read: it must not undo a move that happens meanwhile.
  const wanted = parentUuid ?? null;
  const parentSeen = wanted === null ? undefined : await findProvider(tx, wanted);
  const roots = parentSeen === undefined ? [seen.rootId] : [seen.rootId, parentSeen.rootId];
  await relyOn(
    tx,
    roots.map((root) => ({ kind: 'tree', root })),
  );
  const current = await requireProvider(tx, uuid);
  const parent = wanted === null ? undefined : await findProvider(tx, wanted);
  if (current.rootId !== seen.rootId || parent?.rootId !== parentSeen?.rootId) throw new StaleRead('a provider tree');
  return current;
}

/** The parent after the update, having checked that it may be. */
async function newParent(
  tx: ReadTransaction,
  current: ResourceProvider,
  { parentUuid, reparenting }: ProviderUpdate,
): Promise<ResourceProvider | null> {
  const refuse = (reason: string) => providerUpdateRefused({ uuid: current.uuid, reason });
  const wanted = parentUuid === undefined ? current.parentUuid : parentUuid;
  if (wanted === null) {
    if (current.parentUuid !== null && !reparenting) {
      throw refuse('un-parenting a provider is not currently allowed.');
    }
    return null;
  }
  const parent = await findProvider(tx, wanted);
  if (parent === undefined) throw refuse('parent provider UUID does not exist.');
  if (parent.uuid === current.parentUuid) return parent;
  if (current.parentUuid !== null && !reparenting) {
    throw refuse('re-parenting a provider is not currently allowed.');
  }
  const subtree = subtreeOf(current.id, await readTree(tx, current.rootId));
  if (subtree.has(parent.id)) throw refuse('creating loop in the provider tree is not allowed.');
  return parent;
}

/** Gives the provider and all its descendants the root of the tree they are in now. */
async function moveSubtree(
  tx: WriteTransaction,
  before: ResourceProvider,
  rootId: ResourceProvider['rootId'],
): Promise<void> {
  if (rootId === before.rootId) return;
  // The tree as it was: the rows still name the old root, whatever the parent is now.
  await moveToRoot(tx, [...subtreeOf(before.id, await readTree(tx, before.rootId))], rootId);
}

/** Deletes a provider with its inventories and associations. Errors in order: 404, 409 children, 409 allocations. */
export function deleteProvider(service: Service, uuid: ProviderUuid): Promise<void> {
  return service.store.write(async (tx) => {
    const seen = await findProvider(tx, uuid);
    if (seen === undefined) throw providerNotFoundForDelete({ uuid });
    await relyOn(tx, [
      { kind: 'tree', root: seen.rootId },
      { kind: 'aggregates', provider: seen.id },
    ]);
    await lockProviders(tx, [uuid]);
    const provider = await findProvider(tx, uuid);
    if (provider === undefined) throw providerNotFoundForDelete({ uuid });
    if (provider.rootId !== seen.rootId) throw new StaleRead('a provider tree');
    if (await hasChildren(tx, provider.id)) throw providerHasChildren({ uuid });
    if (await hasAllocations(tx, provider.id)) throw providerHasAllocations({ uuid });
    const inventories = await readInventories(tx, provider.id);
    await removeInventories(
      tx,
      provider.id,
      inventories.map((inventory) => inventory.resourceClassId),
    );
    await detachTraits(tx, provider.id, await readProviderTraits(tx, provider.id));
    await replaceMemberships(tx, provider.id, []);
    await deleteProviderRow(tx, provider);
  }, uuid);
}
