// Which roots to look at. Every candidate needs, within reach of its anchor, somebody for each variable; the condition
// that the fewest providers can meet therefore leads to the roots, and all other roots are never touched.

import { BitSet } from '../model/bit-set.ts';
import type { SearchPlan } from './search-plan.ts';
import { passes, passing, passingAtMost, type SetFilter } from './set-filter.ts';

/** The eligible anchors (allocation-candidates §3.1) at which a candidate is not ruled out, lazily, each once. */
export function* promisingAnchors(plan: SearchPlan): Generator<number> {
  const { model } = plan;
  const lead = narrowest(plan);
  if (lead.isAnchor) {
    yield* passing(lead.filter);
    return;
  }
  const seen = new BitSet();
  const isNew = (root: number): boolean => seen.add(root) && passes(plan.anchor, root);
  for (const provider of passing(lead.filter)) {
    if (!lead.demands.every(({ column, amount }) => column.fits(provider, amount))) continue;
    const root = model.root(provider);
    if (isNew(root)) yield root;
    if (!model.sharing.has(provider)) continue;
    for (const { members } of model.aggregatesOf(provider)) {
      for (const member of members) {
        const anchor = model.root(member);
        if (isNew(anchor)) yield anchor;
      }
    }
  }
}

interface Lead {
  readonly filter: SetFilter;
  readonly demands: SearchPlan['variables'][number]['demands'];
  /** The filter tells the anchor itself, not somebody within its reach. */
  readonly isAnchor: boolean;
}

function narrowest(plan: SearchPlan): Lead {
  let best: Lead = { filter: plan.anchor, demands: [], isAnchor: true };
  let fewest = passingAtMost(best.filter);
  const consider = (lead: Lead): void => {
    const atMost = passingAtMost(lead.filter);
    if (atMost >= fewest) return;
    best = lead;
    fewest = atMost;
  };
  for (const { filter, demands } of plan.variables) consider({ filter, demands, isAnchor: false });
  const { unsuffixed } = plan;
  if (unsuffixed === null) return best;
  for (const sets of unsuffixed.traitAlternatives) {
    consider({ filter: { anyOf: [sets], noneOf: unsuffixed.forbiddenTraits }, demands: [], isAnchor: false });
  }
  if (unsuffixed.memberOf.anyOf.length > 0) {
    consider({ filter: unsuffixed.memberOf, demands: [], isAnchor: false });
  }
  return best;
}
