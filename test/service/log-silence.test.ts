// The log of a running service says of every request what an operator needs, and of the people behind it nothing (P5):
// no consumer, project, user or token, wherever in a request it stands and however the request ends.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { createConnection } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { type BerthProcess, serveBerth, temporaryFolder } from '../support/berth-process.ts';
import type { Json } from '../support/client.ts';
import { writeConfiguration } from '../support/configuration.ts';
import { type RawRequest, sendRaw } from '../support/raw-request.ts';

/** Letters only, so that no place in a request changes their spelling. */
function mark(kind: string): string {
  const letters = [...randomUUID().replaceAll('-', '')].map((digit) => 'ghijklmnopqrstuv'[Number.parseInt(digit, 16)]);
  return `${kind}${letters.join('')}`;
}

const PROJECT = mark('project');
const USER = mark('user');
const TOKEN = mark('token');
const COOKIE = mark('cookie');
/** The database refuses to store it, and quotes it in its message. */
const UNSTORABLE = mark('unstorable');
const CONSUMERS = Array.from({ length: 12 }, () => randomUUID());
const MARKS = [PROJECT, USER, TOKEN, COOKIE, UNSTORABLE, ...CONSUMERS];

const CREDENTIALS = {
  'x-auth-token': `${TOKEN}:${PROJECT}`,
  'x-roles': 'admin,service',
  'x-user-id': USER,
  'x-project-id': PROJECT,
  cookie: `session=${COOKIE}`,
  authorization: `Bearer ${TOKEN}`,
  'openstack-api-version': 'placement 1.39',
  'content-type': 'application/json',
};

/** A request, and the status that it must end with for the story to be what it says. */
interface Story extends Omit<RawRequest, 'headers'> {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** False: without the header that says who is calling. */
  readonly token?: false;
}

/** What the log must say of an answer. */
interface Expected {
  readonly requestId: string;
  readonly status: number;
  readonly answerBytes: number;
}

