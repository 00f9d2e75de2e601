// Request groups out of a candidate query: the parameters of one suffix make one group (http-api §13.1, §13.3 step 3).

import { inTreeNotUuid } from '../domain/errors/query.ts';
import { isLenientUuid } from '../domain/ids.ts';
import type { Microversion } from '../domain/microversion.ts';
import { parseMemberOf } from './parse-member-of.ts';
import { parseRequired } from './parse-required.ts';
import { parseResources } from './parse-resources.ts';
import type { RequestGroup } from './query.ts';

const SUFFIXES_SINCE = 25;
const NAMED_SUFFIXES_SINCE = 33;

const WITHOUT_SUFFIX = /^(resources|required|member_of|in_tree)()$/;
const WITH_NUMBER = /^(resources|required|member_of|in_tree)([1-9][0-9]*|)$/;
const WITH_NAME = /^(resources|required|member_of|in_tree)([a-zA-Z0-9_-]{0,64})$/;

type Keyword = 'resources' | 'required' | 'member_of' | 'in_tree';

/** All values of one parameter that belongs to a group. */
export interface GroupParameter {
  /** As in the query string, keyword and suffix. */
  readonly name: string;
  readonly keyword: Keyword;
  readonly suffix: string;
  /** At least one, in the order sent. */
  readonly values: readonly string[];
}

/** The parameters that belong to groups, in order of first appearance. */
export function groupParameters(
  values: ReadonlyMap<string, readonly string[]>,
  version: Microversion,
): readonly GroupParameter[] {
  const parameters: GroupParameter[] = [];
  for (const [name, ofName] of values) {
    const [, keyword, suffix] = nameFormAt(version).exec(name) ?? [];
    if (suffix === undefined || !isKeyword(keyword)) continue;
    parameters.push({ name, keyword, suffix, values: ofName });
  }
  return parameters;
}

function nameFormAt(version: Microversion): RegExp {
  if (version < SUFFIXES_SINCE) return WITHOUT_SUFFIX;
  return version < NAMED_SUFFIXES_SINCE ? WITH_NUMBER : WITH_NAME;
}

function isKeyword(text: string | undefined): text is Keyword {
  return text === 'resources' || text === 'required' || text === 'member_of' || text === 'in_tree';
}

/** The groups by suffix, in order of first appearance. Throws 400 for the first parameter with a bad value. */
export function parseGroups(
  parameters: readonly GroupParameter[],
  version: Microversion,
): ReadonlyMap<string, RequestGroup> {
  const groups = new Map<string, RequestGroup>();
  for (const parameter of parameters) {
    const group = groups.get(parameter.suffix) ?? emptyGroup(parameter.suffix);
    groups.set(parameter.suffix, { ...group, ...parsePart(parameter, version) });
  }
  return groups;
}

function emptyGroup(suffix: string): RequestGroup {
  return {
    suffix,
    resources: [],
    traits: { anyOf: [], forbidden: [] },
    aggregates: { anyOf: [], forbidden: [] },
    inTree: null,
  };
}

function parsePart({ keyword, suffix, values }: GroupParameter, version: Microversion): Partial<RequestGroup> {
  const last = values.at(-1) ?? '';
  switch (keyword) {
    case 'resources':
      return { resources: parseResources(last) };
    case 'required':
      return { traits: parseRequired(values, version) };
    case 'member_of':
      return { aggregates: parseMemberOf(values, suffix, version) };
    case 'in_tree':
      return { inTree: parseInTree(last) };
  }
}

/** Trimmed, then a lenient UUID; compared by exact text later. */
function parseInTree(value: string): string {
  const uuid = value.trim();
  if (!isLenientUuid(uuid)) throw inTreeNotUuid({ value });
  return uuid;
}
