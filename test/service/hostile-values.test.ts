// Hostile values in every place of every operation where a client can put one: path, query, headers, and each value and
// key of each body. Whatever they are: no 5xx, an answer that keeps the contract, and a database that is as it was.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { MINOR_MAX, type Microversion, microversion } from '../../src/domain/microversion.ts';
import type { Operation } from '../../src/http/operation.ts';
import { type BerthProcess, serveBerth, temporaryFolder } from '../support/berth-process.ts';
import type { Json } from '../support/client.ts';
import { checkContract, OPERATIONS } from '../support/contract.ts';
import {
  HOSTILE_IN_HEADER,
  HOSTILE_IN_JSON,
  HOSTILE_IN_URL,
  HOSTILE_KEYS_IN_JSON,
  HOSTILE_TEXTS,
} from '../support/hostile-values.ts';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-request.ts';
import { type BodyTarget, VALID_BODIES } from '../support/valid-bodies.ts';
import { assertClean } from '../support/world.ts';

const LANES = 16;
const NEWEST = microversion(MINOR_MAX);
/** Stands for the hostile value while a request is put together. */
const MARK = '@@';
/** At microversions other than the newest, one value in so many is tried in each place, another one in the next. */
const SPARSE = 4;
/** Two thousand code points of a client's text are more than any refusal needs to repeat. */
const ERROR_BYTES_MAX = 8_000;

const CREDENTIALS = { 'x-auth-token': 'admin', 'x-roles': 'admin,service' };
const JSON_TYPE = { 'content-type': 'application/json' };

interface Case {
  readonly operation: Operation;
  readonly version: Microversion;
  readonly path: string;
}

/** Versions at which an operation is tried: its first and last, and those around which bodies and queries change. */
function versionsOf({ since, until = MINOR_MAX }: Operation): readonly number[] {
  const minors = new Set([since, 12, 22, 28, until].filter((minor) => minor >= since && minor <= until));
  return [...minors].map(microversion);
}

/** All values at the newest version of an operation; elsewhere some, chosen by the number of the place. */
function* valuesAt(
  values: readonly string[],
  operation: Operation,
  version: Microversion,
  place: number,
): Iterable<string> {
  const isNewest = version === (operation.until ?? MINOR_MAX);
  for (const [index, value] of values.entries()) if (isNewest || (index + place) % SPARSE === 0) yield value;
}

/** The path with harmless values for all its parameters. */
function validPath({ path }: Operation, { stock }: BodyTarget): string {
  return path
    .replace('{uuid}', stock)
    .replace('{consumer_uuid}', randomUUID())
    .replace('{resource_class}', 'VCPU')
    .replace('{name}', path.startsWith('/traits') ? 'CUSTOM_TRAIT' : 'CUSTOM_CLASS');
}

function* pathCases(target: BodyTarget): Iterable<Case> {
  let place = 0;
  for (const operation of OPERATIONS) {
    for (const [parameter] of operation.path.matchAll(/\{[^}]*\}/g)) {
      for (const version of versionsOf(operation)) {
        place += 1;
        for (const value of valuesAt(HOSTILE_IN_URL, operation, version, place)) {
          const path = validPath({ ...operation, path: operation.path.replace(parameter, MARK) }, target);
          yield { operation, version, path: path.replaceAll(MARK, () => value) };
        }
      }
    }
  }
}

/** Grammars inside the values of query parameters, by the parameter without its suffix. */
const GRAMMARS: ReadonlyMap<string, readonly string[]> = new Map([
  ['resources', [MARK, `VCPU:${MARK}`, `${MARK}:1`, `VCPU:1,${MARK}:1`]],
  ['member_of', [MARK, `in:${MARK}`, `!${MARK}`, `!in:${MARK},${MARK}`]],
  ['required', [MARK, `!${MARK}`, `in:${MARK},HW_CPU_X86_AVX`, `HW_CPU_X86_AVX,!${MARK}`]],
  ['root_required', [MARK, `!${MARK}`, `HW_CPU_X86_AVX,!${MARK}`]],
  ['same_subtree', [MARK, `1,${MARK}`]],
  ['name', [MARK, `startswith:${MARK}`, `in:${MARK},${MARK}`]],
]);

/** What a query needs for its other parameters to be looked at. */
function rest(operation: Operation, parameter: string, version: Microversion): string {
  switch (operation.contract.id) {
    case 'showUsages':
      return parameter === 'project_id' ? '' : '&project_id=a-project';
    case 'listAllocationCandidates': {
      const plain = parameter === 'resources' ? '' : '&resources=VCPU:1';
      return version < 25
        ? plain
        : `${plain}&resources1=VCPU:1${parameter === 'group_policy' ? '' : '&group_policy=none'}`;
    }
    default:
      return '';
  }
}

/** Names of an operation's query parameters; those that take a suffix without and with one. */
function queryParameters(operation: Operation, version: Microversion): readonly string[] {
  const { properties = {}, patternProperties = {} } = operation.contract.query?.(version) ?? {};
  const suffixed = Object.keys(patternProperties).map((pattern) => /^\^([a-z_]+)/.exec(pattern)?.[1] ?? pattern);
  return [...Object.keys(properties), ...suffixed.flatMap((name) => [name, `${name}1`])];
}

