// GET /berth/openapi.json: the document of the microversion that is asked for, by anybody.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { microversion } from '../../../src/domain/microversion.ts';
import { openApiDocument } from '../../../src/http/openapi/document.ts';
import { type Client, createClient } from '../../support/client.ts';
import { OPERATIONS } from '../../support/contract.ts';
import { errorDetail, expectStatus } from '../../support/world.ts';
import { type StrictServer, startStrictServer } from './strict-server.ts';

const PATH = '/berth/openapi.json';

let server: StrictServer;
let client: Client;

before(async () => {
  server = await startStrictServer();
  client = createClient(server.url, '1.0');
});
after(async () => {
  client.close();
  await server.close();
});

test('nobody needs a token, and the latest microversion is described unless another one is named', async () => {
  const { body, headers } = expectStatus(await client.get(PATH), 200);
  assert.deepEqual(body, JSON.parse(JSON.stringify(openApiDocument(OPERATIONS, microversion(39)))));
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['openstack-api-version'], 'placement 1.0');
});

test('each microversion has a document of its own, whatever the header says', async () => {
  const { body } = expectStatus(await client.at('1.39').get(`${PATH}?microversion=1.9`), 200);
  assert.equal(body.info.version, '1.9');
  assert.ok('/usages' in body.paths);
  assert.ok(!('/allocation_candidates' in body.paths));
});

for (const query of [
  'microversion=1.40',
  'microversion=1.01',
  'microversion=latest',
  'microversion=',
  'version=1.39',
]) {
  test(`${query} is refused`, async () => {
    const refused = expectStatus(await client.get(`${PATH}?${query}`), 400);
    assert.match(errorDetail(refused), /Invalid query string parameters/);
  });
}
