// http-api §9.2 and §9.3: which bodies write allocations at which microversion, for PUT and for POST.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINOR_MAX, microversion } from '../../../src/domain/microversion.ts';
import { allocationListBody, consumerAllocationsBody, consumersBody } from '../../../src/http/schemas/allocations.ts';
import { assertRefused, decoded } from './refusals.ts';

const PROVIDER = 'fcfa516a-abbe-45d1-8152-d5225d82e596';
const CONSUMER = '9ae60315-80c2-48a0-a168-ca4f27c307e1';
const OWNER = { project_id: 'p1', user_id: 'u1' };
const LIST = [{ resource_provider: { uuid: PROVIDER }, resources: { DISK_GB: 10, VCPU: 8 } }];
const BY_PROVIDER = { [PROVIDER]: { resources: { DISK_GB: 10 } } };
const MAPPINGS = { '': [PROVIDER], _NET1: [PROVIDER] };

/** A complete and valid PUT body of the microversion, with everything that is optional there. */
function putBody(minor: number): Record<string, unknown> {
  return {
    allocations: minor < 12 ? LIST : BY_PROVIDER,
    ...(minor >= 8 ? OWNER : {}),
    ...(minor >= 28 ? { consumer_generation: null } : {}),
    ...(minor >= 34 ? { mappings: MAPPINGS } : {}),
    ...(minor >= 38 ? { consumer_type: 'INSTANCE' } : {}),
  };
}

function validatePut(minor: number, body: unknown): unknown {
  const version = microversion(minor);
  return minor < 12 ? allocationListBody(version)(body) : consumerAllocationsBody(version)(body);
}

function validatePost(minor: number, body: unknown): unknown {
  return consumersBody(microversion(minor))(body);
}

for (let minor = 0; minor <= MINOR_MAX; minor += 1) {
  test(`PUT at 1.${minor} takes its own body, whole, and no member of a later microversion`, () => {
    const body = putBody(minor);
    assert.equal(validatePut(minor, body), body);
    for (const required of Object.keys(body).filter((name) => name !== 'mappings')) {
      const { [required]: _, ...rest } = body;
      assertRefused(
        () => validatePut(minor, rest),
        `'${required}' is a required property`,
        "Failed validating 'required' in schema",
      );
    }
    for (const [name, value] of Object.entries(putBody(MINOR_MAX)).filter(([name]) => !(name in body))) {
      assertRefused(
        () => validatePut(minor, { ...body, [name]: value }),
        `Additional properties are not allowed ('${name}' was unexpected)`,
      );
    }
    assertRefused(
      () => validatePut(minor, { ...body, allocations: minor < 12 ? BY_PROVIDER : LIST }),
      'is not of type',
    );
  });

  if (minor >= 13) {
    test(`POST at 1.${minor} takes the PUT body once per consumer, allocations empty or not`, () => {
      const part = putBody(minor);
      const body = { [CONSUMER]: part, [PROVIDER]: { ...part, allocations: {} } };
      assert.equal(validatePost(minor, body), body);
      assertRefused(() => validatePost(minor, {}), '{} does not have enough properties');
      assertRefused(() => validatePost(minor, { cow: part }), "'cow' does not match any of the regexes");
      assertRefused(
        () => validatePost(minor, { [CONSUMER.replaceAll('-', '')]: part }),
        'does not match any of the regexes',
      );
      assertRefused(() => validatePost(minor, { [CONSUMER]: { ...part, bad_field: 1 } }), "'bad_field' was unexpected");
      assertRefused(() => validatePost(minor, { [CONSUMER]: {} }), "'allocations' is a required property");
    });
  }
}

test('the list form needs an item, a provider and a resource', () => {
  for (const minor of [0, 7, 8, 11]) {
    const put = (allocations: unknown) => () => validatePut(minor, { ...putBody(minor), allocations });
    const [item] = LIST;
    assertRefused(put([]), '[] is too short', "Failed validating 'minItems'");
    assertRefused(put([{ ...item, resources: {} }]), '{} does not have enough properties');
    assertRefused(
      put([{ ...item, resources: { VCPU: 0 } }]),
      'JSON does not validate: 0 is less than the minimum of 1',
    );
    assertRefused(put([{ ...item, resources: { VCPU: 0 } }]), "Failed validating 'minimum' in schema");
    assertRefused(put([{ ...item, resources: { VCPU: 1.5 } }]), "1.5 is not of type 'integer'");
    assertRefused(put([{ ...item, resources: { vcpu: 1 } }]), "'vcpu' does not match any of the regexes");
    assertRefused(put([{ ...item, generation: 1 }]), "('generation' was unexpected)");
    assertRefused(put([{ resources: { VCPU: 1 } }]), "'resource_provider' is a required property");
    assertRefused(put([{ resource_provider: { uuid: PROVIDER } }]), "'resources' is a required property");
    assertRefused(put([{ ...item, resource_provider: {} }]), "'uuid' is a required property");
    assertRefused(put([{ ...item, resource_provider: { uuid: 'cow' } }]), "'cow' is not a 'uuid'", "'format'");
    put([{ ...item, resource_provider: { uuid: PROVIDER.replaceAll('-', '') } }])();
  }
});

