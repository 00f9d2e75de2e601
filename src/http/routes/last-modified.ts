// The values of `last-modified` (http-api §1.14): the newest change of what is listed, or now where nothing says when.

import { newestOf } from '../../domain/newest.ts';

/** The newest of the given times; now when there is none. */
export function newest(times: Iterable<Date | null>): Date {
  return knownOrNow(newestOf(times));
}

/** The given time, or now when it is unknown. */
export function knownOrNow(time: Date | null): Date {
  return time ?? new Date();
}
