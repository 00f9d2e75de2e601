// A candidate search out of its query string: http-api §13.3 steps 2–6, in that order, because the first failing step
// answers. Step 1, the schema, has seen to the names of parameters before; names in values are looked up by the search.

import {
  groupPolicyUnknown,
  limitMalformed,
  rootRequiredConflict,
  rootRequiredRepeated,
  sameSubtreeElementEmpty,
} from '../domain/errors/query.ts';
import type { Microversion } from '../domain/microversion.ts';
import {
  conflictingTraits,
  refuseTraitConflicts,
  requireGroupPolicy,
  requireResourcesInEachGroup,
  requireResourcesOrSubtree,
} from './parse-group-rules.ts';
import { groupParameters, parseGroups } from './parse-groups.ts';
import { type Pairs, valuesByName } from './parse-pairs.ts';
import { parseRootRequired } from './parse-required.ts';
import type { CandidateQuery } from './query.ts';

const RESOURCELESS_GROUPS_SINCE = 36;

/**
 * The question that a query string asks of `GET /allocation_candidates`. Throws the 400 of the first failing step.
 * Parameters that are none of the search's are ignored.
 */
export function parseCandidateQuery(pairs: Pairs, version: Microversion): CandidateQuery {
  const values = valuesByName(pairs);
  const limit = parseLimit(values.get('limit'));
  const groupPolicy = parseGroupPolicy(values.get('group_policy'));
  const rootRequired = parseOneRootRequired(values.get('root_required'));
  const sameSubtree = (values.get('same_subtree') ?? []).map(parseSameSubtree);

  const parameters = groupParameters(values, version);
  const groups = parseGroups(parameters, version);
  if (version < RESOURCELESS_GROUPS_SINCE) requireResourcesInEachGroup(groups, parameters);
  else requireResourcesOrSubtree(groups, sameSubtree);
  refuseTraitConflicts(groups);
  requireGroupPolicy(groups, groupPolicy);

  return { version, groups: [...groups.values()], groupPolicy, rootRequired, sameSubtree, limit };
}

/** The first of several values counts; the schema has only seen the last. */
function parseLimit(values: readonly string[] | undefined): number | null {
  const value = values?.[0];
  if (value === undefined) return null;
  if (!/^[1-9][0-9]*$/.test(value)) throw limitMalformed({ value });
  return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
}

/** The first of several values counts; the schema has only seen the last. */
function parseGroupPolicy(values: readonly string[] | undefined): CandidateQuery['groupPolicy'] {
  const value = values?.[0];
  if (value === undefined) return null;
  if (value !== 'none' && value !== 'isolate') throw groupPolicyUnknown({ value });
  return value;
}

function parseOneRootRequired(values: readonly string[] | undefined): CandidateQuery['rootRequired'] {
  const [value, ...more] = values ?? [];
  if (value === undefined) return null;
  if (more.length > 0) throw rootRequiredRepeated({});
  const { required, forbidden } = parseRootRequired(value);
  const traits = conflictingTraits({ anyOf: required.map((trait) => [trait]), forbidden });
  if (traits.length > 0) throw rootRequiredConflict({ traits });
  return { required, forbidden };
}

/** Suffixes, each once, in the order written. */
function parseSameSubtree(value: string): readonly string[] {
  const suffixes = new Set(value.split(',').map((suffix) => suffix.trim()));
  if (suffixes.has('')) throw sameSubtreeElementEmpty({});
  return [...suffixes];
}
