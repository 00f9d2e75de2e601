// What a candidate answer says of a provider: its member of `provider_summaries`, and the parts of it.

import type { ResourceClassId } from '../../domain/ids.ts';
import { capacity } from '../../domain/inventory.ts';
import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import { integerText, uuidInText } from './json-text.ts';

/** `"<uuid>":{"resources":{…},"traits":[…],"parent_provider_uuid":…,"root_provider_uuid":…}`, as it is from 1.29 on. */
export function memberText(model: ModelReader, provider: ProviderNumber): string {
  const parent = model.parent(provider);
  return [
    `"${uuidInText(model, provider)}":{${resourcesText(model, provider, null)},${traitsText(model, provider)}`,
    `,"parent_provider_uuid":${parent === undefined ? 'null' : `"${uuidInText(model, parent)}"`}`,
    `,"root_provider_uuid":"${uuidInText(model, model.root(provider))}"}`,
  ].join('');
}

/**
 * `"resources":{…}`, each class with its capacity and use.
 *
 * @param classes the classes to show; null: all that the provider has
 */
export function resourcesText(
  model: ModelReader,
  provider: ProviderNumber,
  classes: ReadonlySet<ResourceClassId> | null,
): string {
  const members: string[] = [];
  for (const inventory of model.inventories(provider)) {
    const { resourceClassId, used } = inventory;
    if (classes !== null && !classes.has(resourceClassId)) continue;
    const amounts = `{"capacity":${integerText(capacity(inventory))},"used":${integerText(used)}}`;
    members.push(`${JSON.stringify(model.resourceClassName(resourceClassId))}:${amounts}`);
  }
  return `"resources":{${members.join(',')}}`;
}

/** `"traits":[…]` in the order that the model gives them. */
export function traitsText(model: ModelReader, provider: ProviderNumber): string {
  return `"traits":${JSON.stringify(model.traitNames(provider))}`;
}
