// POST /reshaper: inventories of some providers and allocations of some consumers replaced at once (http-api §12).

import type { ConsumerWrite } from '../domain/consumer.ts';
import { providerGenerationConflict, reshapeClassUnknown, reshapeProviderNotFound } from '../domain/errors/records.ts';
import type { ProviderId, ProviderUuid } from '../domain/ids.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { ResourceClass } from '../domain/resource-class.ts';
import type { ResourceProvider } from '../domain/resource-provider.ts';
import { insertInventory, readInventories, updateInventoryRow } from '../store/records/inventories.ts';
import { findResourceClasses } from '../store/records/resource-classes.ts';
import { bumpGeneration, findProvider, lockProviders } from '../store/records/resource-providers.ts';
import type { ReadTransaction, WriteTransaction } from '../store/transaction.ts';
import { type InventoryWrite, keepCustomClasses, setInventories } from './inventories.ts';
import { prepareWrites, replaceAllocations, requireClasses } from './replace-allocations.ts';
import type { Service } from './service.ts';

/** The whole new inventory of one provider. */
export interface InventoryReshape {
  readonly providerUuid: ProviderUuid;
  readonly generation: number;
  readonly inventories: readonly InventoryWrite[];
}

interface ProviderReshape {
  readonly provider: ResourceProvider;
  readonly wanted: readonly { readonly resourceClass: ResourceClass; readonly inventory: Inventory }[];
}

/** Replaces everything or nothing. Errors in the order of http-api §12.2. */
export function reshape(
  service: Service,
  request: { readonly inventories: readonly InventoryReshape[]; readonly consumers: readonly ConsumerWrite[] },
): Promise<void> {
  return service.store.write(
    async (tx) => {
      const providers = await requireProviders(tx, request.inventories);
      const prepared = await prepareWrites(tx, request.consumers);
      const reshapes = await resolveClasses(tx, request.inventories, providers);
      const classes = await requireClasses(tx, request.consumers, (resourceClass) =>
        reshapeClassUnknown({ resourceClass }),
      );

      const generations = new Map<ProviderId, number>();
      for (const reshaped of reshapes) {
        // An empty new set adds nothing in between, and so does not advance the generation here (§12.4).
        if (reshaped.wanted.length === 0) continue;
        await advance(tx, reshaped.provider, generations);
        await addInventories(tx, reshaped);
      }
      await replaceAllocations(tx, service, prepared, classes, generations);
      for (const { provider, wanted } of reshapes) {
        await advance(tx, provider, generations);
        await setInventories(tx, provider, wanted);
      }
    },
    ...request.inventories.map(({ providerUuid }) => providerUuid),
  );
}

/** The providers whose inventories change, in body order. Errors: 400 unknown and 409 generation, provider by provider. */
async function requireProviders(
  tx: WriteTransaction,
  inventories: readonly InventoryReshape[],
): Promise<readonly ResourceProvider[]> {
  await lockProviders(
    tx,
    inventories.map((entry) => entry.providerUuid),
  );
  const providers: ResourceProvider[] = [];
  for (const { providerUuid: uuid, generation: given } of inventories) {
    const provider = await findProvider(tx, uuid);
    if (provider === undefined) throw reshapeProviderNotFound({ uuid });
    if (provider.generation !== given) throw providerGenerationConflict({ uuid, actual: provider.generation, given });
    providers.push(provider);
  }
  return providers;
}

async function resolveClasses(
  tx: ReadTransaction,
  inventories: readonly InventoryReshape[],
  providers: readonly ResourceProvider[],
): Promise<readonly ProviderReshape[]> {
  const names = inventories.flatMap((entry) => entry.inventories.map((write) => write.resourceClass));
  const classes = await findResourceClasses(tx, [...new Set(names)]);
  return providers.map((provider, position) => ({
    provider,
    wanted: (inventories[position]?.inventories ?? []).map(({ resourceClass, inventory }) => {
      const found = classes.get(resourceClass);
      if (found === undefined) throw reshapeClassUnknown({ resourceClass });
      return { resourceClass: found, inventory };
    }),
  }));
}

/** The inventory in between: what was there and what comes, the new records winning (§12.3). */
async function addInventories(tx: WriteTransaction, { provider, wanted }: ProviderReshape): Promise<void> {
  const current = new Set((await readInventories(tx, provider.id)).map((inventory) => inventory.resourceClassId));
  await keepCustomClasses(
    tx,
    wanted.map((entry) => entry.resourceClass).filter((resourceClass) => !current.has(resourceClass.id)),
  );
  for (const { resourceClass, inventory } of wanted) {
    const write = current.has(resourceClass.id) ? updateInventoryRow : insertInventory;
    await write(tx, provider.id, resourceClass.id, inventory);
  }
}

async function advance(
  tx: WriteTransaction,
  provider: ResourceProvider,
  generations: Map<ProviderId, number>,
): Promise<void> {
  const generation = generations.get(provider.id) ?? provider.generation;
  generations.set(provider.id, await bumpGeneration(tx, { id: provider.id, generation }));
}
