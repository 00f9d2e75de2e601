// The document of every microversion is sound: its references lead somewhere, its schemas are schemas, and the answers
// that it describes leave no room for members that nobody thought of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { isLenientUuid } from '../../../src/domain/ids.ts';
import { type OpenApiDocument, type OperationObject, openApiDocument } from '../../../src/http/openapi/document.ts';
import type { Reference } from '../../../src/http/openapi/responses.ts';
import { type DocumentSchema, LENIENT_UUID_PATTERN } from '../../../src/http/openapi/schema.ts';
import { OPERATIONS } from '../../support/contract.ts';
import { VERSIONS } from '../../support/possible-triples.ts';

const DOCUMENTS = VERSIONS.map((version) => openApiDocument(OPERATIONS, version));

interface Described extends OperationObject {
  readonly path: string;
}

function operationsOf({ paths }: OpenApiDocument): readonly Described[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.values(item).map((operation) => ({ ...operation, path })),
  );
}

test('operations are named once each, and every one says who may call it', () => {
  for (const document of DOCUMENTS) {
    const operations = operationsOf(document);
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    for (const operation of operations) {
      const open = operation.security?.length === 0;
      assert.equal(operation['x-openstack-policy-rule'] === undefined, open, operation.operationId);
    }
  }
});

test('paths and their parameters agree', () => {
  for (const document of DOCUMENTS) {
    for (const { path, parameters } of operationsOf(document)) {
      const declared = parameters.flatMap((one) => ('$ref' in one || one.in !== 'path' ? [] : [`{${one.name}}`]));
      assert.deepEqual(declared, path.match(/\{[^}]*\}/g) ?? []);
    }
  }
});

test('every reference leads to a component', () => {
  for (const document of DOCUMENTS) {
    for (const { $ref } of referencesIn(document)) {
      const steps = $ref.slice('#/'.length).split('/');
      assert.ok(steps.reduce<unknown>(memberOf, document), $ref);
    }
  }
});

test('every schema is one, of a body that is sent as well as of one that is received', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true });
  const seen = new Set<string>();
  for (const document of DOCUMENTS) {
    for (const schema of schemasIn(document)) {
      const text = JSON.stringify(schema);
      if (seen.has(text)) continue;
      seen.add(text);
      ajv.compile(schema);
    }
  }
});

test('every object in an answer is closed, but for documents of other formats', () => {
  const open = new Set<string>();
  for (const document of DOCUMENTS) {
    for (const { operationId, responses } of operationsOf(document)) {
      for (const response of Object.values(responses)) {
        if ('$ref' in response) continue;
        for (const { schema } of Object.values(response.content ?? {})) if (isOpen(schema)) open.add(operationId);
      }
    }
  }
  assert.deepEqual([...open], ['showOpenApi']);
});

test('the document of a microversion has its operations and no others', () => {
  const has = (minor: number, method: 'get' | 'put' | 'post', path: string) =>
    DOCUMENTS[minor]?.paths[path]?.[method]?.operationId;
  assert.equal(has(8, 'get', '/usages'), undefined);
  assert.equal(has(9, 'get', '/usages'), 'showUsages');
  assert.equal(has(6, 'put', '/resource_classes/{name}'), 'renameResourceClass');
  assert.equal(has(7, 'put', '/resource_classes/{name}'), 'ensureResourceClass');
  assert.equal(has(29, 'post', '/reshaper'), undefined);
  assert.equal(has(30, 'post', '/reshaper'), 'reshape');
});

test('the pattern of a lenient UUID takes what the service takes', () => {
  const pattern = new RegExp(LENIENT_UUID_PATTERN, 'u');
  const pieces = fc.array(fc.constantFrom('urn:', 'uuid:', '{', '}', '-', 'a', 'F', '0'.repeat(8), 'g'), {
    maxLength: 14,
  });
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join('');
      assert.equal(pattern.test(text), isLenientUuid(text), text);
    }),
    { numRuns: 2000 },
  );
  const hex = '0123456789abcdefABCDEF0123456789';
  for (const text of [hex, `{${hex}}`, `urn:uuid:{${hex}}`, `${hex.slice(0, 9)}-${hex.slice(9)}`]) {
    assert.ok(pattern.test(text) && isLenientUuid(text), text);
  }
  for (const text of [hex.slice(1), `${hex}0`, `${hex}g`, `-{${hex}`, `${hex}\n`]) {
    assert.ok(!pattern.test(text) && !isLenientUuid(text), text);
  }
});

function memberOf(value: unknown, step: string): unknown {
  return isObject(value) ? value[step] : undefined;
}

function* referencesIn(value: unknown): Iterable<Reference> {
  if (!isObject(value)) return;
  if (typeof value.$ref === 'string') yield { $ref: value.$ref };
  for (const member of Object.values(value)) yield* referencesIn(member);
}

/** What stands under `schema`, wherever that is. */
function* schemasIn(value: unknown): Iterable<object> {
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'schema' && isObject(member)) yield member;
    else yield* schemasIn(member);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isOpen(schema: DocumentSchema): boolean {
  const { type, additionalProperties, maxProperties, properties, patternProperties, items, prefixItems, anyOf } =
    schema;
  if (type === 'object' && additionalProperties !== false && maxProperties !== 0) return true;
  const below = [
    ...Object.values(properties ?? {}),
    ...Object.values(patternProperties ?? {}),
    ...(items ? [items] : []),
    ...(prefixItems ?? []),
    ...(anyOf ?? []),
  ];
  return below.some(isOpen);
}
