// Resource classes: what can be counted. Standard ones have ids by position, custom ones from 10000 (http-api §14.1).

import type { ResourceClassId } from './ids.ts';
import standardNames from './standard-resource-classes.json' with { type: 'json' };

/** The standard resource classes; the position is the id. The list only grows at its end. */
export const STANDARD_RESOURCE_CLASSES: readonly string[] = standardNames;

/** The smallest id of a custom resource class (operations §4.4). */
export const CUSTOM_RESOURCE_CLASS_ID_MIN = 10_000;

/** `CUSTOM_` and at least one more character, at most 255 in all. */
export const CUSTOM_NAME_PATTERN = '^CUSTOM_[A-Z0-9_]+$';
export const NAME_LENGTH_MAX = 255;

export interface ResourceClass {
  readonly id: ResourceClassId;
  readonly name: string;
  /** Last update, else creation; null on rows that other tools made without either. */
  readonly modifiedAt: Date | null;
}

/** For rename and delete, standard means an id below 10000 (operations §4.4). */
export function isStandardResourceClass(resourceClass: ResourceClass): boolean {
  return resourceClass.id < CUSTOM_RESOURCE_CLASS_ID_MIN;
}
