// JSON Schema as the OpenAPI document writes it. Request schemas come from the validators themselves and are only
// translated: our two UUID formats become patterns, because outside `format: uuid` means something stricter.

import type { JsonSchema, JsonType } from '../validation/json-schema.ts';

/** The part of JSON Schema 2020-12 that the document uses. */
export interface DocumentSchema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly const?: string | number | boolean | null;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly prefixItems?: readonly DocumentSchema[];
  readonly items?: DocumentSchema | false;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, DocumentSchema>>;
  readonly patternProperties?: Readonly<Record<string, DocumentSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | DocumentSchema;
  readonly anyOf?: readonly DocumentSchema[];
}

/**
 * What a lenient UUID may look like (http-api §2.1): 32 hex digits in any case, with dashes, `urn:` and `uuid:`
 * anywhere and braces around them.
 */
export const LENIENT_UUID_PATTERN =
  '^(?:urn:|uuid:|[{}])*(?:(?:urn:|uuid:|-)*[0-9a-fA-F]){32}(?:urn:|uuid:|-)*(?:urn:|uuid:|[{}])*$';
const DASHED_UUID_PATTERN = '^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$';

const FORMATS: { readonly [format in NonNullable<JsonSchema['format']>]: DocumentSchema } = {
  uuid: { description: 'A UUID; dashes are optional, braces and `urn:uuid:` allowed.', pattern: LENIENT_UUID_PATTERN },
  'dashed-uuid': { description: 'A UUID with its dashes.', pattern: DASHED_UUID_PATTERN },
};

/** A schema of a validator as the document writes it. */
export function documentSchema(schema: JsonSchema): DocumentSchema {
  const { format, items, properties, patternProperties, additionalProperties, anyOf, ...plain } = schema;
  return {
    ...plain,
    ...(format === undefined ? {} : FORMATS[format]),
    ...(items === undefined ? {} : { items: documentSchema(items) }),
    ...(properties === undefined ? {} : { properties: members(properties) }),
    ...(patternProperties === undefined ? {} : { patternProperties: members(patternProperties) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: others(additionalProperties) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(documentSchema) }),
  };
}

function members(schemas: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, DocumentSchema>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, documentSchema(schema)]));
}

function others(rule: boolean | JsonSchema): boolean | DocumentSchema {
  return typeof rule === 'boolean' ? rule : documentSchema(rule);
}
