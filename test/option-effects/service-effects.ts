// [api], [placement], [cors] and [oslo_middleware]: what the service answers.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Json } from '../support/client.ts';
import { type ConfiguredService, startConfigured } from '../support/configured-service.ts';
import { expectStatus, makeProvider } from '../support/world.ts';
import type { Effect } from './effect.ts';
import { KEYSTONE_SECTION } from './keystone-section.ts';

const ORIGIN = 'http://valid.example.com';

/** Two hosts with three devices each, of which one is asked for. */
async function twoTrees(t: TestContext, lines: string): Promise<ConfiguredService> {
  const service = await startConfigured(t, `[placement]\n${lines}`);
  for (let host = 0; host < 2; host++) {
    const root = await makeProvider(service.client);
    for (let device = 0; device < 3; device++) await makeProvider(service.client, { VGPU: 1 }, root);
  }
  return service;
}

/** The devices of the candidates, in the order of the answer. */
async function candidates({ client }: ConfiguredService): Promise<readonly string[]> {
  const { body } = expectStatus(await client.get('/allocation_candidates?resources=VGPU:1'), 200);
  return body.allocation_requests.map(({ allocations }: Json) => Object.keys(allocations)[0]);
}

async function rootsOf(service: ConfiguredService, providers: readonly string[]): Promise<number> {
  const roots = await Promise.all(
    providers.map(async (uuid) => (await service.client.get(`/resource_providers/${uuid}`)).body.root_provider_uuid),
  );
  return new Set(roots).size;
}

/** The answer to a preflight for PUT with a header of one's own. */
async function preflight(t: TestContext, lines: string) {
  const { ask } = await startConfigured(t, `[cors]\nallowed_origin = ${ORIGIN}\n${lines}`);
  const permission = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-own' };
  return (await ask('OPTIONS', '/traits', { origin: ORIGIN, ...permission })).headers;
}

export const serviceEffects: readonly Effect[] = [
  {
    options: ['[api] auth_strategy'],
    shows: 'keystone asks for a token of Keystone, noauth2 takes any',
    proof: async (t) => {
      const { client } = await startConfigured(t, '[api]\nauth_strategy = noauth2');
      assert.equal((await client.get('/traits')).status, 200);
      const keystone = await startConfigured(t, `[api]\nauth_strategy = keystone\n${KEYSTONE_SECTION('http://k:1')}`);
      const { status, headers } = await keystone.client.send('GET', '/traits', { headers: { 'x-auth-token': '' } });
      assert.deepEqual([status, headers['www-authenticate']], [401, 'Keystone uri="http://shown.example.com/"']);
    },
  },
  {
    options: ['[placement] max_allocation_candidates', '[placement] allocation_candidates_generation_strategy'],
    shows: 'so many candidates, of one tree or of all',
    proof: async (t) => {
      const strategy = 'allocation_candidates_generation_strategy';
      assert.equal((await candidates(await twoTrees(t, ''))).length, 6);
      const deep = await twoTrees(t, `max_allocation_candidates = 2\n${strategy} = depth-first`);
      const broad = await twoTrees(t, `max_allocation_candidates = 2\n${strategy} = breadth-first`);
      assert.equal(await rootsOf(deep, await candidates(deep)), 1);
      const [one, other, ...more] = await candidates(broad);
      assert.deepEqual(more, []);
      assert.equal(await rootsOf(broad, [one ?? '', other ?? '']), 2);
    },
  },
  {
    options: ['[placement] randomize_allocation_candidates'],
    shows: 'the order of candidates changes from one answer to the next',
    proof: async (t) => {
      const orders = async (lines: string) => {
        const service = await twoTrees(t, lines);
        const all = await Promise.all(Array.from({ length: 20 }, () => candidates(service)));
        return new Set(all.map((one) => one.join())).size;
      };
      assert.equal(await orders('randomize_allocation_candidates = false'), 1);
      assert.ok((await orders('randomize_allocation_candidates = true')) > 1);
    },
  },
  {
    options: ['[placement] incomplete_consumer_project_id', '[placement] incomplete_consumer_user_id'],
    shows: 'they are recorded for allocations that name nobody',
    proof: async (t) => {
      const { client } = await startConfigured(
        t,
        '[placement]\nincomplete_consumer_project_id = nobodys\nincomplete_consumer_user_id = nobody',
      );
      const uuid = await makeProvider(client, { VCPU: 1 });
      const consumer = `/allocations/${randomUUID()}`;
      const allocations = [{ resource_provider: { uuid }, resources: { VCPU: 1 } }];
      expectStatus(await client.at('1.7').put(consumer, { allocations }), 204);
      const { body } = expectStatus(await client.get(consumer), 200);
      assert.deepEqual([body.project_id, body.user_id], ['nobodys', 'nobody']);
    },
  },
  {
    options: ['[cors] allowed_origin', '[cors] allow_credentials', '[cors] max_age', '[cors] allow_methods'],
    shows: 'what a page of that origin is told that it may do',
    proof: async (t) => {
      const usual = await preflight(t, 'allow_headers = X-Own');
      assert.equal(usual['access-control-allow-origin'], ORIGIN);
      assert.deepEqual([usual['access-control-allow-credentials'], usual['access-control-max-age']], ['true', '3600']);
      const other = await preflight(t, 'allow_headers = X-Own\nallow_credentials = false\nmax_age = 7');
      assert.equal(other['access-control-allow-credentials'], undefined);
      assert.equal(other['access-control-max-age'], '7');
      const without = await preflight(t, 'allow_headers = X-Own\nallow_methods = GET,POST');
      assert.equal(without['access-control-allow-origin'], undefined);
      const { ask } = await startConfigured(t, '[cors]\nallowed_origin =');
      assert.equal((await ask('OPTIONS', '/traits', { origin: ORIGIN })).status, 405);
    },
  },
  {
    options: ['[cors] allow_headers', '[cors] expose_headers'],
    shows: 'headers that a page may send and read',
    proof: async (t) => {
      assert.equal((await preflight(t, ''))['access-control-allow-headers'], undefined);
      assert.equal((await preflight(t, 'allow_headers = X-Own'))['access-control-allow-headers'], 'x-own');
      const { client } = await startConfigured(t, `[cors]\nallowed_origin = ${ORIGIN}\nexpose_headers = X-One, X-Two`);
      const { headers } = await client.send('GET', '/traits', { headers: { origin: ORIGIN } });
      assert.equal(headers['access-control-expose-headers'], 'X-One,X-Two');
    },
  },
  {
    options: ['[oslo_middleware] enable_proxy_headers_parsing'],
    shows: 'a location has the address that the proxy was asked at',
    proof: async (t) => {
      const located = async (value: string) => {
        const { client } = await startConfigured(t, `[oslo_middleware]\nenable_proxy_headers_parsing = ${value}`);
        const { headers } = await client.send('PUT', '/traits/CUSTOM_X', {
          headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'cloud.example' },
        });
        return String(headers.location);
      };
      assert.equal(await located('true'), 'https://cloud.example/traits/CUSTOM_X');
      assert.match(await located('false'), /^http:\/\/127\.0\.0\.1:/);
    },
  },
];
