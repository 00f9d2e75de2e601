// Errors of the candidate search and of the provider list: names that nobody knows, and too much work.

import { declareError } from './declare.ts';
import { excerpt } from './excerpt.ts';

export const searchClassUnknown = declareError(
  'search.resource_class_unknown',
  400,
  ({ resourceClass }: { resourceClass: string }) =>
    `Invalid resource class in resources parameter: No such resource class ${excerpt(resourceClass)}.`,
  { since: 4 },
);
export const searchTraitUnknown = declareError(
  'search.trait_unknown',
  400,
  ({ name }: { name: string }) => `No such trait(s): ${excerpt(name)}.`,
  { since: 17 },
);
/** The provider list says which parameter named the trait (http-api §4.2). */
export const filterTraitUnknown = declareError(
  'search.filter_trait_unknown',
  400,
  ({ name }: { name: string }) => `Invalid trait(s) in "required" parameter: No such trait(s): ${excerpt(name)}.`,
  { since: 18 },
);
/** A search gave up: its answer, or finding out that there is none, takes more steps than the operator allows. */
export const searchTooMuchWork = declareError(
  'search.too_much_work',
  503,
  ({ stepsMax }: { stepsMax: number }) =>
    `The search was stopped after ${stepsMax} steps (setting [berth] search_steps_max). Nothing is wrong with the request, ` +
    'but it has too many combinations: give a limit, fewer request groups or narrower conditions.',
  { since: 10, limit: 'search_steps_max' },
);
export const searchGroupsTooMany = declareError(
  'search.request_groups_too_many',
  400,
  ({ groupsMax }: { groupsMax: number }) =>
    `The request has more than ${groupsMax} request groups (setting [berth] request_groups_max).`,
  { since: 10, limit: 'request_groups_max' },
);
/** An answer is never cut short without a word; the operator's own cap does that where it is wanted (§5.3). */
export const searchCandidatesTooMany = declareError(
  'search.candidates_too_many',
  400,
  ({ candidatesMax }: { candidatesMax: number }) =>
    `There are more than ${candidatesMax} allocation requests (setting [berth] candidates_max). ` +
    'Give a limit, fewer request groups or narrower conditions.',
  { since: 10, limit: 'candidates_max' },
);
