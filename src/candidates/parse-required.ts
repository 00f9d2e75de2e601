// The grammar of `required`, `required<S>` and `root_required` (http-api §2.7): traits to have, to have one of, and
// not to have. Names stay as written; whether they exist is for the search to find out.

import {
  type RequiredForm,
  requiredAnyOfForbidden,
  requiredAnyOfTooNew,
  requiredForbiddenTooNew,
  requiredTraitEmpty,
} from '../domain/errors/query.ts';
import type { Microversion } from '../domain/microversion.ts';
import type { TraitRequirement } from './query.ts';

const FORBIDDEN_SINCE = 22;
const ANY_OF_SINCE = 39;
const ANY_OF = 'in:';

/**
 * What all values of one `required` parameter want together. Below 1.39 only the last value counts and the others are
 * not looked at. Throws 400 for the first bad value.
 */
export function parseRequired(values: readonly string[], version: Microversion): TraitRequirement {
  const counted = version < ANY_OF_SINCE ? values.slice(-1) : values;
  const terms = counted.map((value) =>
    value.startsWith(ANY_OF) ? parseAnyOf(value, version) : parseEach(value, version >= FORBIDDEN_SINCE),
  );
  return { anyOf: terms.flatMap((term) => term.anyOf), forbidden: terms.flatMap((term) => term.forbidden) };
}

/** What `root_required` wants: `!` is allowed, `in:` is not at any microversion. Throws 400. */
export function parseRootRequired(value: string): {
  readonly required: readonly string[];
  readonly forbidden: readonly string[];
} {
  if (value.startsWith(ANY_OF)) throw requiredAnyOfTooNew({ value });
  const { anyOf, forbidden } = parseEach(value, true);
  return { required: anyOf.flat(), forbidden };
}

/** `in:T1,T2` */
function parseAnyOf(value: string, version: Microversion): TraitRequirement {
  if (version < ANY_OF_SINCE) throw requiredAnyOfTooNew({ value });
  const names = value
    .slice(ANY_OF.length)
    .split(',')
    .map((name) => name.trim());
  if (names.includes('')) throw requiredTraitEmpty({ form: 'any-of', value });
  if (names.some((name) => name.startsWith('!'))) throw requiredAnyOfForbidden({ value });
  return { anyOf: [names], forbidden: [] };
}

/** `T1,!T2` */
function parseEach(value: string, mayForbid: boolean): TraitRequirement {
  const form: RequiredForm = mayForbid ? 'required-or-forbidden' : 'required';
  const anyOf: string[][] = [];
  const forbidden: string[] = [];
  for (const element of value.split(',')) {
    const trimmed = element.trim();
    // Any number of leading `!` is one (http-api §2.7).
    const name = trimmed.replace(/^!+/, '').trim();
    if (name === '') throw requiredTraitEmpty({ form, value });
    if (!trimmed.startsWith('!')) anyOf.push([name]);
    else if (mayForbid) forbidden.push(name);
    else throw requiredForbiddenTooNew({ value });
  }
  return { anyOf, forbidden };
}
