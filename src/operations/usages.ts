// How much is used: of one provider, and by the consumers of a project (http-api §11).

import type { ProviderUuid } from '../domain/ids.ts';
import { type ClassUsage, sumUsage, sumUsageByType } from '../store/records/allocations.ts';
import { readProvider } from './read-provider.ts';
import type { Service } from './service.ts';

/**
 * Usage of every class the provider has inventory of, 0 included. From the model, which has the sums: the database would
 * add up all that is held of the provider, ten thousand rows for a storage pool. Error: 404.
 */
export function getProviderUsages(
  service: Service,
  uuid: ProviderUuid,
): Promise<{ readonly generation: number; readonly usages: readonly ClassUsage[] }> {
  return readProvider(service, uuid, (model, provider) => {
    const usages = model.inventories(provider).map(({ resourceClassId, used }) => ({
      resourceClass: model.resourceClassName(resourceClassId),
      used,
    }));
    return { generation: model.generation(provider), usages };
  });
}

/** Whose consumers are counted. */
export interface UsageOwner {
  readonly project: string;
  /** Null: all users of the project. */
  readonly user: string | null;
}

/** Sums over all consumers of the owner; only classes that are allocated (below 1.38). */
export function getUsages(service: Service, owner: UsageOwner): Promise<readonly ClassUsage[]> {
  return service.store.read((tx) => sumUsage(tx, owner));
}

export interface UsageGroup {
  /** A type, `unknown` for consumers without one, or `all`. */
  readonly consumerType: string;
  /** Each consumer counts once. */
  readonly consumerCount: number;
  readonly usages: readonly ClassUsage[];
}

/** How a consumer without a type is shown, and asked for. */
export const UNKNOWN_CONSUMER_TYPE = 'unknown';
const ALL_CONSUMER_TYPES = 'all';

/**
 * Sums by consumer type (1.38 and later).
 *
 * @param query.consumerType null: one group per type; `all`: one group of that name with everything; `unknown`:
 * consumers without a type; anything else: that type alone. Groups that would be empty are left out.
 */
export async function getUsagesByType(
  service: Service,
  query: UsageOwner & { readonly consumerType: string | null },
): Promise<readonly UsageGroup[]> {
  const byType = await service.store.read((tx) => sumUsageByType(tx, query));
  const groups = byType.map((group) => ({ name: group.consumerType, ...group }));
  switch (query.consumerType) {
    case null:
      return groups.map((group) => toGroup(group.name ?? UNKNOWN_CONSUMER_TYPE, [group]));
    case ALL_CONSUMER_TYPES:
      return groups.length === 0 ? [] : [toGroup(ALL_CONSUMER_TYPES, groups)];
    case UNKNOWN_CONSUMER_TYPE:
      return groups.filter((group) => group.name === null).map((group) => toGroup(UNKNOWN_CONSUMER_TYPE, [group]));
    default:
      return groups
        .filter((group) => group.name === query.consumerType)
        .map((group) => toGroup(query.consumerType ?? '', [group]));
  }
}

function toGroup(
  consumerType: string,
  parts: readonly { readonly consumers: number; readonly usages: readonly ClassUsage[] }[],
): UsageGroup {
  const sums = new Map<string, number>();
  for (const { resourceClass, used } of parts.flatMap((part) => part.usages)) {
    sums.set(resourceClass, (sums.get(resourceClass) ?? 0) + used);
  }
  return {
    consumerType,
    consumerCount: parts.reduce((sum, part) => sum + part.consumers, 0),
    usages: [...sums].map(([resourceClass, used]) => ({ resourceClass, used })),
  };
}
