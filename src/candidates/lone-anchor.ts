// Anchors with one provider within reach, as in a cloud of plain hosts: everything must come from it, so that there is
// one candidate or none, and no search.

import { canGive } from './anchors.ts';
import { type Demand, type SearchPlan, withoutInventory } from './search-plan.ts';
import { both, passes, type SetFilter } from './set-filter.ts';

/** What the one provider must be and give. */
export interface LoneRules {
  /** Null: nobody can serve two variables that must be isolated. */
  readonly filter: SetFilter | null;
  readonly demands: readonly Demand[];
  /** Demands of several variables for one class, summed. */
  readonly totals: readonly Demand[];
}

export function loneRules({ variables, contests, unsuffixed }: SearchPlan): LoneRules {
  const demands = variables.flatMap((variable) => variable.demands);
  if (variables.filter(({ isolated }) => isolated).length > 1) return { filter: null, demands, totals: [] };
  const own = variables.map(({ filter }) => filter);
  if (unsuffixed !== null) {
    const { memberOf, traitAlternatives, forbiddenAggregates } = unsuffixed;
    own.push(memberOf, { anyOf: traitAlternatives, noneOf: forbiddenAggregates });
  }
  const totals = contests.filter((contest) => contest !== undefined);
  return { filter: withoutRepetition(withoutInventory(both(...own), demands)), demands, totals };
}

/** Whether nobody but the anchor is within reach of it; one that shares may be within reach of others. */
export function isLone({ model }: SearchPlan, anchor: number): boolean {
  if (!model.isAlone(anchor) || model.sharing.has(anchor)) return false;
  for (const { sharing } of model.aggregatesOf(anchor)) if (sharing !== null) return false;
  return true;
}

export function servesAlone({ filter, demands, totals }: LoneRules, provider: number): boolean {
  if (filter === null || !canGive(provider, demands) || !passes(filter, provider)) return false;
  for (const { column, amount } of totals) if (column.room(provider) < amount) return false;
  return true;
}

/** Three classes of one group ask for the same traits: once is enough. */
function withoutRepetition({ anyOf, noneOf }: SetFilter): SetFilter {
  const single = new Set(anyOf.filter(({ length }) => length === 1).map(([set]) => set));
  return {
    anyOf: [
      ...[...single].flatMap((set) => (set === undefined ? [] : [[set]])),
      ...anyOf.filter(({ length }) => length !== 1),
    ],
    noneOf: [...new Set(noneOf)],
  };
}
