// A part of the search at an anchor: narrower domains, and the subtree lists and covers that are not settled yet.
// `narrow` drops options that can be in no candidate of the part, and finds many parts empty without a search.

import type { AnchorProblem, Domains } from './anchor-problem.ts';

export interface Subproblem {
  readonly domains: Domains;
  /** Open lists, as indexes into {@link AnchorProblem.subtrees}. */
  readonly subtrees: readonly number[];
  /** Open covers, as indexes into {@link AnchorProblem.covers}. */
  readonly covers: readonly number[];
}

export function wholeProblem({ domains, subtrees, covers }: AnchorProblem): Subproblem {
  return { domains, subtrees: [...subtrees.keys()], covers: [...covers.keys()] };
}

/** The same candidates in narrower domains; null when there are certainly none. */
export function narrow(problem: AnchorProblem, part: Subproblem): Subproblem | null {
  if (part.subtrees.length === 0 && part.covers.length === 0) return part;
  const domains = [...part.domains];
  let covers = part.covers;
  for (let changed = true; changed; ) {
    changed = false;
    for (const list of part.subtrees) {
      const outcome = narrowSubtree(problem, problem.subtrees[list] ?? [], domains);
      if (outcome === 'empty') return null;
      changed ||= outcome === 'changed';
    }
    const open: number[] = [];
    for (const cover of covers) {
      const outcome = narrowCover(problem, cover, domains);
      if (outcome === 'empty') return null;
      if (outcome === 'open') open.push(cover);
      changed ||= outcome === 'changed';
    }
    covers = open;
  }
  return { domains, subtrees: part.subtrees, covers };
}

/** Options that may be above all providers of a list: for each variable of the list something is at or below them. */
export function topsOf(problem: AnchorProblem, list: readonly number[], domains: Domains): readonly number[] {
  const reached = new Int32Array(problem.optionCount);
  const candidates = new Set<number>();
  for (const [position, variable] of list.entries()) {
    for (const option of domains[variable] ?? []) {
      candidates.add(option);
      for (const ancestor of problem.above[option] ?? []) if (reached[ancestor] === position) reached[ancestor]++;
    }
  }
  return [...candidates].filter((option) => reached[option] === list.length);
}

function narrowSubtree(
  problem: AnchorProblem,
  list: readonly number[],
  domains: (readonly number[])[],
): 'empty' | 'changed' | 'same' {
  const tops = new Set(topsOf(problem, list, domains));
  if (tops.size === 0) return 'empty';
  let changed = false;
  for (const variable of list) {
    const before = domains[variable] ?? [];
    const after = before.filter((option) => problem.above[option]?.some((ancestor) => tops.has(ancestor)));
    if (after.length === 0) return 'empty';
    if (after.length === before.length) continue;
    domains[variable] = after;
    changed = true;
  }
  return changed ? 'changed' : 'same';
}

/** `open` when it is still to be decided who satisfies the cover; `changed` and `settled` close it. */
function narrowCover(
  problem: AnchorProblem,
  index: number,
  domains: (readonly number[])[],
): 'empty' | 'changed' | 'settled' | 'open' {
  const cover = problem.covers[index];
  if (cover === undefined) return 'settled';
  const { variables, satisfies } = cover;
  let last = -1;
  let count = 0;
  for (const variable of variables) {
    const domain = domains[variable] ?? [];
    if (!domain.some((option) => satisfies[option] === 1)) continue;
    if (domain.every((option) => satisfies[option] === 1)) return 'settled';
    last = variable;
    count++;
  }
  if (count === 0) return 'empty';
  if (count > 1) return 'open';
  domains[last] = (domains[last] ?? []).filter((option) => satisfies[option] === 1);
  return 'changed';
}
