// Every operation at every microversion through a real server: success, and each refusal that a client can bring about.
// The client holds each answer against the contract; here is asserted that none of the possible ones is missing.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Microversion } from '../../../src/domain/microversion.ts';
import type { Operation } from '../../../src/http/operation.ts';
import { isInVersion } from '../../../src/http/routing.ts';
import { type BerthProcess, startBerth, temporaryFolder } from '../../support/berth-process.ts';
import { type Client, createClient } from '../../support/client.ts';
import { OPERATIONS } from '../../support/contract.ts';
import { possibleTriples, VERSIONS } from '../../support/possible-triples.ts';
import { reachedTriples } from '../../support/triples.ts';
import { expectStatus } from '../../support/world.ts';
import { type StrictServer, startStrictServer } from './strict-server.ts';
import { STORIES } from './sweep-stories.ts';
import { sweepWorld } from './sweep-world.ts';

const PARALLEL = 20;
const JSON_TYPE = { 'content-type': 'application/json' };

const folder = temporaryFolder();
let berth: BerthProcess;
let latest: Client;
let strict: StrictServer;

before(async () => {
  berth = await startBerth(join(folder.path, 'berth.sqlite'));
  latest = createClient(berth.url);
  strict = await startStrictServer();
});
after(async () => {
  latest.close();
  await strict.close();
  await berth.stop();
  folder.remove();
});

test('each operation succeeds, and fails in each of its own ways', async () => {
  await inParallel(VERSIONS, async (version) => {
    const world = await sweepWorld(latest, version);
    for (const [since, story] of STORIES) if (version >= since) await story(world);
  });
});

test('guards refuse what they should at every microversion', async () => {
  await inParallel(VERSIONS, async (version) => {
    const client = latest.at(`1.${version}`);
    for (const operation of OPERATIONS) await guardsRefuse(client, operation, version);
    for (const path of new Set(OPERATIONS.map(examplePath))) {
      expectStatus(await client.send('PATCH', path, {}), 405);
      expectStatus(await client.send('PATCH', path, { payload: 'x' }), 400);
      expectStatus(await client.send('HEAD', path, {}), 405);
    }
    expectStatus(await client.get('/nothing'), 404);
  });
});

test('callers without a token or without the right are refused at every microversion', async () => {
  await inParallel(VERSIONS, async (version) => {
    const client = createClient(strict.url, `1.${version}`);
    for (const operation of OPERATIONS.filter(({ rule }) => rule !== null)) {
      const { method, guards } = operation;
      const content = guards.includes('content') ? { ...JSON_TYPE } : {};
      const path = examplePath(operation);
      expectStatus(await client.send(method, path, { headers: content }), 401);
      expectStatus(await client.send('PATCH', path, {}), 401);
      if (!isInVersion(operation, version)) continue;
      expectStatus(await client.send(method, path, { headers: { ...content, 'x-auth-token': 'somebody' } }), 403);
    }
    client.close();
  });
});

test('a version that does not exist is refused in the form of such refusals', async () => {
  for (const [version, status] of [
    ['1.40', 406],
    ['2.0', 406],
    ['pony', 400],
  ] as const) {
    const refused = expectStatus(await latest.at(version).get('/resource_providers'), status);
    assert.equal(refused.body.errors[0].max_version, status === 406 ? '1.39' : undefined);
  }
});

test('every possible answer was reached, and only possible ones', () => {
  const possible = possibleTriples();
  const reached = reachedTriples();
  assert.deepEqual(without(possible, reached), [], 'never reached');
  assert.deepEqual(without(reached, possible), [], 'reached, but not possible');
});

async function guardsRefuse(client: Client, operation: Operation, version: Microversion): Promise<void> {
  const { method, guards } = operation;
  const path = examplePath(operation);
  expectStatus(await client.send(method, path, { payload: 'x' }), 400);
  if (!isInVersion(operation, version)) {
    // Of an operation that is one of two, the other one may answer.
    if (!hasOther(operation, version)) {
      expectStatus(await client.send(method, path, { headers: JSON_TYPE }), operation.tooOld ?? 404);
    }
    if (guards[0] === 'version') return;
  }
  const problem = guards.includes('accept') ? { accept: 'text/plain' } : { 'content-type': 'text/plain' };
  if (guards.includes('accept')) expectStatus(await client.send(method, path, { headers: problem }), 406);
  if (guards.includes('content')) expectStatus(await client.send(method, path, { headers: problem }), 415);
}

function hasOther({ method, path }: Operation, version: Microversion): boolean {
  return OPERATIONS.some((other) => other.method === method && other.path === path && isInVersion(other, version));
}

function without(all: ReadonlySet<string>, some: ReadonlySet<string>): readonly string[] {
  return [...all].filter((one) => !some.has(one));
}

/** A path of the operation that addresses nothing. */
function examplePath({ path }: Operation): string {
  return path.replaceAll(/\{[^}]*\}/g, 'CUSTOM_NOTHING');
}

/** Works on several at a time: the server is to be busy, the order of answers is not part of the test. */
async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
