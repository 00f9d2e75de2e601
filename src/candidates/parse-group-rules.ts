// Rules that the groups of a candidate query must keep together (http-api §13.3 steps 4–6, §13.4).

import {
  groupPolicyMissing,
  groupWithoutResources,
  noGroups,
  noResources,
  orphanedMemberOf,
  orphanedTraits,
  requiredConflict,
  resourcelessGroupLoose,
  sameSubtreeSuffixUnknown,
} from '../domain/errors/query.ts';
import type { GroupParameter } from './parse-groups.ts';
import type { CandidateQuery, RequestGroup, TraitRequirement } from './query.ts';

type Groups = ReadonlyMap<string, RequestGroup>;

/** Before 1.36: there is a group, and every group has resources. Throws 400. */
export function requireResourcesInEachGroup(groups: Groups, parameters: readonly GroupParameter[]): void {
  const resourceless = (parameter: GroupParameter) => groups.get(parameter.suffix)?.resources.length === 0;
  const orphans = parameters.filter(resourceless);

  // A group with forbidden traits only is not an orphan of this kind (http-api §13.4).
  const traits = orphans.filter(
    ({ keyword, suffix }) => keyword === 'required' && (groups.get(suffix)?.traits.anyOf.length ?? 0) > 0,
  );
  if (traits.length > 0) throw orphanedTraits({ keys: traits.map(({ name }) => name) });

  const memberOf = orphans.filter(({ keyword }) => keyword === 'member_of');
  if (memberOf.length > 0) throw orphanedMemberOf({ keys: memberOf.map(({ name }) => name) });

  if (orphans.length > 0) throw groupWithoutResources({});
  if (groups.size === 0) throw noGroups({});
}

/**
 * From 1.36: some group has resources, groups without any are named in a `same_subtree`, and what those name are
 * groups. Throws 400.
 */
export function requireResourcesOrSubtree(groups: Groups, sameSubtree: CandidateQuery['sameSubtree']): void {
  const all = [...groups.values()];
  const resourceless = all.filter((group) => group.resources.length === 0).map((group) => group.suffix);
  if (resourceless.length === all.length) throw noResources({});

  const inSubtree = new Set(sameSubtree.flat());
  const loose = resourceless.filter((suffix) => !inSubtree.has(suffix));
  if (loose.length > 0) throw resourcelessGroupLoose({ suffixes: loose });

  const missing = [...inSubtree].filter((suffix) => !groups.has(suffix));
  if (missing.length > 0) throw sameSubtreeSuffixUnknown({ missing, existing: [...groups.keys()] });
}

/** No group forbids a whole alternative that it requires. Throws 400 naming all groups that do. */
export function refuseTraitConflicts(groups: Groups): void {
  const conflicts = Array.from(groups, ([suffix, group]) => ({
    key: `required${suffix}`,
    traits: conflictingTraits(group.traits),
  })).filter(({ traits }) => traits.length > 0);
  if (conflicts.length > 0) throw requiredConflict({ conflicts });
}

/** All traits of alternatives that are forbidden as a whole, sorted, each once. */
export function conflictingTraits({ anyOf, forbidden }: TraitRequirement): readonly string[] {
  const unwanted = new Set(forbidden);
  const impossible = anyOf.filter((alternative) => alternative.every((trait) => unwanted.has(trait)));
  return [...new Set(impossible.flat())].sort();
}

/** More than one suffixed group needs a `group_policy`; the unsuffixed group does not count. Throws 400. */
export function requireGroupPolicy(groups: Groups, groupPolicy: CandidateQuery['groupPolicy']): void {
  const suffixed = groups.size - (groups.has('') ? 1 : 0);
  if (suffixed > 1 && groupPolicy === null) throw groupPolicyMissing({});
}
