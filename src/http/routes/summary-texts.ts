// What a candidate answer from 1.29 on says of a provider: its member of `provider_summaries`, made once per change of
// the provider and then kept, since the same providers are summarised in answer after answer.

import type { ResourceClassId } from '../../domain/ids.ts';
import { capacity } from '../../domain/inventory.ts';
import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import { integerText, uuidInText } from './json-text.ts';

/** Remembers texts of one model's providers. */
export interface KeptSummaries {
  /** `"<uuid>":{"resources":{…},"traits":[…],"parent_provider_uuid":…,"root_provider_uuid":…}` */
  memberText(model: ModelReader, provider: ProviderNumber): string;
}

/** Texts of 350 bytes or so: some 70 MB. Providers beyond have theirs made each time. */
const KEPT_MAX = 200_000;

/** A new memory. It belongs to one model, whose revisions tell when a text no longer holds. */
export function keptSummaries(): KeptSummaries {
  const kept = new Map<ProviderNumber, { readonly revision: number; readonly text: string }>();
  return {
    memberText: (model, provider) => {
      const revision = model.revision(provider);
      const known = kept.get(provider);
      if (known?.revision === revision) return known.text;
      const text = memberText(model, provider);
      if (known !== undefined || kept.size < KEPT_MAX) kept.set(provider, { revision, text });
      return text;
    },
  };
}

function memberText(model: ModelReader, provider: ProviderNumber): string {
  const parent = model.parent(provider);
  // Joined rather than added up: what is kept for long should be one flat string, not a chain of pieces.
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
