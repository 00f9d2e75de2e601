// /berth/health: alive whatever happens, ready when requests can be served.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BerthError } from '../../src/domain/errors/declare.ts';
import { KeptModel } from '../../src/model/kept-model.ts';
import { checkReadiness } from '../../src/operations/check-readiness.ts';
import { expectStatus } from '../support/world.ts';
import { startMeasured } from './metrics-service.ts';

test('a service that runs is live and ready, for anyone who asks', async (t) => {
  const { client, address } = await startMeasured(t);

  assert.deepEqual(expectStatus(await client.get('/berth/health/live'), 200).body, { status: 'live' });
  assert.deepEqual(expectStatus(await client.get('/berth/health/ready'), 200).body, { status: 'ready' });
  expectStatus(await client.post('/berth/health/ready', {}), 405);

  const plain = await fetch(`${address}/berth/health/ready`, { headers: { accept: 'text/html' } });
  assert.equal(plain.status, 200);
});

const hangs = () => new Promise<never>(() => {});
const fails = async () => {
  throw new Error('SQLITE_CORRUPT: /var/lib/secret.sqlite');
};

for (const [name, poll, isStopping, reason] of [
  ['that stops', async () => ({ kind: 'none' }) as const, true, 'it is stopping'],
  ['whose database hangs', hangs, false, 'the database did not answer within 1000 ms'],
  ['whose database fails', fails, false, 'the database does not answer'],
] as const) {
  test(`a service ${name} is not ready, and says so without what the database said`, async () => {
    const error = await checkReadiness({ model: new KeptModel(poll) }, isStopping).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof BerthError);
    assert.equal(error.status, 503);
    assert.equal(error.message, `The service is not ready: ${reason}.`);
  });
}
