// The filters of `GET /traits` out of its query string (http-api §7.1). The names of parameters are the schema's to
// check, before.

import { traitAssociatedMalformed, traitNameFilterMalformed } from '../domain/errors/query.ts';
import { type Pairs, valuesByName } from './parse-pairs.ts';

/** Which traits to list; all filters given must hold, null filters nothing. */
export interface TraitFilter {
  /** One of these names; those that do not exist are just absent. */
  readonly names: readonly string[] | null;
  /** Compared literally and case-sensitively. */
  readonly prefix: string | null;
  /** True: on at least one provider. False: on none. */
  readonly associated: boolean | null;
}

/** The filters of a trait list. Throws 400 for a bad `name`, then for a bad `associated`. */
export function parseTraitFilter(pairs: Pairs): TraitFilter {
  const values = valuesByName(pairs);
  const name = values.get('name')?.at(-1);
  const associated = values.get('associated')?.at(-1);
  return {
    ...(name === undefined ? { names: null, prefix: null } : parseName(name)),
    associated: associated === undefined ? null : parseAssociated(associated),
  };
}

/** `in:<name>,…` or `startswith:<prefix>`. Any other operator is ignored (a quirk to copy, http-api §7.1). */
function parseName(value: string): Pick<TraitFilter, 'names' | 'prefix'> {
  const colon = value.indexOf(':');
  if (colon === -1) throw traitNameFilterMalformed({ value });
  const operand = value.slice(colon + 1);
  switch (value.slice(0, colon)) {
    case 'in':
      return { names: operand.split(','), prefix: null };
    case 'startswith':
      return { names: null, prefix: operand };
    default:
      return { names: null, prefix: null };
  }
}

function parseAssociated(value: string): boolean {
  switch (value.toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw traitAssociatedMalformed({ value });
  }
}
