// Which providers the answer summarises (allocation-candidates §4): those of the trees that give something, or, below
// 1.29, only those that give something.

import type { Model } from '../model/model.ts';
import { type ProviderNumber, providerNumber } from '../model/reader.ts';
import type { AllocationRequest } from './answer.ts';

export function summarisedProviders(
  model: Model,
  requests: readonly AllocationRequest[],
  wholeTrees: boolean,
): readonly ProviderNumber[] {
  const giving = new Set<ProviderNumber>();
  for (const { allocations } of requests) for (const { provider } of allocations) giving.add(provider);
  if (!wholeTrees) return [...giving];
  const summarised: ProviderNumber[] = [];
  const roots = new Set<number>();
  for (const provider of giving) {
    const root = model.root(provider);
    if (roots.has(root)) continue;
    roots.add(root);
    model.forTree(root, (member) => summarised.push(providerNumber(member)));
  }
  return summarised;
}
