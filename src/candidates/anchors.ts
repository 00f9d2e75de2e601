// Which roots to look at. Every candidate needs, within reach of its anchor, somebody for each variable; the condition
// that the fewest providers seem to meet therefore leads to the roots, and all other roots are never touched.

import { BitSet, lowestBit } from '../model/bit-set.ts';
import type { Demand, SearchPlan } from './search-plan.ts';
import { passes, passing, passingAtMost, passingWord, type SetFilter, wordCount } from './set-filter.ts';
import type { WorkBudget } from './work-budget.ts';

/** The eligible anchors (allocation-candidates §3.1) at which a candidate is not ruled out, lazily, each once. */
export function* promisingAnchors(plan: SearchPlan, budget: WorkBudget): Generator<number> {
  const { model } = plan;
  const lead = narrowestLead(plan);
  const seen = new BitSet();
  const isNew = (root: number): boolean => passes(plan.anchor, root) && seen.add(root);
  const words = wordCount(lead.filter);
  for (let index = 0; index < words; index++) {
    const word = passingWord(lead.filter, index);
    if (word === 0) continue;
    budget.spend(1);
    for (let rest = word; rest !== 0; rest &= rest - 1) {
      const provider = (index << 5) + lowestBit(rest);
      if (!canGive(provider, lead.demands)) continue;
      const root = model.root(provider);
      if (isNew(root)) yield root;
      if (lead.isAnchor || !model.sharing.has(provider)) continue;
      for (const { members } of model.aggregatesOf(provider)) {
        for (const member of members) {
          const anchor = model.root(member);
          if (isNew(anchor)) yield anchor;
        }
      }
    }
  }
}

/** A condition that somebody within reach of each anchor must meet, or, with `isAnchor`, the anchor itself. */
interface Lead {
  readonly filter: SetFilter;
  readonly demands: readonly Demand[];
  readonly isAnchor: boolean;
}

function narrowestLead(plan: SearchPlan): Lead {
  let best: Lead = { filter: plan.anchor, demands: [], isAnchor: true };
  let fewest = passingAtMost(best.filter);
  for (const lead of leads(plan)) {
    const expected = expectedCount(lead, fewest);
    if (expected >= fewest) continue;
    best = lead;
    fewest = expected;
  }
  return best;
}

function* leads({ kinds, unsuffixed }: SearchPlan): Generator<Lead> {
  for (const { filter, demands } of kinds) yield { filter, demands, isAnchor: false };
  if (unsuffixed === null) return;
  const { traitAlternatives, forbiddenTraits, memberOf } = unsuffixed;
  for (const sets of traitAlternatives) {
    yield { filter: { anyOf: [sets], noneOf: forbiddenTraits }, demands: [], isAnchor: false };
  }
  if (memberOf.anyOf.length > 0) yield { filter: memberOf, demands: [], isAnchor: false };
}

/** Enough to tell a condition that most can meet from one that hardly anybody can. */
const SAMPLE_SIZE = 64;

/** About how many meet the condition: an upper bound from the sets, corrected by a sample where room decides. */
function expectedCount({ filter, demands }: Lead, fewest: number): number {
  const atMost = passingAtMost(filter);
  if (atMost <= SAMPLE_SIZE || demands.length === 0 || atMost > fewest * SAMPLE_SIZE) return atMost;
  let looked = 0;
  let giving = 0;
  for (const provider of passing(filter)) {
    if (canGive(provider, demands)) giving++;
    if (++looked === SAMPLE_SIZE) break;
  }
  return (atMost * (giving + 1)) / (looked + 1);
}

/** Whether the provider by itself fits every demand. */
export function canGive(provider: number, demands: readonly Demand[]): boolean {
  for (let index = 0; index < demands.length; index++) {
    const demand = demands[index];
    if (demand !== undefined && !demand.column.fits(provider, demand.amount)) return false;
  }
  return true;
}
