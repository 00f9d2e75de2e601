// What a candidate answer says of a provider by itself, its resources and traits, as JSON text that is made once per
// change of the provider and then kept: the same few providers are summarised in answer after answer. Parent and root
// are not in it; they are short, and belong to the tree.

import type { ResourceClassId } from '../../domain/ids.ts';
import { capacity } from '../../domain/inventory.ts';
import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import { integerText } from './json-text.ts';

/** Remembers texts of one model's providers; about 200 bytes for each that was ever summarised. */
export interface KeptSummaries {
  /** `"resources":{…},"traits":[…]` with all classes of the provider: the same from 1.27 on. */
  wholeText(model: ModelReader, provider: ProviderNumber): string;
}

/** A new memory. It belongs to one model, whose revisions tell when a text no longer holds. */
export function keptSummaries(): KeptSummaries {
  const kept = new Map<ProviderNumber, { readonly revision: number; readonly text: string }>();
  return {
    wholeText: (model, provider) => {
      const revision = model.revision(provider);
      const known = kept.get(provider);
      if (known?.revision === revision) return known.text;
      // Joined rather than added up: what is kept for long should be one flat string, not a chain of pieces.
      const text = [resourcesText(model, provider, null), traitsText(model, provider)].join(',');
      kept.set(provider, { revision, text });
      return text;
    },
  };
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
