// An allocation request spelled out as the answer shows it: amounts per provider and class, and who serves which group.

import type { ResourceClassId } from '../domain/ids.ts';
import type { RequestShape } from './answer.ts';

export interface SpelledOut<Provider> {
  /** One entry per (provider, class), amounts of several groups summed. */
  readonly allocations: readonly {
    readonly provider: Provider;
    readonly resourceClassId: ResourceClassId;
    readonly amount: number;
  }[];
  /** One entry per group of the request, in the order of the groups; each provider once. */
  readonly mappings: readonly { readonly suffix: string; readonly providers: readonly Provider[] }[];
}

/** @param request part → provider, or anything else that tells providers apart */
export function spelledOut<Provider>(shape: RequestShape, request: readonly Provider[]): SpelledOut<Provider> {
  const allocations: { provider: Provider; resourceClassId: ResourceClassId; amount: number }[] = [];
  const mappings = shape.suffixes.map((suffix) => ({ suffix, providers: [] as Provider[] }));
  for (const [index, { group, amounts }] of shape.parts.entries()) {
    const provider = request[index];
    if (provider === undefined) continue;
    const mapped = mappings[group]?.providers;
    if (mapped?.includes(provider) === false) mapped.push(provider);
    for (const { resourceClassId, amount } of amounts) {
      const same = allocations.find((one) => one.provider === provider && one.resourceClassId === resourceClassId);
      if (same === undefined) allocations.push({ provider, resourceClassId, amount });
      else same.amount += amount;
    }
  }
  return { allocations, mappings };
}
