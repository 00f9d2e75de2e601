// http-api §4.1: what a provider shows at which microversion.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINOR_MAX, microversion } from '../../../src/domain/microversion.ts';
import { providerListText, providerText } from '../../../src/http/routes/provider-representation.ts';
import { providerNumber } from '../../../src/model/reader.ts';
import { COMPUTE, NETWORK, smallWorld } from './small-world.ts';

const CHILD = { uuid: NETWORK, name: 'a "b" \u2603', generation: 7, parentUuid: COMPUTE, rootUuid: COMPUTE };
const LINKS = ['self', 'inventories', 'usages', 'aggregates', 'traits', 'allocations'];

for (let minor = 0; minor <= MINOR_MAX; minor += 1) {
  test(`at 1.${minor} a provider has its members and links, and no others`, () => {
    const linkCount = minor < 1 ? 3 : minor < 6 ? 4 : minor < 11 ? 5 : 6;
    assert.deepEqual(JSON.parse(providerText(CHILD, microversion(minor), '/placement')), {
      uuid: NETWORK,
      name: 'a "b" \u2603',
      generation: 7,
      links: LINKS.slice(0, linkCount).map((rel) => ({
        rel,
        href: `/placement/resource_providers/${NETWORK}${rel === 'self' ? '' : `/${rel}`}`,
      })),
      ...(minor >= 14 ? { parent_provider_uuid: COMPUTE, root_provider_uuid: COMPUTE } : {}),
    });
  });
}

test('a root has no parent', () => {
  const root = { ...CHILD, parentUuid: null, rootUuid: NETWORK };
  const shown = JSON.parse(providerText(root, microversion(14), ''));
  assert.equal(shown.parent_provider_uuid, null);
  assert.equal(shown.root_provider_uuid, NETWORK);
  assert.equal(shown.links[0].href, `/resource_providers/${NETWORK}`);
});

test('a uuid that is no uuid still makes a whole path', () => {
  const odd = { ...CHILD, uuid: 'a/b"' };
  assert.equal(
    JSON.parse(providerText(odd, microversion(0), '')).links[1].href,
    '/resource_providers/a%2Fb%22/inventories',
  );
});

test('a list shows what the model has', () => {
  const version = microversion(39);
  const listed = JSON.parse(providerListText(smallWorld, [providerNumber(2), providerNumber(0)], version, ''));
  assert.deepEqual(
    listed.resource_providers.map(({ links: _, ...shown }: { links: unknown }) => shown),
    [
      { uuid: NETWORK, name: 'nic', generation: 12, parent_provider_uuid: COMPUTE, root_provider_uuid: COMPUTE },
      { uuid: COMPUTE, name: 'cn1', generation: 10, parent_provider_uuid: null, root_provider_uuid: COMPUTE },
    ],
  );
  assert.equal(providerListText(smallWorld, [], version, ''), '{"resource_providers":[]}');
});