test('the object form is keyed by 36 characters, and ignores a generation', () => {
  for (const minor of [12, 27, 28, 39]) {
    const put = (allocations: unknown) => () => validatePut(minor, { ...putBody(minor), allocations });
    put({ [PROVIDER.toUpperCase()]: { resources: { VCPU: 1 }, generation: 17 } })();
    assertRefused(put({ cow: { resources: { VCPU: 1 } } }), "'cow' does not match any of the regexes");
    assertRefused(put(decoded('{"__proto__": {"resources": {"VCPU": 1}}}')), "'__proto__' does not match any of the");
    assertRefused(put({ [PROVIDER]: { resources: {} } }), '{} does not have enough properties');
    assertRefused(put({ [PROVIDER]: { resources: { 'A-B': 1 } } }), "'A-B' does not match any of the regexes");
    assertRefused(
      put({ [PROVIDER]: { resources: { VCPU: 0 } } }),
      '0 is less than the minimum of 1',
      "'minimum' in schema",
    );
    assertRefused(put({ [PROVIDER]: { resources: { VCPU: 1 }, generation: null } }), "None is not of type 'integer'");
    assertRefused(put({ [PROVIDER]: {} }), "'resources' is a required property");
    assertRefused(put({ [PROVIDER]: { resources: { VCPU: 1 }, bad: 1 } }), "('bad' was unexpected)");
  }
});

test('PUT may take everything away from 1.28', () => {
  assertRefused(() => validatePut(27, { ...putBody(27), allocations: {} }), '{} does not have enough properties');
  for (const minor of [28, 34, 38]) validatePut(minor, { ...putBody(minor), allocations: {} });
});

test('project and user are any text of 1 to 255 code points', () => {
  for (const minor of [8, 12, 28, 39]) {
    for (const member of ['project_id', 'user_id']) {
      const put = (value: unknown) => () => validatePut(minor, { ...putBody(minor), [member]: value });
      put('\u{1F600}'.repeat(255))();
      assertRefused(put(''), "Failed validating 'minLength'");
      assertRefused(put('a'.repeat(256)), "Failed validating 'maxLength'");
      assertRefused(put(null), "None is not of type 'string'");
    }
  }
});

test('a consumer generation is an integer or null', () => {
  for (const value of [null, 0, 5, -1]) validatePut(28, { ...putBody(28), consumer_generation: value });
  for (const value of ['1', 1.5, false]) {
    assertRefused(
      () => validatePut(28, { ...putBody(28), consumer_generation: value }),
      "not of type 'integer', 'null'",
    );
  }
});

test('mappings are checked where the key has a character of a suffix', () => {
  const put = (mappings: unknown) => () => validatePut(34, { ...putBody(34), mappings });
  put({ '': 'anything' })();
  put({ '': [PROVIDER], 1: [PROVIDER], '**a**': [PROVIDER] })();
  assertRefused(put({}), '{} does not have enough properties');
  assertRefused(put({ alpha: 'beta' }), "JSON does not validate: 'beta' is not of type 'array'");
  assertRefused(put({ alpha: [] }), '[] is too short');
  assertRefused(put({ alpha: ['cow'] }), "'cow' is not a 'uuid'");
  assertRefused(put([]), "[] is not of type 'object'");
});

test('a consumer type is an upper-case name', () => {
  const put = (type: unknown) => () => validatePut(38, { ...putBody(38), consumer_type: type });
  for (const type of ['INSTANCE', 'ALL', '9', 'A'.repeat(255)]) put(type)();
  assertRefused(put('instance'), "'instance' does not match '^[A-Z0-9_]+$'");
  assertRefused(put(''), 'does not match');
  assertRefused(put('A'.repeat(256)), "Failed validating 'maxLength'");
  assertRefused(put(null), "None is not of type 'string'");
});