describe('the log', () => {
  const folder = temporaryFolder();
  const agent = new Agent({ keepAlive: true });
  const provider = randomUUID();
  const expected: Expected[] = [];
  let berth: BerthProcess;
  let dataPath: string;

  before(async () => {
    const limits = '[berth]\nbody_bytes_max = 4096\nurl_bytes_max = 4096\n[DEFAULT]\ndebug = true';
    const configuration = writeConfiguration(folder.path, limits);
    ({ dataPath } = configuration);
    berth = await serveBerth(['--config-file', configuration.configFile, '--port', '0'], dataPath);
    await tell({
      method: 'POST',
      path: '/resource_providers',
      status: 200,
      body: json({ uuid: provider, name: 'host' }),
    });
    const inventories = { resource_provider_generation: 0, inventories: { VCPU: { total: 8 } } };
    await tell({
      method: 'PUT',
      path: `/resource_providers/${provider}/inventories`,
      status: 200,
      body: json(inventories),
    });
  });
  after(async () => {
    agent.destroy();
    await berth.kill();
    folder.remove();
  });

  const json = (value: Json): string => JSON.stringify(value);

  async function tell({ status, headers, token, ...request }: Story): Promise<void> {
    const { 'x-auth-token': _, ...anonymous } = CREDENTIALS;
    const own = { ...(token === false ? anonymous : CREDENTIALS), ...headers };
    const answer = await sendRaw(agent, berth.url, { ...request, headers: own });
    assert.equal(answer.status, status, `${request.method} ${request.path}: ${answer.bytes}`);
    expected.push({
      requestId: String(answer.headers['x-openstack-request-id']),
      status,
      answerBytes: answer.bytes.length,
    });
  }

  async function tellAll(stories: readonly Story[]): Promise<void> {
    for (const story of stories) await tell(story);
  }

  const consumer = (index: number): string => CONSUMERS[index] ?? '';

  function claim(changes: Json = {}): Json {
    return {
      allocations: { [provider]: { resources: { VCPU: 1 } } },
      project_id: PROJECT,
      user_id: USER,
      consumer_generation: null,
      consumer_type: 'INSTANCE',
      ...changes,
    };
  }

  test('requests that succeed', async () => {
    const inventories = { [provider]: { resource_provider_generation: 3, inventories: { VCPU: { total: 8 } } } };
    await tellAll([
      { method: 'PUT', path: `/allocations/${consumer(0)}`, status: 204, body: json(claim()) },
      { method: 'GET', path: `/allocations/${consumer(0)}`, status: 200 },
      { method: 'POST', path: '/allocations', status: 204, body: json({ [consumer(1)]: claim() }) },
      {
        method: 'POST',
        path: '/reshaper',
        status: 204,
        body: json({ inventories, allocations: { [consumer(2)]: claim() } }),
      },
      { method: 'GET', path: `/usages?project_id=${PROJECT}&user_id=${USER}`, status: 200 },
      { method: 'GET', path: `/resource_providers/${provider}/allocations`, status: 200 },
      { method: 'GET', path: `/allocation_candidates?resources=VCPU:1`, status: 200, headers: { 'x-other': USER } },
      { method: 'DELETE', path: `/allocations/${consumer(0)}`, status: 204 },
    ]);
  });

  test('requests that are refused', async () => {
    const dashless = consumer(5).replaceAll('-', '').toUpperCase();
    await tellAll([
      { method: 'PUT', path: `/allocations/${consumer(3)}`, status: 400, body: json(claim({ [USER]: PROJECT })) },
      { method: 'PUT', path: `/allocations/${consumer(3)}`, status: 400, body: `{"project_id": "${PROJECT}", ${USER}` },
      { method: 'PUT', path: `/allocations/${USER}`, status: 400, body: json(claim()) },
      { method: 'PUT', path: `/allocations/${dashless}`, status: 400, body: json(claim({ user_id: [USER] })) },
      { method: 'POST', path: '/allocations', status: 400, body: json({ [consumer(4)]: { [PROJECT]: USER } }) },
      { method: 'GET', path: `/usages?user_id=${USER}`, status: 400 },
      { method: 'GET', path: `/usages?project_id=${PROJECT}&${USER}=1`, status: 400 },
      { method: 'GET', path: `/usages?project_id=${PROJECT}%ff`, status: 400 },
      { method: 'GET', path: `/resource_providers?required=${PROJECT}`, status: 400 },
      { method: 'GET', path: '/traits', status: 400, headers: { 'openstack-api-version': `placement ${TOKEN}` } },
      { method: 'GET', path: '/traits', status: 401, token: false },
      { method: 'GET', path: `/allocations/${consumer(6)}`, status: 403, headers: { 'x-roles': PROJECT } },
      { method: 'GET', path: `/${PROJECT}/${consumer(7)}`, status: 404 },
      { method: 'GET', path: `/resource_providers/${consumer(7)}`, status: 404 },
      { method: 'DELETE', path: `/allocations/${consumer(7)}`, status: 404 },
      { method: 'PATCH', path: `/allocations/${consumer(7)}`, status: 405 },
      { method: 'GET', path: `/allocations/${consumer(7)}`, status: 406, headers: { accept: `text/${USER}` } },
      {
        method: 'PUT',
        path: `/allocations/${consumer(8)}`,
        status: 415,
        headers: { 'content-type': `text/${USER}` },
        body: json(claim()),
      },
      {
        method: 'PUT',
        path: `/allocations/${consumer(8)}`,
        status: 409,
        body: json(claim({ allocations: { [provider]: { resources: { VCPU: 9 } } } })),
      },
      { method: 'PUT', path: `/allocations/${consumer(1)}`, status: 409, body: json(claim()) },
      { method: 'GET', path: `/usages?project_id=${`${PROJECT},`.repeat(150)}`, status: 414 },
      {
        method: 'PUT',
        path: `/allocations/${consumer(9)}`,
        status: 413,
        body: json(claim({ user_id: USER.repeat(200) })),
      },
      { method: 'GET', path: '/traits', status: 200, headers: { 'x-openstack-request-id': `req-${USER}` } },
    ]);
  });

  test('bytes that are no request', async () => {
    for (const bytes of [
      `${USER} /allocations/${consumer(10)} HTTP/1.1\r\nx: ${TOKEN}\r\n\r\n`,
      `${PROJECT}\0${TOKEN}\r\n\r\n`,
    ]) {
      const answer = await rawAnswer(bytes);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      const requestId = /^x-openstack-request-id: (\S+)/m.exec(head)?.[1];
      assert.ok(requestId !== undefined, answer);
      expected.push({ requestId, status: Number(head.split(' ')[1]), answerBytes: Buffer.byteLength(body) });
    }
  });

  function rawAnswer(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(Number(new URL(berth.url).port), '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.on('error', reject);
      socket.on('end', () => socket.end());
      socket.on('close', () => resolve(text));
    });
  }

  test('a request at which the database fails with a message that quotes it', async () => {
    const database = new DatabaseSync(dataPath);
    database.exec(
      `CREATE TRIGGER refuse BEFORE INSERT ON users WHEN NEW.external_id = '${UNSTORABLE}'
       BEGIN SELECT RAISE(ABORT, 'cannot store ' || NEW.external_id); END`,
    );
    database.close();
    const body = json(claim({ user_id: UNSTORABLE }));
    await tell({ method: 'PUT', path: `/allocations/${consumer(11)}`, status: 500, body });
  });

  test('says each of them once, and nothing of the people', async () => {
    assert.equal(await berth.stop(), 0);
    const lines: Json[] = berth.output.map((line) => JSON.parse(line));
    assert.deepEqual(berth.log, [], 'standard error is for what stops the service');

    const requests = lines.filter(({ msg }) => msg === 'request');
    const byId = Map.groupBy(requests, ({ requestId }) => requestId);
    for (const { requestId, status, answerBytes } of expected) {
      const said = byId.get(requestId) ?? [];
      assert.equal(said.length, 1, `${requestId} is there ${said.length} times`);
      const [line] = said;
      assert.equal(line.status, status);
      assert.equal(line.answerBytes, answerBytes);
      assert.match(line.microversion, /^(1\.39|-)$/);
      assert.match(line.route, /^(\/[a-z_/{}]*|-)$/);
      assert.equal(typeof line.durationMs, 'number');
      assert.ok(line.durationMs >= 0);
    }
    assert.equal(requests.length, expected.length, 'a request that nobody sent');

    const failures = lines.filter(({ msg }) => msg === 'unexpected failure');
    assert.equal(failures.length, 1);
    assert.ok(failures[0].err.kind.length > 0 && failures[0].err.stack.length > 0, 'what failed, and where');

    const whole = berth.output.join('\n').toLowerCase();
    for (const one of MARKS) {
      assert.ok(!whole.includes(one), `the log has ${one}`);
      assert.ok(!whole.includes(one.replaceAll('-', '')), `the log has ${one} without dashes`);
    }
  });
});
