// The grammar of `member_of` and `member_of<S>` (http-api §2.8): aggregates to be in, and not to be in. Aggregates are
// compared by exact text, so their UUIDs stay as written.

import {
  memberOfForbiddenTooNew,
  memberOfNotUuid,
  memberOfRepeated,
  memberOfUnprefixed,
} from '../domain/errors/query.ts';
import { isLenientUuid } from '../domain/ids.ts';
import type { Microversion } from '../domain/microversion.ts';
import type { AggregateRequirement } from './query.ts';

const REPEATED_SINCE = 24;
const FORBIDDEN_SINCE = 32;

/**
 * What all values of one `member_of` parameter want together; `suffix` is that of its group, for the texts of errors.
 * Throws 400: repetition before 1.24 first, then for the first bad value.
 */
export function parseMemberOf(values: readonly string[], suffix: string, version: Microversion): AggregateRequirement {
  if (values.length > 1 && version < REPEATED_SINCE) throw memberOfRepeated({ suffix });
  const terms = values.map((value) => parseTerm(value, suffix, version));
  return {
    anyOf: terms.filter((term) => !term.isForbidden).map((term) => term.uuids),
    forbidden: terms.filter((term) => term.isForbidden).flatMap((term) => term.uuids),
  };
}

interface Term {
  readonly isForbidden: boolean;
  readonly uuids: readonly string[];
}

/** `<uuid>`, `in:<uuid>,…`, `!<uuid>` or `!in:<uuid>,…` */
function parseTerm(value: string, suffix: string, version: Microversion): Term {
  const isForbidden = value.startsWith('!');
  const positive = isForbidden ? value.slice(1) : value;
  const isList = positive.startsWith('in:');
  if (!isList && value.includes(',')) throw memberOfUnprefixed({ value });
  const uuids = isList ? positive.slice('in:'.length).split(',') : [positive];
  for (const element of uuids) if (!isLenientUuid(element)) throw memberOfNotUuid({ element });
  if (isForbidden && version < FORBIDDEN_SINCE) throw memberOfForbiddenTooNew({ suffix });
  return { isForbidden, uuids };
}
