// A combination of providers as the answer shows it: amounts per provider and class, and who serves which group.

import type { ResourceClassId } from '../domain/ids.ts';
import { type ProviderNumber, providerNumber } from '../model/reader.ts';
import type { AnchorProblem } from './anchor-problem.ts';
import type { AllocationRequest } from './answer.ts';
import type { SearchPlan } from './search-plan.ts';

/** @param choice variable → option of the problem */
export function allocationRequest(plan: SearchPlan, problem: AnchorProblem, choice: Int32Array): AllocationRequest {
  const allocations: { provider: ProviderNumber; resourceClassId: ResourceClassId; amount: number }[] = [];
  const mappings = plan.groups.map(({ suffix }) => ({ suffix, providers: [] as ProviderNumber[] }));
  for (const [index, { group, demands }] of plan.variables.entries()) {
    const provider = providerNumber(problem.providers[choice[index] ?? -1] ?? -1);
    const mapped = mappings[group]?.providers;
    if (mapped?.includes(provider) === false) mapped.push(provider);
    for (const { resource, amount } of demands) {
      const resourceClassId = plan.resources[resource];
      if (resourceClassId === undefined) continue;
      const same = allocations.find((one) => one.provider === provider && one.resourceClassId === resourceClassId);
      if (same === undefined) allocations.push({ provider, resourceClassId, amount });
      else same.amount += amount;
    }
  }
  return { allocations, mappings };
}
