// The effects of all options, and which options of the catalogue are in none.

import { OPTIONS } from '../../src/config/options.ts';
import { berthEffects } from './berth-effects.ts';
import { databaseEffects } from './database-effects.ts';
import type { SkippableEffect } from './effect.ts';
import { keystoneEffects } from './keystone-effects.ts';
import { loggingEffects } from './logging-effects.ts';
import { policyEffects } from './policy-effects.ts';
import { serviceEffects } from './service-effects.ts';

export const EFFECTS: readonly SkippableEffect[] = [
  ...loggingEffects,
  ...serviceEffects,
  ...databaseEffects,
  ...keystoneEffects,
  ...policyEffects,
  ...berthEffects,
];

/** `[group] name` */
export function titleOf({ group, name }: { readonly group: string; readonly name: string }): string {
  return `[${group}] ${name}`;
}

/** The effect that an option is part of; undefined: there is no proof of any. */
export function effectOf(title: string): SkippableEffect | undefined {
  return EFFECTS.find(({ options }) => options.includes(title));
}

/** Options that are said to have an effect and have no proof of it. */
export function unproved(): readonly string[] {
  return OPTIONS.filter(({ status }) => status === 'effective')
    .map(titleOf)
    .filter((title) => effectOf(title) === undefined);
}
