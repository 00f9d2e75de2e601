// One check per JSON Schema keyword, with its message (http-api §2.4). A check that does not concern the type of the
// value passes: `type` is what refuses it.

import { isDashedUuid, isLenientUuid } from '../../domain/ids.ts';
import type { JsonSchema, JsonType } from './json-schema.ts';
import { isJsonArray, isJsonObject, type JsonObject } from './json-value.ts';
import { pythonLiteral, pythonLiterals } from './python-literal.ts';
import { type Check, type Failure, firstFailure, type Place, type Step } from './walk.ts';

/** Unexpected names that a message considers: a bound on its cost, far above what it can show. */
const NAMES_MAX = 1000;

/** The checks of a schema, in the order in which it writes its keywords. Throws SyntaxError for a bad pattern. */
export function compileChecks(schema: JsonSchema): readonly Check[] {
  const checks: Check[] = [];
  for (const keyword of Object.keys(schema)) {
    const check = compileKeyword(keyword, schema);
    if (check !== undefined) checks.push(check);
  }
  return checks;
}

/** A value as the start of a walk of its own. */
export function startingPlace(value: unknown, checks: readonly Check[]): Place {
  return { value, checks, parent: null, schemaSteps: [], valueStep: null };
}

function compileKeyword(keyword: string, schema: JsonSchema): Check | undefined {
  switch (keyword) {
    case 'type':
      return schema.type && typeCheck(typeof schema.type === 'string' ? [schema.type] : schema.type);
    case 'enum':
      return schema.enum && enumCheck(schema.enum);
    case 'format':
      return schema.format && formatCheck(schema.format);
    case 'pattern':
      return schema.pattern === undefined ? undefined : patternCheck(schema.pattern);
    case 'minLength':
      return schema.minLength === undefined ? undefined : minLengthCheck(schema.minLength);
    case 'maxLength':
      return schema.maxLength === undefined ? undefined : maxLengthCheck(schema.maxLength);
    case 'minimum':
      return schema.minimum === undefined ? undefined : minimumCheck(schema.minimum);
    case 'maximum':
      return schema.maximum === undefined ? undefined : maximumCheck(schema.maximum);
    case 'minItems':
      return schema.minItems === undefined ? undefined : minItemsCheck(schema.minItems);
    case 'uniqueItems':
      return uniqueItemsCheck;
    case 'items':
      return schema.items && itemsCheck(schema.items);
    case 'minProperties':
      return schema.minProperties === undefined ? undefined : minPropertiesCheck(schema.minProperties);
    case 'properties':
      return schema.properties && propertiesCheck(schema.properties);
    case 'patternProperties':
      return schema.patternProperties && patternPropertiesCheck(schema.patternProperties);
    case 'required':
      return schema.required && requiredCheck(schema.required);
    case 'additionalProperties':
      return additionalPropertiesCheck(schema);
    case 'anyOf':
      return schema.anyOf && anyOfCheck(schema.anyOf);
    default:
      throw new Error(`unknown schema keyword ${keyword}`);
  }
}

function failure(place: Place, keyword: keyof JsonSchema, message: string): Failure {
  return { place, keyword, message };
}

/** `<literal of the value> <complaint>`: the form of most messages. */
function valueFailure(place: Place, keyword: keyof JsonSchema, complaint: string): Failure {
  return failure(place, keyword, `${pythonLiteral(place.value)} ${complaint}`);
}

// Any value

function typeCheck(types: readonly JsonType[]): Check {
  const complaint = `is not of type ${pythonLiterals(types)}`;
  return (place) =>
    types.some((type) => hasType(place.value, type)) ? undefined : valueFailure(place, 'type', complaint);
}

function hasType(value: unknown, type: JsonType): boolean {
  switch (type) {
    case 'object':
      return isJsonObject(value);
    case 'array':
      return isJsonArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return isInfinitelyLarge(value) || Number.isInteger(value);
    case 'number':
      return isInfinitelyLarge(value) || Number.isFinite(value);
    case 'string':
    case 'boolean':
      return typeof value === type;
  }
}

/** JSON has no infinity: it is a number too large to represent, and must get as far as `maximum` (http-api §1.6). */
function isInfinitelyLarge(value: unknown): boolean {
  return value === Number.POSITIVE_INFINITY;
}

function enumCheck(values: readonly unknown[]): Check {
  const complaint = `is not one of ${pythonLiteral(values)}`;
  return (place) => (values.includes(place.value) ? undefined : valueFailure(place, 'enum', complaint));
}

function anyOfCheck(schemas: readonly JsonSchema[]): Check {
  const branches = schemas.map((schema, index) => ({ checks: compileChecks(schema), steps: ['anyOf', index] }));
  return (place) => {
    const failures: Failure[] = [];
    for (const { checks, steps } of branches) {
      const failed = firstFailure(below(place, checks, steps, null, place.value));
      if (failed === undefined) return undefined;
      failures.push(failed);
    }
    const [ofItsType, ...more] = failures.filter((failed) => failed.keyword !== 'type');
    if (ofItsType !== undefined && more.length === 0) return ofItsType;
    return valueFailure(place, 'anyOf', 'is not valid under any of the given schemas');
  };
}

// Strings

function formatCheck(format: 'uuid' | 'dashed-uuid'): Check {
  const conforms = format === 'uuid' ? isLenientUuid : isDashedUuid;
  return (place) =>
    typeof place.value !== 'string' || conforms(place.value)
      ? undefined
      : valueFailure(place, 'format', "is not a 'uuid'");
}

function patternCheck(pattern: string): Check {
  const regex = new RegExp(pattern, 'u');
  const complaint = `does not match ${pythonLiteral(pattern)}`;
  return (place) =>
    typeof place.value !== 'string' || regex.test(place.value) ? undefined : valueFailure(place, 'pattern', complaint);
}

