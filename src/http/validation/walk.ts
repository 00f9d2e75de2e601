// Walks a value together with its schema, breadth first, up to the first failure: the shallowest one there is, which
// is the one to report (http-api §2.4). Time and memory are linear in the size of the value.

/** A step from a schema to a subschema, or from a value into it. */
export type Step = string | number;

/** A value to check, with what to check and how the walk came here. */
export interface Place {
  readonly value: unknown;
  readonly checks: readonly Check[];
  readonly parent: Place | null;
  /** From the parent's schema to the schema of `checks`, such as `properties`, `total`. */
  readonly schemaSteps: readonly Step[];
  /** From the parent's value to this one; null where a subschema sees the same value. */
  readonly valueStep: Step | null;
}

export interface Failure {
  readonly keyword: string;
  readonly message: string;
  readonly place: Place;
}

/** One keyword of a schema. It returns its failure, or leaves the members and items to check in `later`. */
export type Check = (place: Place, later: Place[]) => Failure | undefined;

/** The shallowest failure below the place; among equals the first in the schema's own order. */
export function firstFailure(start: Place): Failure | undefined {
  const places = [start];
  // Grows while it is walked: members wait behind everything that is less deep.
  for (const place of places) {
    for (const check of place.checks) {
      const failure = check(place, places);
      if (failure !== undefined) return failure;
    }
  }
  return undefined;
}

/** All steps from the top schema to that of the place. */
export function schemaStepsTo(place: Place): readonly Step[] {
  return place.parent === null ? [] : [...schemaStepsTo(place.parent), ...place.schemaSteps];
}

/** All steps from the whole value to that of the place. */
export function valueStepsTo(place: Place): readonly Step[] {
  if (place.parent === null) return [];
  const above = valueStepsTo(place.parent);
  return place.valueStep === null ? above : [...above, place.valueStep];
}
