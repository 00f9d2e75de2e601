// Schemas of the four query strings that are validated (http-api §4.2, §7.1, §11.2, §13.1), one per range of
// microversions in which nothing changes. Values are strings; their grammars are checked later, by candidates/.

import type { Microversion } from '../../domain/microversion.ts';
import type { QueryPairs } from '../operation.ts';
import type { JsonSchema } from '../validation/json-schema.ts';
import { queryValidator } from '../validation/query-validator.ts';

const STRING: JsonSchema = { type: 'string' };
const DASHED_UUID: JsonSchema = { type: 'string', format: 'dashed-uuid' };
const ID: JsonSchema = { type: 'string', minLength: 1, maxLength: 255 };

/** A parameter and the first minor microversion that has it. */
interface Parameter {
  readonly name: string;
  readonly since: number;
  readonly schema: JsonSchema;
}

function propertiesAt(version: number, parameters: readonly Parameter[]): Record<string, JsonSchema> {
  const supported = parameters.filter(({ since }) => since <= version);
  return Object.fromEntries(supported.map(({ name, schema }) => [name, schema]));
}

/** Validates by microversion, and tells the schema that it does so by. */
interface VersionedQueryValidator {
  (pairs: QueryPairs, version: Microversion): void;
  readonly schemaAt: (version: Microversion) => JsonSchema;
}

/** One validator per microversion, made when it is first needed. */
function byVersion(schemaAt: (version: Microversion) => JsonSchema): VersionedQueryValidator {
  const validators = new Map<Microversion, (pairs: QueryPairs) => void>();
  function validate(pairs: QueryPairs, version: Microversion): void {
    let validator = validators.get(version);
    if (validator === undefined) {
      validator = queryValidator(schemaAt(version));
      validators.set(version, validator);
    }
    validator(pairs);
  }
  return Object.assign(validate, { schemaAt });
}

const PROVIDER_LIST: readonly Parameter[] = [
  { name: 'name', since: 0, schema: STRING },
  { name: 'uuid', since: 0, schema: DASHED_UUID },
  { name: 'member_of', since: 3, schema: STRING },
  { name: 'resources', since: 4, schema: STRING },
  { name: 'in_tree', since: 14, schema: DASHED_UUID },
  { name: 'required', since: 18, schema: STRING },
];

/** Parameters of `GET /resource_providers` (http-api §4.2). Throws 400 `Invalid query string parameters: …`. */
export const validateProviderListParameters = byVersion((version) => ({
  type: 'object',
  properties: propertiesAt(version, PROVIDER_LIST),
  additionalProperties: false,
}));

/** Parameters of `GET /traits` (http-api §7.1). Throws 400 `Invalid query string parameters: …`. */
export const validateTraitListParameters = queryValidator({
  type: 'object',
  properties: { name: STRING, associated: STRING },
  additionalProperties: false,
});

const USAGES: readonly Parameter[] = [
  { name: 'project_id', since: 9, schema: ID },
  { name: 'user_id', since: 9, schema: ID },
  { name: 'consumer_type', since: 38, schema: { ...ID, pattern: '^([A-Z0-9_]+|all|unknown)$' } },
];

/** Parameters of `GET /usages` (http-api §11.2). Throws 400 `Invalid query string parameters: …`. */
export const validateUsageParameters = byVersion((version) => ({
  type: 'object',
  properties: propertiesAt(version, USAGES),
  required: ['project_id'],
  additionalProperties: false,
}));

const CANDIDATES: readonly Parameter[] = [
  { name: 'resources', since: 10, schema: STRING },
  { name: 'limit', since: 16, schema: { type: 'string', pattern: '^[1-9][0-9]*$' } },
  { name: 'required', since: 17, schema: STRING },
  { name: 'member_of', since: 21, schema: STRING },
  { name: 'group_policy', since: 25, schema: { type: 'string', enum: ['none', 'isolate'] } },
  { name: 'root_required', since: 35, schema: STRING },
  { name: 'same_subtree', since: 36, schema: STRING },
];

/** Keywords that take a suffix from 1.25: their patterns replace their plain names in the schema. */
const SUFFIXED: readonly Parameter[] = [
  { name: 'in_tree', since: 31, schema: STRING },
  { name: 'member_of', since: 21, schema: STRING },
  { name: 'required', since: 17, schema: STRING },
  { name: 'resources', since: 10, schema: STRING },
];

/** Parameters of `GET /allocation_candidates` (http-api §13.2). Throws 400 `Invalid query string parameters: …`. */
export const validateCandidateParameters = byVersion((version) =>
  version < 25 ? ungroupedCandidates(version) : groupedCandidates(version),
);

function ungroupedCandidates(version: Microversion): JsonSchema {
  return {
    type: 'object',
    properties: propertiesAt(version, CANDIDATES),
    required: ['resources'],
    additionalProperties: false,
  };
}

function groupedCandidates(version: Microversion): JsonSchema {
  const suffixed = SUFFIXED.filter(({ since }) => since <= version);
  const names = new Set(suffixed.map(({ name }) => name));
  const suffix = version < 33 ? '([1-9][0-9]*)?' : '([a-zA-Z0-9_-]{1,64})?';
  return {
    type: 'object',
    properties: propertiesAt(
      version,
      CANDIDATES.filter(({ name }) => !names.has(name)),
    ),
    additionalProperties: false,
    patternProperties: Object.fromEntries(suffixed.map(({ name, schema }) => [`^${name}${suffix}$`, schema])),
  };
}
