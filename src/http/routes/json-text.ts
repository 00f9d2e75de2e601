// JSON text written by hand, where answers are large or their keys are chosen by clients: an object of JavaScript would
// put keys such as `10` first and treat `__proto__` as something else than a member.

import type { ModelReader, ProviderNumber } from '../../model/reader.ts';

/** One member of an object: a key as plain text, a value that is JSON text already. */
export type MemberText = readonly [key: string, valueText: string];

/** `{"key":value,…}` with the members in the order given. */
export function objectText(members: Iterable<MemberText>): string {
  let text = '';
  for (const [key, valueText] of members) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${valueText}`;
  return `{${text}}`;
}

/** A provider's UUID as it stands between the quotes of a JSON text. */
export function uuidInText(model: ModelReader, provider: ProviderNumber): string {
  const uuid = model.uuid(provider);
  return model.hasPlainUuids ? uuid : JSON.stringify(uuid).slice(1, -1);
}

/**
 * An integer, possibly far beyond 2^53 (a capacity may be the product of two 32-bit numbers and a ratio of 1e38), written
 * with all its digits: a reader that expects an integer must not meet an exponent. Not finite: `null`, as in all JSON.
 */
export function integerText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  return Math.abs(value) < 1e21 ? `${Math.trunc(value)}` : `${BigInt(value)}`;
}

/** A number that readers take for a real one: `1` is written `1.0`, as the field's clients show it to people. */
export function realText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : `${value}`;
}
