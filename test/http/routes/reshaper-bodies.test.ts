// http-api §12.1: which bodies reshape at which microversion.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINOR_MAX, microversion } from '../../../src/domain/microversion.ts';
import { reshaperBody } from '../../../src/http/schemas/reshaper.ts';
import { assertRefused } from './refusals.ts';

const PROVIDER = 'fcfa516a-abbe-45d1-8152-d5225d82e596';
const CONSUMER = '9ae60315-80c2-48a0-a168-ca4f27c307e1';
const INVENTORIES = { [PROVIDER]: { resource_provider_generation: 1, inventories: { VCPU: { total: 4 } } } };

function consumer(minor: number): Record<string, unknown> {
  return {
    allocations: { [PROVIDER]: { resources: { VCPU: 1 } } },
    project_id: 'p',
    user_id: 'u',
    consumer_generation: 1,
    ...(minor >= 34 ? { mappings: { '': [PROVIDER] } } : {}),
    ...(minor >= 38 ? { consumer_type: 'INSTANCE' } : {}),
  };
}

for (let minor = 30; minor <= MINOR_MAX; minor += 1) {
  const validate = reshaperBody(microversion(minor));

  test(`at 1.${minor} inventories of at least one provider, and consumers or none`, () => {
    const body = { inventories: INVENTORIES, allocations: { [CONSUMER]: consumer(minor) } };
    assert.equal(validate(body), body);
    validate({ inventories: { [PROVIDER]: { resource_provider_generation: 1, inventories: {} } }, allocations: {} });
    validate({ ...body, allocations: { [CONSUMER]: { ...consumer(minor), allocations: {} } } });

    assertRefused(() => validate({ ...body, inventories: {} }), '{} does not have enough properties');
    assertRefused(() => validate({ allocations: {} }), "'inventories' is a required property");
    assertRefused(() => validate({ inventories: INVENTORIES }), "'allocations' is a required property");
    assertRefused(() => validate({ ...body, bad_field: 1 }), "'bad_field' was unexpected");
    assertRefused(() => validate({ ...body, inventories: { cow: {} } }), 'does not match any of the regexes');
    assertRefused(() => validate({ ...body, allocations: { cow: {} } }), 'does not match any of the regexes');
    assertRefused(
      () => validate({ ...body, inventories: { [PROVIDER]: { inventories: {} } } }),
      "'resource_provider_generation' is a required property",
    );
  });
}

test('a consumer has a type from 1.38, and has to', () => {
  const body = (part: object) => ({ inventories: INVENTORIES, allocations: { [CONSUMER]: part } });
  assertRefused(() => reshaperBody(microversion(38))(body(consumer(37))), "'consumer_type' is a required property");
  assertRefused(
    () => reshaperBody(microversion(37))(body(consumer(38))),
    'Additional properties are not allowed',
    "'consumer_type' was unexpected",
  );
  assertRefused(() => reshaperBody(microversion(33))(body(consumer(34))), "('mappings' was unexpected)");
});
