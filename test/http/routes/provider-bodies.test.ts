// http-api §4.3 and §4.5: which bodies create or update a provider at which microversion.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { microversion } from '../../../src/domain/microversion.ts';
import { createProviderBody, updateProviderBody } from '../../../src/http/schemas/resource-providers.ts';
import { assertRefused, decoded } from './refusals.ts';

const UUID = '4b5e5b3a-6f39-4f0b-8f2a-0d0ac5a64bd1';
const FIRST = microversion(0);
const TREES = microversion(14);
const LATEST = microversion(39);

for (const version of [FIRST, microversion(13), TREES, LATEST]) {
  test(`at 1.${version} a provider is created from a name, with or without a uuid in any lenient spelling`, () => {
    const validate = createProviderBody(version);
    for (const body of [
      { name: 'n' },
      { name: '' },
      { name: '\u{1F600}'.repeat(200) },
      { name: 'n', uuid: UUID },
      { name: 'n', uuid: UUID.replaceAll('-', '').toUpperCase() },
      { name: 'n', uuid: `{${UUID}}` },
      { name: 'n', uuid: `urn:uuid:${UUID}` },
    ]) {
      assert.equal(validate(body), body);
    }
  });

  test(`at 1.${version} a body that creates no provider is refused`, () => {
    const validate = createProviderBody(version);
    assertRefused(() => validate({}), "JSON does not validate: 'name' is a required property", "'required' in schema");
    assertRefused(() => validate([]), "[] is not of type 'object'");
    assertRefused(() => validate({ name: 1, uuid: 'q' }), "JSON does not validate: 1 is not of type 'string'");
    assertRefused(() => validate({ name: 'a'.repeat(201) }), 'is too long', "Failed validating 'maxLength' in schema");
    assertRefused(() => validate({ name: 'n', uuid: '' }), "'' is not a 'uuid'", "Failed validating 'format'");
    assertRefused(() => validate({ name: 'n', uuid: 'cow' }), "'cow' is not a 'uuid'");
    assertRefused(() => validate({ name: 'n', uuid: null }), "None is not of type 'string'");
    assertRefused(() => validate({ name: 'n', generation: 1 }), "('generation' was unexpected)");
    assertRefused(() => validate(decoded('{"name":"n","__proto__":1}')), "('__proto__' was unexpected)");
  });
}

test('a parent may be named from 1.14', () => {
  for (const bodyAt of [createProviderBody, updateProviderBody]) {
    for (const parent of [UUID, UUID.replaceAll('-', ''), null]) {
      const body = { name: 'n', parent_provider_uuid: parent };
      assert.equal(bodyAt(TREES)(body), body);
      assertRefused(() => bodyAt(microversion(13))(body), "('parent_provider_uuid' was unexpected)");
    }
    assertRefused(() => bodyAt(TREES)({ name: 'n', parent_provider_uuid: 'cow' }), "'cow' is not a 'uuid'", "'format'");
    assertRefused(() => bodyAt(TREES)({ name: 'n', parent_provider_uuid: 7 }), '7 is not valid under any of the given');
  }
});

test('an update takes no uuid and no root', () => {
  for (const version of [FIRST, LATEST]) {
    const validate = updateProviderBody(version);
    assert.deepEqual(validate({ name: '' }), { name: '' });
    assertRefused(() => validate({}), "'name' is a required property");
    assertRefused(() => validate({ name: 'n', uuid: UUID }), 'Additional properties are not allowed');
    assertRefused(() => validate({ name: 'n', root_provider_uuid: UUID }), 'Additional properties are not allowed');
  }
});
