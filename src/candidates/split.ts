// Cuts a part of the search into parts that have no candidate in common and one open condition less. A subtree list has
// exactly one topmost provider: a part is "this provider is on top, and this variable is the first that takes it". A
// cover has a first variable that satisfies it. So only domains are left in the end, and no condition to trip over.

import type { AnchorProblem, Cover, Domains } from './anchor-problem.ts';
import { type Subproblem, topsOf } from './subproblem.ts';

/** The parts of an open subproblem, lazily. Some of them may turn out empty. */
export function split(problem: AnchorProblem, part: Subproblem): Iterable<Subproblem> {
  const subtree = tightest(part.subtrees, (list) => topsOf(problem, problem.subtrees[list] ?? [], part.domains).length);
  if (subtree !== undefined) return splitSubtree(problem, part, subtree);
  const cover = tightest(part.covers, (index) => problem.covers[index]?.variables.length ?? 0);
  return cover === undefined ? [part] : splitCover(part, cover, problem.covers[cover]);
}

export function* splitSubtree(problem: AnchorProblem, part: Subproblem, index: number): Generator<Subproblem> {
  const list = problem.subtrees[index] ?? [];
  const subtrees = part.subtrees.filter((open) => open !== index);
  for (const top of topsOf(problem, list, part.domains)) {
    const below = part.domains.map((domain, variable) =>
      list.includes(variable) ? domain.filter((option) => problem.above[option]?.includes(top)) : domain,
    );
    for (const [position, variable] of list.entries()) {
      if (!below[variable]?.includes(top)) continue;
      const domains = [...below];
      domains[variable] = [top];
      for (const earlier of list.slice(0, position)) domains[earlier] = without(below[earlier] ?? [], top);
      if (hasNoEmpty(domains)) yield { domains, subtrees, covers: part.covers };
    }
  }
}

function* splitCover(part: Subproblem, index: number, cover: Cover | undefined): Generator<Subproblem> {
  if (cover === undefined) return;
  const covers = part.covers.filter((open) => open !== index);
  const domains = [...part.domains];
  for (const variable of cover.variables) {
    const domain = domains[variable] ?? [];
    const satisfying = domain.filter((option) => cover.satisfies[option] === 1);
    if (satisfying.length > 0) {
      yield { domains: domains.with(variable, satisfying), subtrees: part.subtrees, covers };
    }
    // From here on this variable is not the first to satisfy it.
    const others = domain.filter((option) => cover.satisfies[option] !== 1);
    if (others.length === 0) return;
    domains[variable] = others;
  }
}

/** The condition with the fewest ways to meet it, so that a dead end shows early. */
function tightest(open: readonly number[], ways: (index: number) => number): number | undefined {
  if (open.length < 2) return open[0];
  let best = open[0];
  let fewest = Number.POSITIVE_INFINITY;
  for (const index of open) {
    const count = ways(index);
    if (count >= fewest) continue;
    best = index;
    fewest = count;
  }
  return best;
}

function without(domain: readonly number[], option: number): readonly number[] {
  return domain.filter((other) => other !== option);
}

function hasNoEmpty(domains: Domains): boolean {
  return domains.every(({ length }) => length > 0);
}
