// The parameters of an operation in the document: of its path, of its query, and the header that names the
// microversion.

import { formatMicroversion, type Microversion } from '../../domain/microversion.ts';
import type { Operation } from '../operation.ts';
import type { JsonSchema } from '../validation/json-schema.ts';
import { type DocumentSchema, documentSchema } from './schema.ts';

export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description?: string;
  readonly required?: boolean;
  readonly style?: 'form';
  readonly explode?: boolean;
  readonly schema: DocumentSchema;
}

const ANY_SEGMENT: DocumentSchema = { type: 'string', pattern: '^[^/]+$' };
/** `^resources([1-9][0-9]*)?$` */
const SUFFIXED_NAME = /^\^([a-z_]+)\(.*\)\?\$$/;
/** Stands for all parameters that have a suffix: the members of an exploded object are parameters by themselves. */
const SUFFIXED = 'suffixed';

const DESCRIPTIONS: ReadonlyMap<string, string> = new Map([
  ['resources', 'Amounts by resource class: `VCPU:2,MEMORY_MB:1024`.'],
  ['required', 'Traits to have, or with `!` not to have: `HW_CPU_X86_VMX,!CUSTOM_MAGIC`. From 1.39 also `in:A,B`.'],
  ['member_of', 'An aggregate, or `in:` and several of which one is enough; from 1.32 `!` and `!in:` exclude.'],
  ['in_tree', 'A provider in whose tree to look.'],
  ['limit', 'How many candidates to give at most.'],
  ['group_policy', 'Whether groups with a suffix may be served by one provider.'],
  ['root_required', 'Traits that the root of the tree has, or with `!` does not have.'],
  ['same_subtree', 'Suffixes of groups that are to be served from one subtree: `_NIC,_CPU`.'],
  ['associated', '`true`: on at least one provider; `false`: on none.'],
]);

/** The version header as a shared parameter. Without it the version is 1.0. */
export function versionParameter(version: Microversion): ParameterObject {
  return {
    name: 'OpenStack-API-Version',
    in: 'header',
    description: 'The microversion that this document is about.',
    required: version > 0,
    schema: { const: `placement ${formatMicroversion(version)}` },
  };
}

/** Parameters of the path. */
export function pathParameters(operation: Operation): readonly ParameterObject[] {
  const names = [...operation.path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '');
  return names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: operation.contract.parameters?.[name] ?? ANY_SEGMENT,
  }));
}

/** Parameters of the query, as far as the operation looks at it. */
export function queryParameters({ contract }: Operation, version: Microversion): readonly ParameterObject[] {
  const schema = contract.query?.(version);
  if (schema === undefined) return [];
  const repeatable = new Set(contract.repeatable?.(version));
  const required = new Set(schema.required);
  const plain = { ...unsuffixed(schema), ...schema.properties };
  const parameters = Object.entries(plain).map(([name, value]) =>
    queryParameter(name, documentSchema(value), required.has(name), repeatable.has(name)),
  );
  return schema.patternProperties === undefined
    ? parameters
    : [...parameters, suffixedParameters(schema.patternProperties)];
}

function queryParameter(name: string, schema: DocumentSchema, required: boolean, repeatable: boolean): ParameterObject {
  const description = DESCRIPTIONS.get(name);
  return {
    name,
    in: 'query',
    ...(description === undefined ? {} : { description }),
    ...(required ? { required } : {}),
    ...(repeatable ? { style: 'form', explode: true, schema: { type: 'array', items: schema } } : { schema }),
  };
}

/** The parameters that the patterns allow without a suffix. */
function unsuffixed(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const members = Object.entries(schema.patternProperties ?? {}).map(([pattern, value]) => {
    const name = SUFFIXED_NAME.exec(pattern)?.[1];
    if (name === undefined) throw new Error(`${pattern} is no pattern of a name with a suffix`);
    return [name, value] as const;
  });
  return Object.fromEntries(members);
}

function suffixedParameters(patterns: Readonly<Record<string, JsonSchema>>): ParameterObject {
  return {
    name: SUFFIXED,
    in: 'query',
    description: 'Request groups: the same parameters again, each group with a suffix of its own: `resources_NIC`.',
    style: 'form',
    explode: true,
    schema: {
      type: 'object',
      patternProperties: documentSchema({ patternProperties: patterns }).patternProperties ?? {},
    },
  };
}
