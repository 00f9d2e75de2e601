// One request to the real service and to the expected one, and the two replies compared.

import assert from 'node:assert/strict';
import type { Client, Json, Reply } from './client.ts';
import type { ApiRequest, ExpectedReply } from './expected-state.ts';
import type { NamesPool } from './expected-state-names-pool.ts';

/** The minor number from which errors have a code (http-api §1.12). */
const CODE_SINCE = 23;

export async function send(client: Client, { method, path, version, body }: ApiRequest): Promise<Reply> {
  return client.at(`1.${version}`).call(method, path, body);
}

/** Throws, saying what was asked, when the reply is not the expected one. */
export function compare(request: ApiRequest, reply: Reply, expected: ExpectedReply, names: NamesPool): void {
  try {
    compareReplies(request, reply, expected, names);
  } catch (thrown) {
    const asked = `${request.method} ${request.path} at 1.${request.version} ${JSON.stringify(request.body) ?? ''}`;
    const told = `${asked}\nanswered ${reply.status} ${JSON.stringify(reply.body)}\nexpected ${JSON.stringify(expected)}`;
    throw new Error(told, { cause: thrown });
  }
}

function compareReplies(request: ApiRequest, reply: Reply, expected: ExpectedReply, names: NamesPool): void {
  assert.equal(reply.status, expected.status);
  assert.equal(reply.headers['openstack-api-version'], `placement 1.${request.version}`);
  if (expected.error === undefined) {
    assert.deepEqual(normal(request, reply.body, names), expected.body);
    if (expected.body === undefined) assert.equal(reply.headers['content-type'], undefined);
    return;
  }
  const [error, ...others] = reply.body.errors;
  assert.equal(others.length, 0);
  assert.equal(error.status, expected.status);
  assert.equal(error.code, request.version >= CODE_SINCE ? expected.error.code : undefined);
  const { fragments, oneOf } = expected.error;
  for (const fragment of fragments) assert.ok(error.detail.includes(fragment), `without ${fragment}`);
  if (oneOf.length > 0)
    assert.ok(
      oneOf.some((fragment) => error.detail.includes(fragment)),
      'without any of these',
    );
}

/** The body without what other sequences left, and sorted where the order is open. */
function normal({ method, path }: ApiRequest, body: Json, names: NamesPool): Json {
  if (method !== 'GET' || body === undefined) return body;
  const isMine = ({ name }: Json) => name.startsWith(names.prefix);
  const [bare = ''] = path.split('?');
  if (bare === '/resource_providers') {
    const found: Json[] = body.resource_providers.filter(({ uuid }: Json) => names.providers.includes(uuid));
    return { resource_providers: found.sort((one, other) => (one.uuid < other.uuid ? -1 : 1)) };
  }
  if (bare === '/resource_classes') return { resource_classes: body.resource_classes.filter(isMine) };
  if (bare === '/traits') return { traits: body.traits.sort() };
  if (bare.endsWith('/aggregates')) return { ...body, aggregates: body.aggregates.sort() };
  if (bare === '/allocation_candidates') {
    const key = (request: Json): string => Object.keys(request.allocations)[0] ?? '';
    return {
      ...body,
      allocation_requests: body.allocation_requests.sort((one: Json, other: Json) => (key(one) < key(other) ? -1 : 1)),
    };
  }
  return body;
}
