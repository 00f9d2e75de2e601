// Traits: qualities of a provider. A trait is custom exactly when its name begins with CUSTOM_ (operations §4.4).

import type { TraitId } from './ids.ts';
import standardNames from './standard-traits.json' with { type: 'json' };

/** The names of all standard traits, sorted. */
export const STANDARD_TRAITS: readonly string[] = standardNames;

/** Marks a provider that shares its inventory with the trees it has an aggregate in common with. */
export const SHARING_TRAIT = 'MISC_SHARES_VIA_AGGREGATE';

export interface Trait {
  readonly id: TraitId;
  readonly name: string;
  /** Last update, else creation; null on rows that other tools made without either. */
  readonly modifiedAt: Date | null;
}

export function isCustomTrait(name: string): boolean {
  return name.startsWith('CUSTOM_');
}
