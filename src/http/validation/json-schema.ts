// The part of JSON Schema that request schemas are written in, as data. The order in which a schema writes its
// keywords is the order in which they are checked, so it decides which of several failures at one place is reported.

export type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

/**
 * One schema. Write keywords in the order of http-api §2.4: `type`, `minProperties`/`minItems`, `properties`,
 * `required`, `additionalProperties`, `patternProperties`; in strings `type`, `pattern` or `minLength`, `maxLength`.
 * Schemas of dict-format allocations put `additionalProperties` before `required`.
 */
export interface JsonSchema {
  /**
   * `integer` takes any number without a fraction (`5.0`). A positive number too large to represent is an `integer` and
   * a `number`; a negative one is neither.
   */
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly (string | number | boolean | null)[];
  /** Of strings: `uuid` is a lenient UUID, `dashed-uuid` a dashed one (http-api §2.1); both fail as `'uuid'`. */
  readonly format?: 'uuid' | 'dashed-uuid';
  /** Unanchored regular expression over code points. */
  readonly pattern?: string;
  /** Lengths count code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  /** Compares items that are scalars; objects and arrays never equal one another. */
  readonly uniqueItems?: true;
  readonly items?: JsonSchema;
  readonly minProperties?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** Applies to every member whose name matches; keys are unanchored regular expressions over code points. */
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** Of members that neither `properties` nor `patternProperties` name: false refuses them, a schema checks them. */
  readonly additionalProperties?: boolean | JsonSchema;
  /**
   * At least one must hold. When the value has the type of exactly one of them, that one's failure is reported, as
   * with `[{type: 'string', format: 'uuid'}, {type: 'null'}]`.
   */
  readonly anyOf?: readonly JsonSchema[];
}
