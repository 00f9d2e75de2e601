// Which providers the answer summarises (allocation-candidates §4): those of the trees that give something, or, below
// 1.29, only those that give something.

import { BitSet } from '../model/bit-set.ts';
import type { Model } from '../model/model.ts';
import { type ProviderNumber, providerNumber } from '../model/reader.ts';
import type { AllocationRequests, RequestShape } from './answer.ts';

export function summarisedProviders(
  model: Model,
  { parts }: RequestShape,
  { length, partCount, providers }: AllocationRequests,
  wholeTrees: boolean,
): readonly ProviderNumber[] {
  const giving = parts.flatMap(({ amounts }, part) => (amounts.length > 0 ? [part] : []));
  const summarised: ProviderNumber[] = [];
  const seen = new BitSet();
  for (let request = 0; request < length; request++) {
    let before = -1;
    for (const part of giving) {
      const provider = providers[request * partCount + part];
      if (provider === undefined || provider === before) continue;
      before = provider;
      const one = wholeTrees ? model.root(provider) : provider;
      if (!seen.add(one)) continue;
      if (wholeTrees) model.forTree(one, (member) => summarised.push(providerNumber(member)));
      else summarised.push(provider);
    }
  }
  return summarised;
}
