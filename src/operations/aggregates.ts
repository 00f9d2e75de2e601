// The aggregates that a provider is in (http-api §6).

import { providerGenerationChanged } from '../domain/errors/records.ts';
import type { AggregateUuid, ProviderUuid } from '../domain/ids.ts';
import { replaceMemberships } from '../store/records/aggregates.ts';
import { relyOn } from '../store/records/guards.ts';
import { bumpGeneration, lockProviders } from '../store/records/resource-providers.ts';
import { readProvider } from './read-provider.ts';
import { requireProvider } from './require-provider.ts';
import type { Service } from './service.ts';

/** The provider's aggregates, in the order in which these were first mentioned by anyone. Error: 404. */
export function getAggregates(
  service: Service,
  uuid: ProviderUuid,
): Promise<{ readonly generation: number; readonly aggregates: readonly AggregateUuid[] }> {
  return readProvider(service, uuid, (model, provider) => ({
    generation: model.generation(provider),
    aggregates: model.aggregates(provider),
  }));
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
): Promise<{ readonly generation: number }> {
  return service.store.write(async (tx) => {
    await lockProviders(tx, [uuid]);
    const provider = await requireProvider(tx, uuid);
    if (generation !== null) {
      if (provider.generation !== generation) throw providerGenerationChanged({});
      await bumpGeneration(tx, provider);
    }
    await relyOn(tx, [{ kind: 'aggregates', provider: provider.id }]);
    await replaceMemberships(tx, provider.id, aggregates);
    return { generation: (await requireProvider(tx, uuid)).generation };
  }, uuid);
}
