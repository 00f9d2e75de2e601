// The grammar of `resources`: `<class>:<amount>[,<class>:<amount>…]` (http-api §2.6). Class names stay as written;
// whether they exist is for the search to find out.

import {
  resourceAmountNotInteger,
  resourceAmountTooSmall,
  resourcesEmpty,
  resourcesItemMalformed,
} from '../domain/errors/query.ts';
import { INTEGER_MAX } from '../domain/inventory.ts';
import type { RequestedResource } from './query.ts';

const INTEGER = /^[+-]?[0-9]+$/;

/**
 * The resources a value asks for, each class once: of a repeated class the last amount, at its first place. Amounts
 * beyond what an inventory can hold are Infinity. Throws 400 for the first bad item.
 */
export function parseResources(value: string): readonly RequestedResource[] {
  if (value.trim() === '') throw resourcesEmpty({});
  const amounts = new Map<string, number>();
  for (const item of value.split(',')) {
    const [resourceClass, amount, ...more] = item.split(':');
    if (resourceClass === undefined || amount === undefined || more.length > 0) throw resourcesItemMalformed({ item });
    amounts.set(resourceClass, parseAmount(resourceClass, amount));
  }
  return Array.from(amounts, ([resourceClass, amount]) => ({ resourceClass, amount }));
}

/** Blanks around the number and a leading `+` are tolerated. */
function parseAmount(resourceClass: string, text: string): number {
  const digits = text.trim();
  if (!INTEGER.test(digits)) throw resourceAmountNotInteger({ resourceClass, amount: text });
  const amount = Number(digits);
  if (amount < 1) {
    throw resourceAmountTooSmall({ resourceClass, amount: Number.isSafeInteger(amount) ? String(amount) : digits });
  }
  return amount > INTEGER_MAX ? Number.POSITIVE_INFINITY : amount;
}
