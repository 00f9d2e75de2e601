// The search at one anchor, as a small problem of its own: the providers within reach become options 0, 1, 2 …, and
// each variable has a domain of them. Nothing after this looks at the model again.

import type { ReadonlyBitSet } from '../model/bit-set.ts';
import type { SearchPlan, Variable } from './search-plan.ts';
import { isInOne, passes } from './set-filter.ts';

/** At least one of the variables must take an option of the set. */
export interface Cover {
  /** The same at every anchor: what it stands for. */
  readonly name: string;
  readonly variables: readonly number[];
  /** Option → 1 when it is in the set. */
  readonly satisfies: Uint8Array;
}

export type Domains = readonly (readonly number[])[];

export interface AnchorProblem {
  readonly anchor: number;
  readonly variables: readonly Variable[];
  readonly resourceCount: number;
  /** Option → provider. */
  readonly providers: readonly number[];
  /** Option → 1 when the provider shares; empty when none does. */
  readonly sharing: Uint8Array;
  /**
   * Option × resourceCount + resource → the most that may be put there; of contested resources only, and no more than
   * everybody together wants.
   */
  readonly room: readonly number[];
  readonly domains: Domains;
  readonly subtrees: readonly (readonly number[])[];
  /** Option → itself and the options that are its ancestors; empty when there are no subtrees. */
  readonly above: readonly (readonly number[])[];
  readonly covers: readonly Cover[];
  /** Option → root of its tree, when different providers of one tree may not be combined; else null. */
  readonly exclusiveRoots: Int32Array | null;
  /** One variable's option may bar another's, subtrees aside. */
  readonly isEntangled: boolean;
}

/** Null when some variable has no option there (allocation-candidates §3.2, §3.3). */
export function problemAt(plan: SearchPlan, anchor: number): AnchorProblem | null {
  const reach = optionsAt(plan, anchor);
  if (reach === null) return null;
  const { providers, domains } = reach;
  const { model, variables, resources, subtrees, onePerTree, isEntangled } = plan;
  const covers = coversAt(plan, providers, domains);
  if (covers === null) return null;
  return {
    anchor,
    variables,
    resourceCount: resources.length,
    providers,
    sharing: sharingAmong(plan, providers),
    room: roomOf(plan, providers),
    domains,
    subtrees,
    above: subtrees.length === 0 ? [] : ancestorsAmong(plan, providers),
    covers,
    exclusiveRoots: onePerTree ? Int32Array.from(providers, (provider) => model.root(provider)) : null,
    isEntangled,
  };
}

function optionsAt(plan: SearchPlan, anchor: number): { providers: number[]; domains: number[][] } | null {
  const { model, variables, kinds, unsuffixed } = plan;
  if (unsuffixed !== null && isInOne(unsuffixed.forbiddenAggregates, anchor)) return null;
  const anchorIsMember = unsuffixed === null || passes(unsuffixed.memberOf, anchor);
  const providers: number[] = [];
  const domainOfKind: number[][] = kinds.map(() => []);
  const offer = (provider: number, isLocal: boolean): void => {
    let option = -1;
    for (let kind = 0; kind < kinds.length; kind++) {
      const variable = kinds[kind];
      if (variable === undefined || !serves(variable, provider)) continue;
      if (variable.unsuffixed && unsuffixed !== null) {
        if (!isLocal && unsuffixed.localOnly) continue;
        if (!(isLocal && anchorIsMember) && !passes(unsuffixed.memberOf, provider)) continue;
      }
      if (option < 0) option = providers.push(provider) - 1;
      domainOfKind[kind]?.push(option);
    }
  };
  let foreign: Set<number> | null = null;
  model.forTree(anchor, (provider) => {
    offer(provider, true);
    for (const { sharing } of model.aggregatesOf(provider)) {
      if (sharing === null) continue;
      foreign ??= new Set();
      for (const shares of sharing) if (model.root(shares) !== anchor) foreign.add(shares);
    }
  });
  for (const provider of foreign ?? []) offer(provider, false);
  if (domainOfKind.some(({ length }) => length === 0)) return null;
  return { providers, domains: variables.map(({ kind }) => domainOfKind[kind] ?? []) };
}

function serves({ filter, demands }: Variable, provider: number): boolean {
  for (let index = 0; index < demands.length; index++) {
    const demand = demands[index];
    if (demand !== undefined && !demand.column.fits(provider, demand.amount)) return false;
  }
  return passes(filter, provider);
}

/** The trait alternatives of the unsuffixed group that are not met in any case; null when one cannot be met. */
function coversAt(plan: SearchPlan, providers: readonly number[], domains: Domains): readonly Cover[] | null {
  const { unsuffixed } = plan;
  if (unsuffixed === null || unsuffixed.traitAlternatives.length === 0) return [];
  const covers: Cover[] = [];
  for (const [index, sets] of unsuffixed.traitAlternatives.entries()) {
    const satisfies = markedIn(sets, providers);
    const variables = unsuffixed.variables.filter((variable) => domains[variable]?.some((option) => satisfies[option]));
    if (variables.length === 0) return null;
    if (variables.some((variable) => domains[variable]?.every((option) => satisfies[option]))) continue;
    covers.push({ name: `trait ${index}`, variables, satisfies });
  }
  return covers;
}

const NONE_SHARES = new Uint8Array(0);

function sharingAmong({ model: { sharing } }: SearchPlan, providers: readonly number[]): Uint8Array {
  return providers.some((provider) => sharing.has(provider)) ? markedIn([sharing], providers) : NONE_SHARES;
}

function markedIn(sets: readonly ReadonlyBitSet[], providers: readonly number[]): Uint8Array {
  const marks = new Uint8Array(providers.length);
  for (let option = 0; option < providers.length; option++) {
    if (isInOne(sets, providers[option] ?? -1)) marks[option] = 1;
  }
  return marks;
}

const NO_ROOM: readonly number[] = [];

function roomOf({ resources, contests, isEntangled }: SearchPlan, providers: readonly number[]): readonly number[] {
  if (!isEntangled) return NO_ROOM;
  const room: number[] = [];
  for (const provider of providers) {
    for (let resource = 0; resource < resources.length; resource++) {
      const contest = contests[resource];
      room.push(contest === undefined ? 0 : Math.min(contest.column.room(provider), contest.amount));
    }
  }
  return room;
}

function ancestorsAmong({ model }: SearchPlan, providers: readonly number[]): number[][] {
  const optionOf = new Map(providers.map((provider, option) => [provider, option]));
  return providers.map((provider) => {
    const above: number[] = [];
    for (let at: number = provider; at >= 0; at = model.parentOrNone(at)) {
      const option = optionOf.get(at);
      if (option !== undefined) above.push(option);
      // Rows of a damaged database may name each other as parents.
      if (above.length > providers.length) break;
    }
    return above;
  });
}
