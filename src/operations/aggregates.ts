// The aggregates that a provider is in (http-api §6).

import { providerGenerationChanged } from '../domain/errors/records.ts';
import type { AggregateUuid, ProviderUuid } from '../domain/ids.ts';
import type { ResourceProvider } from '../domain/resource-provider.ts';
import { readProviderAggregates, replaceMemberships } from '../store/records/aggregates.ts';
import { relyOn } from '../store/records/guards.ts';
import { bumpGeneration, lockProviders } from '../store/records/resource-providers.ts';
import { requireProvider } from './require-provider.ts';
import type { Service } from './service.ts';

/** The provider's aggregates. Error: 404. */
export function getAggregates(
  service: Service,
  uuid: ProviderUuid,
): Promise<{ readonly provider: ResourceProvider; readonly aggregates: readonly AggregateUuid[] }> {
  return service.store.read(async (tx) => {
    const provider = await requireProvider(tx, uuid);
    return { provider, aggregates: await readProviderAggregates(tx, provider.id) };
  });
}

export interface AggregatesWrite {
  readonly aggregates: readonly AggregateUuid[];
  /** Null below 1.19: neither checked nor advanced then. */
  readonly generation: number | null;
}

/** Makes the provider a member of exactly these. Errors in order: 404, 409 generation. */
export function replaceAggregates(
  service: Service,
  uuid: ProviderUuid,
  { aggregates, generation }: AggregatesWrite,
): Promise<{ readonly provider: ResourceProvider }> {
  return service.store.write(async (tx) => {
    await lockProviders(tx, [uuid]);
    const provider = await requireProvider(tx, uuid);
    if (generation !== null) {
      if (provider.generation !== generation) throw providerGenerationChanged({});
      await bumpGeneration(tx, provider);
    }
    await relyOn(tx, [{ kind: 'aggregates', provider: provider.id }]);
    await replaceMemberships(tx, provider.id, aggregates);
    return { provider: await requireProvider(tx, uuid) };
  }, uuid);
}
