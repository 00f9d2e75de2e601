// http-api §1.2: every operation of the API but `GET /`, with its microversions, guards in order, and policy rule.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { microversion } from '../../../src/domain/microversion.ts';
import type { Operation, OperationRequest, QueryPairs } from '../../../src/http/operation.ts';
import { ANONYMOUS } from '../../../src/http/operation-request.ts';
import { placementOperations } from '../../../src/http/routes/index.ts';
import type { Service } from '../../../src/operations/service.ts';
import { POLICY_RULES } from '../../../src/policy/rules.ts';

// Columns: method, path, microversions, guards (V version, A accept, C content), rule without `placement:`.
const TABLE = `
GET    /resource_classes                                        2-  VA resource_classes:list
POST   /resource_classes                                        2-  VC resource_classes:create
GET    /resource_classes/{name}                                 2-  VA resource_classes:show
PUT    /resource_classes/{name}                                 2-6 VC resource_classes:update
PUT    /resource_classes/{name}                                 7-  V  resource_classes:update
DELETE /resource_classes/{name}                                 2-  V  resource_classes:delete
GET    /resource_providers                                      0-  A  resource_providers:list
POST   /resource_providers                                      0-  C  resource_providers:create
GET    /resource_providers/{uuid}                               0-  A  resource_providers:show
PUT    /resource_providers/{uuid}                               0-  C  resource_providers:update
DELETE /resource_providers/{uuid}                               0-  -  resource_providers:delete
GET    /resource_providers/{uuid}/inventories                   0-  A  resource_providers:inventories:list
POST   /resource_providers/{uuid}/inventories                   0-  C  resource_providers:inventories:create
PUT    /resource_providers/{uuid}/inventories                   0-  C  resource_providers:inventories:update
DELETE /resource_providers/{uuid}/inventories                   5-  V  resource_providers:inventories:delete
GET    /resource_providers/{uuid}/inventories/{resource_class}  0-  A  resource_providers:inventories:show
PUT    /resource_providers/{uuid}/inventories/{resource_class}  0-  C  resource_providers:inventories:update
DELETE /resource_providers/{uuid}/inventories/{resource_class}  0-  -  resource_providers:inventories:delete
GET    /resource_providers/{uuid}/usages                        0-  A  resource_providers:usages
GET    /resource_providers/{uuid}/aggregates                    1-  AV resource_providers:aggregates:list
PUT    /resource_providers/{uuid}/aggregates                    1-  CV resource_providers:aggregates:update
GET    /resource_providers/{uuid}/allocations                   0-  A  resource_providers:allocations:list
GET    /resource_providers/{uuid}/traits                        6-  VA resource_providers:traits:list
PUT    /resource_providers/{uuid}/traits                        6-  VC resource_providers:traits:update
DELETE /resource_providers/{uuid}/traits                        6-  V  resource_providers:traits:delete
GET    /traits                                                  6-  VA traits:list
GET    /traits/{name}                                           6-  V  traits:show
PUT    /traits/{name}                                           6-  V  traits:update
DELETE /traits/{name}                                           6-  V  traits:delete
POST   /allocations                                             13- VC allocations:manage
GET    /allocations/{consumer_uuid}                             0-  A  allocations:list
PUT    /allocations/{consumer_uuid}                             0-  C  allocations:update
DELETE /allocations/{consumer_uuid}                             0-  -  allocations:delete
GET    /allocation_candidates                                   10- VA allocation_candidates:list
GET    /usages                                                  9-  VA usages
POST   /reshaper                                                30- VC reshaper:reshape
`;

// A table of routes asks nothing of the service until a request comes.
const nobody: Service = Object.create(null);
const operations = placementOperations(nobody);

const nothing: OperationRequest = {
  version: microversion(39),
  caller: ANONYMOUS,
  linkPrefix: '',
  parameter: () => '',
  query: () => [],
  json: () => null,
};

function line({ method, path, since, until, guards, rule }: Operation): string {
  const letters = guards.map((guard) => guard[0]?.toUpperCase()).join('');
  return `${method} ${path} ${since}-${until ?? ''} ${letters || '-'} ${rule?.replace('placement:', '')}`;
}

test('the operations are those of the table', () => {
  const expected = TABLE.trim()
    .split('\n')
    .map((text) => text.replace(/ +/g, ' '));
  assert.deepEqual(operations.map(line).sort(), expected.sort());
});

test('every policy rule is asked by some operation', () => {
  const asked = new Set(operations.map(({ rule }) => rule));
  assert.deepEqual([...asked].sort(), [...POLICY_RULES].sort());
});

test('only deleting all inventories is 405 where it is too new', () => {
  const strange = operations.filter(({ tooOld }) => tooOld !== undefined);
  assert.deepEqual(
    strange.map(({ method, path }) => [method, path]),
    [['DELETE', '/resource_providers/{uuid}/inventories']],
  );
});

test('usages are asked about a project: the last one named, or none; all else is about the caller', () => {
  const targeted = operations.filter(({ target }) => target !== undefined);
  assert.deepEqual(
    targeted.map(({ path }) => path),
    ['/usages'],
  );
  const projectOf = (query: QueryPairs) => targeted[0]?.target?.({ ...nothing, query: () => query }).project_id;
  assert.equal(
    projectOf([
      ['project_id', 'a'],
      ['project_id', 'b'],
    ]),
    'b',
  );
  assert.equal(projectOf([['__proto__', 'a']]), null);
});
