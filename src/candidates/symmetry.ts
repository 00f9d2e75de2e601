// Names for states of the search at an anchor, such that states which differ only in which of several like providers
// is meant have the same name. A state without candidates is remembered under its name, here and at other anchors, so
// that sixteen like devices do not cost sixteen factorial dead ends.

import type { AnchorProblem, Domains } from './anchor-problem.ts';
import type { Placement } from './placement.ts';

export interface SearchState {
  readonly domains: Domains;
  /** The variables that have no option yet. */
  readonly left: readonly number[];
  readonly subtrees: readonly number[];
  readonly covers: readonly number[];
}

/**
 * The name of a state. Two states with one name have equally many candidates: an option counts only by what can be
 * seen of it (who may take it, its room as far as it matters, which covers it satisfies) and, while subtree lists are
 * open, by the options above and below it.
 */
export function stateName(problem: AnchorProblem, placement: Placement, state: SearchState): string {
  const labels = labelsOf(problem, placement, state);
  const shapes = state.subtrees.length === 0 ? [...labels.values()] : treeShapes(problem, labels);
  const lists = state.subtrees.map((list) => problem.subtrees[list]?.join('.'));
  const covers = state.covers.map((cover) => problem.covers[cover]?.name);
  return [state.left.join('.'), lists.join(), covers.join(), ...shapes.sort()].join('|');
}

/** Option → label, for the options that somebody may still take. */
function labelsOf(problem: AnchorProblem, placement: Placement, state: SearchState): Map<number, string> {
  const takers = new Map<number, number[]>();
  for (const variable of state.left) {
    const asked = problem.variables[variable];
    for (const option of state.domains[variable] ?? []) {
      // An option that is taken, full or barred is none: whatever the reason, nobody can tell.
      if (asked === undefined || !placement.allows(asked, option)) continue;
      const known = takers.get(option);
      if (known === undefined) takers.set(option, [variable]);
      else known.push(variable);
    }
  }
  const wanted = totalDemands(problem, state.left);
  const labels = new Map<number, string>();
  for (const [option, variables] of takers) {
    const parts: (string | number)[] = [variables.join('.')];
    // More room than everybody together wants makes no difference.
    for (const [resource, amount] of wanted) parts.push(Math.min(placement.room(option, resource), amount));
    for (const cover of state.covers) if (problem.covers[cover]?.satisfies[option] === 1) parts.push(`c${cover}`);
    if (problem.exclusiveRoots !== null) parts.push(`r${problem.exclusiveRoots[option]}`);
    labels.set(option, parts.join(','));
  }
  return labels;
}

function totalDemands(problem: AnchorProblem, variables: readonly number[]): Map<number, number> {
  const totals = new Map<number, number>();
  for (const variable of variables) {
    for (const { resource, amount } of problem.variables[variable]?.contested ?? []) {
      totals.set(resource, (totals.get(resource) ?? 0) + amount);
    }
  }
  return totals;
}

/** One name for each topmost option, made of its label and the sorted names of the options next below it. */
function treeShapes(problem: AnchorProblem, labels: ReadonlyMap<number, string>): string[] {
  const tops: number[] = [];
  const below = new Map<number, number[]>();
  for (const option of labels.keys()) {
    const parent = problem.above[option]?.find((ancestor) => ancestor !== option && labels.has(ancestor));
    const siblings = parent === undefined ? tops : below.get(parent);
    if (siblings !== undefined) siblings.push(option);
    else if (parent !== undefined) below.set(parent, [option]);
  }
  const shape = (option: number): string => {
    const children = below.get(option)?.map(shape).sort().join('');
    return `(${labels.get(option)}${children ?? ''})`;
  };
  return tops.map(shape);
}