function minLengthCheck(min: number): Check {
  return (place) =>
    typeof place.value === 'string' && codePoints(place.value) < min
      ? valueFailure(place, 'minLength', 'is too short')
      : undefined;
}

function maxLengthCheck(max: number): Check {
  return (place) =>
    typeof place.value === 'string' && place.value.length > max && codePoints(place.value) > max
      ? valueFailure(place, 'maxLength', 'is too long')
      : undefined;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

// Numbers

function minimumCheck(min: number): Check {
  return (place) =>
    typeof place.value === 'number' && place.value < min
      ? valueFailure(place, 'minimum', `is less than the minimum of ${min}`)
      : undefined;
}

function maximumCheck(max: number): Check {
  return (place) =>
    typeof place.value === 'number' && place.value > max
      ? valueFailure(place, 'maximum', `is greater than the maximum of ${max}`)
      : undefined;
}

// Arrays

function minItemsCheck(min: number): Check {
  return (place) =>
    isJsonArray(place.value) && place.value.length < min ? valueFailure(place, 'minItems', 'is too short') : undefined;
}

const uniqueItemsCheck: Check = (place) =>
  isJsonArray(place.value) && new Set(place.value).size < place.value.length
    ? valueFailure(place, 'uniqueItems', 'has non-unique elements')
    : undefined;

function itemsCheck(schema: JsonSchema): Check {
  const checks = compileChecks(schema);
  const steps = ['items'];
  return (place, later) => {
    if (!isJsonArray(place.value)) return undefined;
    let index = 0;
    for (const item of place.value) {
      later.push(below(place, checks, steps, index, item));
      index += 1;
    }
    return undefined;
  };
}

// Objects

function minPropertiesCheck(min: number): Check {
  return (place) =>
    isJsonObject(place.value) && Object.keys(place.value).length < min
      ? valueFailure(place, 'minProperties', 'does not have enough properties')
      : undefined;
}

function propertiesCheck(properties: Readonly<Record<string, JsonSchema>>): Check {
  const compiled = Object.entries(properties).map(([name, schema]) => ({
    name,
    steps: ['properties', name],
    checks: compileChecks(schema),
  }));
  return (place, later) => {
    const object = place.value;
    if (!isJsonObject(object)) return undefined;
    for (const { name, steps, checks } of compiled) {
      if (Object.hasOwn(object, name)) later.push(below(place, checks, steps, name, object[name]));
    }
    return undefined;
  };
}

function patternPropertiesCheck(patterns: Readonly<Record<string, JsonSchema>>): Check {
  const compiled = Object.entries(patterns).map(([pattern, schema]) => ({
    regex: new RegExp(pattern, 'u'),
    steps: ['patternProperties', pattern],
    checks: compileChecks(schema),
  }));
  return (place, later) => {
    const object = place.value;
    if (!isJsonObject(object)) return undefined;
    for (const name of Object.keys(object)) {
      for (const { regex, steps, checks } of compiled) {
        if (regex.test(name)) later.push(below(place, checks, steps, name, object[name]));
      }
    }
    return undefined;
  };
}

function requiredCheck(names: readonly string[]): Check {
  return (place) => {
    const object = place.value;
    if (!isJsonObject(object)) return undefined;
    const missing = names.find((name) => !Object.hasOwn(object, name));
    if (missing === undefined) return undefined;
    return failure(place, 'required', `${pythonLiteral(missing)} is a required property`);
  };
}

function additionalPropertiesCheck(schema: JsonSchema): Check | undefined {
  const rule = schema.additionalProperties;
  if (rule === undefined || rule === true) return undefined;
  const known = new Set(Object.keys(schema.properties ?? {}));
  const patterns = Object.keys(schema.patternProperties ?? {}).sort();
  const regexes = patterns.map((pattern) => new RegExp(pattern, 'u'));
  const isExpected = (name: string) => known.has(name) || regexes.some((regex) => regex.test(name));
  return rule === false ? closedCheck(isExpected, patterns) : othersCheck(isExpected, rule);
}

/** The message differs with `patternProperties` beside it. */
function closedCheck(isExpected: (name: string) => boolean, patterns: readonly string[]): Check {
  return (place) => {
    if (!isJsonObject(place.value)) return undefined;
    const names = unexpectedNames(place.value, isExpected);
    if (names.length === 0) return undefined;
    const one = names.length === 1;
    const message =
      patterns.length === 0
        ? `Additional properties are not allowed (${pythonLiterals(names)} ${one ? 'was' : 'were'} unexpected)`
        : `${pythonLiterals(names)} ${one ? 'does' : 'do'} not match any of the regexes: ${pythonLiterals(patterns)}`;
    return failure(place, 'additionalProperties', message);
  };
}

function othersCheck(isExpected: (name: string) => boolean, schema: JsonSchema): Check {
  const checks = compileChecks(schema);
  const steps = ['additionalProperties'];
  return (place, later) => {
    const object = place.value;
    if (!isJsonObject(object)) return undefined;
    for (const name of Object.keys(object)) {
      if (!isExpected(name)) later.push(below(place, checks, steps, name, object[name]));
    }
    return undefined;
  };
}

function unexpectedNames(object: JsonObject, isExpected: (name: string) => boolean): readonly string[] {
  const names: string[] = [];
  for (const name of Object.keys(object)) {
    if (isExpected(name)) continue;
    names.push(name);
    if (names.length === NAMES_MAX) break;
  }
  return names.sort();
}

function below(
  parent: Place,
  checks: readonly Check[],
  schemaSteps: readonly Step[],
  valueStep: Step | null,
  value: unknown,
): Place {
  return { value, checks, parent, schemaSteps, valueStep };
}
