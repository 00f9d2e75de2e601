// The search at one anchor, as a small problem of its own: options, and for each variable a domain of them. It is made from
// what the view says and nothing else, so that anchors with equal rows share one. Nothing after this looks at the model.

import type { AnchorView } from './anchor-view.ts';
import type { Variable } from './search-plan.ts';

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
  readonly variables: readonly Variable[];
  readonly resourceCount: number;
  readonly optionCount: number;
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

/**
 * The problem at the anchor that the view is turned to; null when a trait alternative cannot be met there.
 *
 * @param withoutShared leave out candidates of sharing providers alone
 */
export function problemOf(view: AnchorView, withoutShared: boolean): AnchorProblem | null {
  const { model, variables, resources, subtrees, onePerTree, isEntangled } = view.plan;
  const domains = domainsOf(view);
  const covers = coversOf(view, domains);
  if (covers === null) return null;
  return {
    variables,
    resourceCount: resources.length,
    optionCount: view.count,
    room: isEntangled ? roomOf(view) : [],
    domains,
    subtrees,
    above: subtrees.length === 0 ? [] : ancestorsOf(view),
    covers: withoutShared ? [...covers, ownCover(view)] : covers,
    exclusiveRoots: onePerTree ? Int32Array.from(view.providers(), (provider) => model.root(provider)) : null,
    isEntangled,
  };
}

/** Variables of one kind have one list in common. */
export function domainsOf(view: AnchorView): Domains {
  const { kinds, variables } = view.plan;
  const ofKind = kinds.map((_, kind) => optionsThat(view, (option) => view.mayServe(option, kind)));
  return variables.map(({ kind }) => ofKind[kind] ?? []);
}

function optionsThat(view: AnchorView, condition: (option: number) => boolean): readonly number[] {
  const options: number[] = [];
  for (let option = 0; option < view.count; option++) if (condition(option)) options.push(option);
  return options;
}

/** The trait alternatives of the unsuffixed group that are not met in any case; null when one cannot be met. */
function coversOf(view: AnchorView, domains: Domains): readonly Cover[] | null {
  const { unsuffixed } = view.plan;
  if (unsuffixed === null) return [];
  const covers: Cover[] = [];
  for (const index of unsuffixed.traitAlternatives.keys()) {
    const satisfies = marked(view, (option) => view.meetsAlternative(option, index));
    const variables = unsuffixed.variables.filter((variable) => domains[variable]?.some((option) => satisfies[option]));
    if (variables.length === 0) return null;
    if (variables.some((variable) => domains[variable]?.every((option) => satisfies[option]))) continue;
    covers.push({ name: `trait ${index}`, variables, satisfies });
  }
  return covers;
}

function ownCover(view: AnchorView): Cover {
  const satisfies = marked(view, (option) => !view.shares(option));
  return { name: 'own', variables: [...view.plan.variables.keys()], satisfies };
}

function marked({ count }: AnchorView, condition: (option: number) => boolean): Uint8Array {
  const marks = new Uint8Array(count);
  for (let option = 0; option < count; option++) if (condition(option)) marks[option] = 1;
  return marks;
}

function roomOf(view: AnchorView): readonly number[] {
  const { resources } = view.plan;
  const room: number[] = [];
  for (let option = 0; option < view.count; option++) {
    for (let resource = 0; resource < resources.length; resource++) room.push(view.room(option, resource));
  }
  return room;
}

function ancestorsOf(view: AnchorView): readonly (readonly number[])[] {
  return Array.from({ length: view.count }, (_, option) => {
    const above: number[] = [];
    // Rows of a damaged database may name each other as parents.
    for (let at = option; at >= 0 && above.length <= view.count; at = view.above(at)) above.push(at);
    return above;
  });
}
