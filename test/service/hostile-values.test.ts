// Hostile values in every place of every operation where a client can put one: path, query, headers, and each value and
// key of each body. Whatever they are: no 5xx, an answer that keeps the contract, and a database that is as it was.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { MINOR_MAX, type Microversion, microversion } from '../../src/domain/microversion.ts';
import { type BerthProcess, serveBerth, temporaryFolder } from '../support/berth-process.ts';
import type { Json } from '../support/client.ts';
import { writeConfiguration } from '../support/configuration.ts';
import { checkContract, OPERATIONS } from '../support/contract.ts';
import {
  type BodyCase,
  bodyCases,
  type Case,
  headerCases,
  hostileBody,
  pathCases,
  queryCases,
  validPath,
} from '../support/hostile-requests.ts';
import { HOSTILE_TEXTS } from '../support/hostile-values.ts';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-request.ts';
import { type BodyTarget, VALID_BODIES } from '../support/valid-bodies.ts';
import { assertClean } from '../support/world.ts';

const LANES = 16;
const NEWEST = microversion(MINOR_MAX);
/** A refusal repeats no more than a few thousand characters of what it refuses. */
const ERROR_BYTES_MAX = 6_000;

const CREDENTIALS = { 'x-auth-token': 'admin', 'x-roles': 'admin,service' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** All rows of all tables. */
function dump(dataPath: string): ReadonlyMap<string, readonly unknown[]> {
  const database = new DatabaseSync(dataPath, { readOnly: true });
  try {
    const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    return new Map(names.map(({ name }) => [String(name), database.prepare(`SELECT * FROM "${name}"`).all()]));
  } finally {
    database.close();
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Fails unless the answer is one that every client understands. */
function assertWellFormed({ status, headers, bytes }: RawAnswer, story: string): void {
  assert.ok(status >= 200 && status < 500, `${story}: ${status} ${bytes}`);
  const requestId = headers['x-openstack-request-id'];
  assert.match(String(requestId), /^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, story);
  const text = utf8.decode(bytes);
  assert.ok(text.isWellFormed(), story);
  if (status < 400) return;
  assert.ok(bytes.length <= ERROR_BYTES_MAX, `${story}: the answer has ${bytes.length} bytes`);
  const type = String(headers['content-type']);
  if (type !== 'application/json') {
    assert.match(type, /^text\/(html|plain); charset=UTF-8$/, story);
    if (type.startsWith('text/html')) assert.doesNotMatch(text, /<script/i, story);
    return;
  }
  const { errors } = JSON.parse(text);
  assert.equal(errors.length, 1, story);
  assert.equal(errors[0].status, status, story);
  assert.equal(errors[0].request_id, requestId, story);
  // A lead, and the message as the one last line.
  assert.match(errors[0].detail, /^[^\p{Cc}\u2028\u2029]+\n\n [^\p{Cc}\u2028\u2029]* {2}$/u, story);
}

describe('hostile values', () => {
  const folder = temporaryFolder();
  const sections = [
    '[oslo_middleware]\nenable_proxy_headers_parsing = true',
    '[cors]\nallowed_origin = http://console.example',
  ];
  const { configFile, dataPath } = writeConfiguration(folder.path, sections.join('\n'));
  const agent = new Agent({ keepAlive: true, maxSockets: LANES });
  let berth: BerthProcess;
  let bystander: string;
  let targets: BodyTarget[];

  before(async () => {
    berth = await serveBerth(['--config-file', configFile, '--port', '0'], dataPath);
    await json('PUT', '/resource_classes/CUSTOM_CLASS');
    await json('PUT', '/traits/CUSTOM_TRAIT');
    bystander = await makeProvider({ VCPU: { total: 8 } });
    await json('PUT', `/resource_providers/${bystander}/traits`, {
      traits: ['CUSTOM_TRAIT'],
      resource_provider_generation: 1,
    });
    await claim(bystander, 'a-bystander', 'a-bystander');
    targets = [];
    for (let lane = 0; lane < LANES; lane += 1) {
      const stock = await makeProvider({ VCPU: { total: 8 }, MEMORY_MB: { total: 8 } });
      const held = await makeProvider({ VCPU: { total: 2_147_483_647 } });
      targets.push({ stock, stockGeneration: 1, held });
    }
  });
  after(async () => {
    agent.destroy();
    assert.equal(await berth.stop(), 0);
    await assertClean(dataPath);
    folder.remove();
  });

  const send = (request: RawRequest, version: Microversion) =>
    sendRaw(agent, berth.url, {
      ...request,
      headers: { ...CREDENTIALS, 'openstack-api-version': `placement 1.${version}`, ...request.headers },
    });

  /** A request that must succeed; its decoded answer. */
  async function json(method: string, path: string, body?: Json): Promise<Json> {
    const request = { method, path, headers: JSON_TYPE, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const { status, bytes } = await send(request, NEWEST);
    assert.ok(status < 300, `${method} ${path}: ${status} ${bytes}`);
    return bytes.length === 0 ? null : JSON.parse(utf8.decode(bytes));
  }

  async function makeProvider(inventories: Json): Promise<string> {
    const uuid = randomUUID();
    await json('POST', '/resource_providers', { uuid, name: uuid });
    await json('PUT', `/resource_providers/${uuid}/inventories`, { resource_provider_generation: 0, inventories });
    return uuid;
  }

  async function claim(provider: string, project: string, user: string): Promise<string> {
    const consumer = randomUUID();
    await json('PUT', `/allocations/${consumer}`, {
      allocations: { [provider]: { resources: { VCPU: 1 } } },
      project_id: project,
      user_id: user,
      consumer_generation: null,
      consumer_type: 'INSTANCE',
    });
    return consumer;
  }

  const firstTarget = (): BodyTarget => {
    const [target] = targets;
    assert.ok(target !== undefined);
    return target;
  };

  /** Sends one request and holds the answer against the contract. */
  async function tryOne(request: RawRequest, version: Microversion): Promise<RawAnswer> {
    const answer = await send(request, version);
    const story = `${request.method} ${request.path.slice(0, 300)} ${request.body?.slice(0, 2000) ?? ''} at 1.${version}`;
    assertWellFormed(answer, story);
    const { status, headers, bytes } = answer;
    const { method, path } = request;
    checkContract({ method, path, version: `1.${version}`, status, headers, text: bytes.toString('utf8') });
    return answer;
  }

  /** Hands the cases out to the lanes as they become free; the number of cases. */
  async function inLanes<One>(
    cases: Iterable<One>,
    run: (one: One, lane: number) => Promise<unknown>,
  ): Promise<number> {
    let count = 0;
    const iterator = cases[Symbol.iterator]();
    const lane = async (number: number): Promise<void> => {
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        count += 1;
        await run(next.value, number);
      }
    };
    await Promise.all(targets.map((_, number) => lane(number)));
    return count;
  }

  const inUrl = async (cases: Iterable<Case>): Promise<number> =>
    inLanes(cases, ({ operation, version, path }) => {
      const body = VALID_BODIES.get(operation.contract.id)?.(firstTarget(), version);
      const withBody = body === undefined ? {} : { body: JSON.stringify(body) };
      return tryOne({ method: operation.method, path, headers: JSON_TYPE, ...withBody }, version);
    });

  test('in paths change nothing', async (t) => {
    const asItWas = dump(dataPath);
    t.diagnostic(`${await inUrl(pathCases(firstTarget()))} requests`);
    assert.deepEqual(dump(dataPath), asItWas);
  });

  test('in queries change nothing', async (t) => {
    const asItWas = dump(dataPath);
    t.diagnostic(`${await inUrl(queryCases(firstTarget()))} requests`);
    assert.deepEqual(dump(dataPath), asItWas);
  });

  test('in headers change nothing', async () => {
    const asItWas = dump(dataPath);
    await inLanes(headerCases(), async ({ name, value, ...request }) => {
      const answer = await send({ ...request, headers: { ...request.headers, [name]: value } }, NEWEST);
      assertWellFormed(answer, `${request.method} ${request.path} with ${name}: ${value.slice(0, 300)}`);
    });
    assert.deepEqual(dump(dataPath), asItWas);
  });

  test('are not markup in an error page', async () => {
    for (const text of HOSTILE_TEXTS.filter((one) => one.includes('<'))) {
      const path = `/resource_providers?required=${encodeURIComponent(text)}`;
      const answer = await send(
        { method: 'GET', path, headers: { accept: 'text/html;q=1, application/json;q=0.5' } },
        NEWEST,
      );
      assertWellFormed(answer, path);
      assert.match(String(answer.headers['content-type']), /^text\/html/);
    }
  });

  test('every operation with a body is among those tried', () => {
    const missing = OPERATIONS.filter(({ contract }) => contract.body !== undefined && !VALID_BODIES.has(contract.id));
    assert.deepEqual(missing, []);
  });

  test('in bodies leave what they do not name as it was', async (t) => {
    const untouched = ['traits', 'resource_classes', 'alembic_version', 'berth_migrations'];
    const before = dump(dataPath);
    const bystanderBefore = await everythingOf(bystander);
    const count = await inLanes(bodyCases(firstTarget()), tryBody);
    t.diagnostic(`${count} requests`);
    const afterwards = dump(dataPath);
    assert.deepEqual([...afterwards.keys()], [...before.keys()]);
    for (const table of untouched) assert.deepEqual(afterwards.get(table), before.get(table), table);
    assert.deepEqual(await everythingOf(bystander), bystanderBefore);
  });

  /** One case, for the lane's own providers as they are at the moment. */
  async function tryBody(one: BodyCase, lane: number): Promise<void> {
    const target = targets[lane];
    assert.ok(target !== undefined);
    const { operation, version } = one;
    const path = validPath(operation, target);
    const body = hostileBody(one, target);
    const { status } = await tryOne({ method: operation.method, path, headers: JSON_TYPE, body }, version);
    if (status < 300) targets[lane] = await restored(target);
  }

  /** Puts the inventories of the lane's provider back, so that the next case starts where this one did. */
  async function restored(target: BodyTarget): Promise<BodyTarget> {
    const { generation } = await json('GET', `/resource_providers/${target.stock}`);
    const body = VALID_BODIES.get('replaceInventories')?.({ ...target, stockGeneration: generation }, NEWEST);
    const answer = await json('PUT', `/resource_providers/${target.stock}/inventories`, body);
    return { ...target, stockGeneration: answer.resource_provider_generation };
  }

  async function everythingOf(provider: string): Promise<Json> {
    const parts = ['', '/inventories', '/usages', '/aggregates', '/traits', '/allocations'];
    return Promise.all(parts.map((part) => json('GET', `/resource_providers/${provider}${part}`)));
  }

  test('that are legal names come back exactly as they were sent', async () => {
    const { held } = firstTarget();
    const names = HOSTILE_TEXTS.filter((text) => text !== '' && !text.includes('\0') && [...text].length <= 200);
    for (const name of names) {
      const uuid = randomUUID();
      const taken: Json = await json('GET', `/resource_providers?name=${encodeURIComponent(name)}`);
      // The stories before may have made a provider of this name; it stands for the one that could be made here.
      const [earlier] = taken.resource_providers;
      if (earlier === undefined) await json('POST', '/resource_providers', { uuid, name });
      const known = earlier?.uuid ?? uuid;
      assert.equal((await json('GET', `/resource_providers/${known}`)).name, name);
      const found = await json('GET', `/resource_providers?name=${encodeURIComponent(name)}`);
      assert.deepEqual(
        found.resource_providers.map((provider: Json) => provider.uuid),
        [known],
        name,
      );
      const project = `${name} of a project`;
      const consumer = await claim(held, project, name);
      const shown = await json('GET', `/allocations/${consumer}`);
      assert.equal(shown.project_id, project);
      assert.equal(shown.user_id, name);
      const query = `project_id=${encodeURIComponent(project)}&user_id=${encodeURIComponent(name)}`;
      const { usages } = await json('GET', `/usages?${query}`);
      assert.deepEqual(usages, { INSTANCE: { consumer_count: 1, VCPU: 1 } }, name);
    }
  });

  test('are no patterns', async () => {
    for (const project of ['a-bystande_', 'a-%', "a-bystander' OR '1'='1", 'A-BYSTANDER', 'a-bystander ']) {
      assert.deepEqual((await json('GET', `/usages?project_id=${encodeURIComponent(project)}`)).usages, {}, project);
    }
    for (const name of ['in:CUSTOM%', 'in:CUSTOM_TRAI_', 'startswith:%', 'startswith:_', 'startswith:CUSTOM%']) {
      assert.deepEqual((await json('GET', `/traits?name=${encodeURIComponent(name)}`)).traits, [], name);
    }
  });
});
