// Allocations as clients see them (http-api §9.7, §10), as JSON text.

import type { Microversion } from '../../domain/microversion.ts';
import type { ConsumerAllocations } from '../../operations/allocations.ts';
import type { ProviderAllocations } from '../../operations/provider-allocations.ts';
import { UNKNOWN_CONSUMER_TYPE } from '../../operations/usages.ts';
import { integerText, objectText } from './json-text.ts';

const SHOWS_OWNER_SINCE = 12;
const SHOWS_CONSUMER_GENERATION_SINCE = 28;
const SHOWS_CONSUMER_TYPE_SINCE = 38;

/**
 * The body of `GET /allocations/{consumer_uuid}`. Without allocations nothing is told of the consumer itself.
 *
 * @param held null: nothing
 */
export function consumerAllocationsText(held: ConsumerAllocations | null, version: Microversion): string {
  if (held === null || held.providers.length === 0) return '{"allocations":{}}';
  const allocations = objectText(
    held.providers.map(({ uuid, generation, resources }) => [
      uuid,
      `{"generation":${generation},"resources":${resourcesText(resources)}}`,
    ]),
  );
  const { consumer } = held;
  let text = `{"allocations":${allocations}`;
  if (version >= SHOWS_OWNER_SINCE) {
    text += `,"project_id":${JSON.stringify(consumer.project)},"user_id":${JSON.stringify(consumer.user)}`;
  }
  if (version >= SHOWS_CONSUMER_GENERATION_SINCE) text += `,"consumer_generation":${consumer.generation}`;
  if (version >= SHOWS_CONSUMER_TYPE_SINCE) {
    text += `,"consumer_type":${JSON.stringify(consumer.consumerType ?? UNKNOWN_CONSUMER_TYPE)}`;
  }
  return `${text}}`;
}

/** The body of `GET /resource_providers/{uuid}/allocations`. */
export function providerAllocationsText(held: ProviderAllocations, version: Microversion): string {
  const allocations = objectText(
    held.consumers.map(({ uuid, generation, resources }) => {
      const shownGeneration = version >= SHOWS_CONSUMER_GENERATION_SINCE ? `,"consumer_generation":${generation}` : '';
      return [uuid, `{"resources":${resourcesText(resources)}${shownGeneration}}`];
    }),
  );
  return `{"resource_provider_generation":${held.generation},"allocations":${allocations}}`;
}

function resourcesText(resources: readonly { readonly resourceClass: string; readonly used: number }[]): string {
  return objectText(resources.map(({ resourceClass, used }) => [resourceClass, integerText(used)]));
}