function* queryCases(target: BodyTarget): Iterable<Case> {
  let place = 0;
  for (const operation of OPERATIONS) {
    for (const version of versionsOf(operation)) {
      const path = validPath(operation, target);
      for (const parameter of queryParameters(operation, version)) {
        const tail = rest(operation, parameter, version);
        for (const grammar of GRAMMARS.get(parameter.replace(/1$/, '')) ?? [MARK]) {
          place += 1;
          for (const value of valuesAt(HOSTILE_IN_URL, operation, version, place)) {
            yield { operation, version, path: `${path}?${parameter}=${grammar.replaceAll(MARK, () => value)}${tail}` };
          }
        }
      }
      if (operation.contract.query === undefined) continue;
      place += 1;
      for (const name of valuesAt(HOSTILE_IN_URL, operation, version, place)) {
        yield { operation, version, path: `${path}?${name}=1${rest(operation, '', version)}` };
      }
    }
  }
}

interface BodyCase {
  readonly operation: Operation;
  readonly version: Microversion;
  /** Which of the marked bodies. */
  readonly place: number;
  /** JSON text. */
  readonly value: string;
}

function* bodyCases(target: BodyTarget): Iterable<BodyCase> {
  for (const operation of OPERATIONS) {
    const body = VALID_BODIES.get(operation.contract.id);
    if (body === undefined) continue;
    for (const version of versionsOf(operation)) {
      for (const [place, marked] of [...markedBodies(body(target, version))].entries()) {
        const values = marked.kind === 'value' ? HOSTILE_IN_JSON : HOSTILE_KEYS_IN_JSON;
        for (const value of valuesAt(values, operation, version, place)) yield { operation, version, place, value };
      }
    }
  }
}

/** The body once for each of its values and keys, with the mark in its place. */
function* markedBodies(body: Json): Iterable<{ readonly kind: 'value' | 'key'; readonly body: Json }> {
  yield { kind: 'value', body: MARK };
  if (Array.isArray(body)) {
    for (const [index, item] of body.entries()) {
      for (const marked of markedBodies(item)) yield { ...marked, body: body.with(index, marked.body) };
    }
  } else if (typeof body === 'object' && body !== null) {
    const entries = Object.entries(body);
    for (const [index, [key, member]] of entries.entries()) {
      yield { kind: 'key', body: Object.fromEntries(entries.with(index, [MARK, member])) };
      for (const marked of markedBodies(member)) {
        yield { ...marked, body: Object.fromEntries(entries.with(index, [key, marked.body])) };
      }
    }
  }
}

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
  const dataPath = join(folder.path, 'berth.sqlite');
  const agent = new Agent({ keepAlive: true, maxSockets: LANES });
  let berth: BerthProcess;
  let bystander: string;
  let targets: BodyTarget[];

  before(async () => {
    const configuration = join(folder.path, 'placement.conf');
    writeFileSync(
      configuration,
      [
        '[api]\nauth_strategy = noauth2',
        `[placement_database]\nconnection = sqlite:///${dataPath}\nsync_on_startup = true`,
        '[oslo_middleware]\nenable_proxy_headers_parsing = true',
        '[cors]\nallowed_origin = http://console.example',
      ].join('\n'),
    );
    berth = await serveBerth(['--config-file', configuration, '--port', '0'], dataPath);
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
    await assertClean(dataPath);
    assert.equal(await berth.stop(), 0);
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
        39,
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

  /** The body of a case, made for the lane's own providers as they are at the moment. */
  async function tryBody({ operation, version, place, value }: BodyCase, lane: number): Promise<void> {
    const target = targets[lane];
    const valid = VALID_BODIES.get(operation.contract.id);
    assert.ok(target !== undefined && valid !== undefined);
    const marked = [...markedBodies(valid(target, version))][place];
    const body = JSON.stringify(marked?.body).replaceAll(JSON.stringify(MARK), () => value);
    const path = validPath(operation, target);
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
    for (const text of ['%', '_', '*', '?', 'CUSTOM%', 'CUSTOM_T_AIT', "' OR '1'='1"]) {
      const encoded = encodeURIComponent(text);
      assert.deepEqual((await json('GET', `/traits?name=in:${encoded}`)).traits, [], text);
      assert.deepEqual((await json('GET', `/usages?project_id=${encoded}`)).usages, {}, text);
    }
    for (const prefix of ['%', '_', 'CUSTOM%', 'C_STOM']) {
      assert.deepEqual((await json('GET', `/traits?name=startswith:${encodeURIComponent(prefix)}`)).traits, [], prefix);
    }
  });
});

const HEADERS = [
  'openstack-api-version',
  'x-auth-token',
  'x-roles',
  'x-user-id',
  'x-project-id',
  'x-domain-id',
  'x-is-admin-project',
  'x-service-roles',
  'openstack-system-scope',
  'accept',
  'content-type',
  'x-openstack-request-id',
  'host',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-prefix',
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
  'user-agent',
  'cookie',
  'authorization',
];

/** None of these changes anything, whoever sends it. */
const HARMLESS: readonly RawRequest[] = [
  { method: 'GET', path: '/resource_providers?name=none', headers: {} },
  { method: 'POST', path: '/resource_providers', headers: JSON_TYPE, body: '{}' },
  { method: 'OPTIONS', path: '/traits', headers: { origin: 'http://console.example' } },
  { method: 'GET', path: '/', headers: {} },
];

function* headerCases(): Iterable<RawRequest & { readonly name: string; readonly value: string }> {
  for (const request of HARMLESS) {
    for (const name of HEADERS) {
      for (const value of HOSTILE_IN_HEADER) yield { ...request, name, value };
      if (name === 'openstack-api-version') {
        for (const value of HOSTILE_IN_HEADER) yield { ...request, name, value: `placement ${value}` };
      }
    }
  }
}
