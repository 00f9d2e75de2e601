// The filters of `GET /resource_providers` out of its query string (http-api §4.2 steps 2–4). The names of parameters
// and the format of `uuid` and `in_tree` are the schema's to check, before.

import type { Microversion } from '../domain/microversion.ts';
import { parseMemberOf } from './parse-member-of.ts';
import { type Pairs, valuesByName } from './parse-pairs.ts';
import { parseRequired } from './parse-required.ts';
import { parseResources } from './parse-resources.ts';
import type { ProviderFilters } from './query.ts';

/**
 * The filters of a provider listing; names in them are not looked up. Throws 400 for the first failing grammar:
 * `member_of`, then `required`, then `resources`.
 */
export function parseProviderFilters(pairs: Pairs, version: Microversion): ProviderFilters {
  const values = valuesByName(pairs);
  const last = (name: string) => values.get(name)?.at(-1) ?? null;

  const aggregates = parseMemberOf(values.get('member_of') ?? [], '', version);
  const traits = parseRequired(values.get('required') ?? [], version);
  const resources = last('resources');
  return {
    // An empty name is no filter.
    name: last('name') || null,
    uuid: last('uuid'),
    inTree: last('in_tree'),
    aggregates,
    traits,
    resources: resources === null ? [] : parseResources(resources),
  };
}
