// API microversions 1.0 to 1.39. The major is always 1, so a microversion is carried as its minor number alone.

import type { Brand } from './ids.ts';

/** Minor number of an API microversion, 0 to 39. */
export type Microversion = Brand<number, 'Microversion'>;

export const MINOR_MIN = 0;
export const MINOR_MAX = 39;

export function isMicroversion(minor: number): minor is Microversion {
  return Number.isInteger(minor) && minor >= MINOR_MIN && minor <= MINOR_MAX;
}

/** The microversion 1.`minor`. Throws RangeError outside 0 to 39. */
export function microversion(minor: number): Microversion {
  if (!isMicroversion(minor)) throw new RangeError(`no microversion 1.${minor}`);
  return minor;
}

/** `1.39` for 39: the way it is written in headers. */
export function formatMicroversion(version: Microversion): string {
  return `1.${version}`;
}
