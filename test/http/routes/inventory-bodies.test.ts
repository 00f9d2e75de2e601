// http-api §5: which bodies describe inventories, and the records they come to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { microversion } from '../../../src/domain/microversion.ts';
import {
  capacityRule,
  inventoriesText,
  inventoryText,
  inventoryValue,
  inventoryValues,
} from '../../../src/http/routes/inventory-values.ts';
import {
  createInventoryBody,
  replaceInventoriesBody,
  updateInventoryBody,
} from '../../../src/http/schemas/inventories.ts';
import { assertRefused, decoded } from './refusals.ts';
import { classId } from './small-world.ts';

const FULL = { total: 2048, reserved: 512, min_unit: 10, max_unit: 1024, step_size: 10, allocation_ratio: 1.5 };

test('a whole record, or only its total, creates an inventory', () => {
  for (const record of [FULL, { total: 1 }, { total: 2147483647, reserved: 0, allocation_ratio: -1 }]) {
    const body = { resource_class: 'CUSTOM_X', ...record };
    assert.equal(createInventoryBody(body), body);
  }
  createInventoryBody({ resource_class: 'VCPU', total: 1, resource_provider_generation: 7 });
});

test('a record out of range is refused by the name of its field', () => {
  const create = (changes: object) => () => createInventoryBody({ resource_class: 'VCPU', ...FULL, ...changes });
  for (const field of ['total', 'min_unit', 'max_unit', 'step_size']) {
    assertRefused(
      create({ [field]: 0 }),
      'JSON does not validate: 0 is less than the minimum of 1',
      `Failed validating 'minimum' in schema['properties']['${field}']`,
    );
    assertRefused(create({ [field]: 2147483648 }), '2147483648 is greater than the maximum of 2147483647', "'maximum'");
  }
  assertRefused(create({ min_unit: -1 }), '-1 is less than the minimum of 1');
  assertRefused(create({ reserved: -1 }), '-1 is less than the minimum of 0');
  assertRefused(create({ allocation_ratio: 3.5e38 }), "Failed validating 'maximum'");
  assertRefused(
    create(decodedObject('{"total": 1e400}')),
    "Failed validating 'maximum' in schema['properties']['total']",
  );
  assertRefused(create({ total: 1.5 }), "1.5 is not of type 'integer'");
  assertRefused(create({ total: true }), "True is not of type 'integer'");
  assertRefused(create({ total: '1' }), "'1' is not of type 'integer'");
  assertRefused(create({ allocation_ratio: null }), "None is not of type 'number'");
  assertRefused(create({ bad_field: 1 }), "('bad_field' was unexpected)");
  assertRefused(create({ resource_class: 'vcpu' }), "'vcpu' does not match '^[A-Z0-9_]+$'");
  assertRefused(create({ resource_class: 'VCPU\n' }), 'does not match');
  assertRefused(() => createInventoryBody({ resource_class: 'VCPU' }), "'total' is a required property");
  assertRefused(() => createInventoryBody({ total: 1 }), "'resource_class' is a required property");
});

test('an update of one inventory needs the generation, and takes no class', () => {
  const body = { resource_provider_generation: 1, total: 5.0 };
  assert.equal(updateInventoryBody(body), body);
  assertRefused(() => updateInventoryBody({ total: 5 }), "'resource_provider_generation' is a required property");
  assertRefused(() => updateInventoryBody({ ...body, resource_class: 'VCPU' }), "('resource_class' was unexpected)");
  assertRefused(() => updateInventoryBody({ ...body, resource_provider_generation: '1' }), "is not of type 'integer'");
});

test('all inventories of a provider are replaced by an object of records, possibly empty', () => {
  const body = {
    resource_provider_generation: 3,
    inventories: { VCPU: { total: 4, resource_provider_generation: 2 }, lower: { total: 1 } },
  };
  assert.equal(replaceInventoriesBody(body), body);
  replaceInventoriesBody({ resource_provider_generation: 0, inventories: {} });
  assertRefused(() => replaceInventoriesBody({ inventories: {} }), "'resource_provider_generation' is a required");
  assertRefused(() => replaceInventoriesBody({ resource_provider_generation: 0 }), "'inventories' is a required");
  assertRefused(() => replaceInventoriesBody({ ...body, x: 1 }), "('x' was unexpected)");
});

test('a record of a name that no class can have is checked too', () => {
  const replace = (inventories: unknown) => () =>
    replaceInventoriesBody({ resource_provider_generation: 0, inventories });
  for (const key of ['VCPU', 'lower', '', '__proto__', '\u2603']) {
    const text = JSON.stringify(key);
    assertRefused(replace(decoded(`{${text}: 1}`)), "1 is not of type 'object'");
    assertRefused(replace(decoded(`{${text}: {}}`)), "'total' is a required property");
    assertRefused(replace(decoded(`{${text}: {"total": 0}}`)), '0 is less than the minimum of 1');
    replace(decoded(`{${text}: {"total": 1}}`))();
  }
});

test('absent members of a record take their defaults', () => {
  assert.deepEqual(inventoryValue({ total: 7 }), {
    total: 7,
    reserved: 0,
    minUnit: 1,
    maxUnit: 2147483647,
    stepSize: 1,
    allocationRatio: 1,
  });
  assert.deepEqual(inventoryValue({ ...FULL, reserved: 0, allocation_ratio: 0 }), {
    total: 2048,
    reserved: 0,
    minUnit: 10,
    maxUnit: 1024,
    stepSize: 10,
    allocationRatio: 0,
  });
});

test('every record of a body is a value of its own, `__proto__` included', () => {
  const body = replaceInventoriesBody(
    decoded('{"resource_provider_generation":0,"inventories":{"VCPU":{"total":1},"__proto__":{"total":2}}}'),
  );
  assert.deepEqual(
    inventoryValues(body).map(({ resourceClass, inventory }) => [resourceClass, inventory.total]),
    [
      ['VCPU', 1],
      ['__proto__', 2],
    ],
  );
});

test('all of an inventory may be reserved from 1.26', () => {
  assert.equal(capacityRule(microversion(25)), 'some-capacity');
  assert.equal(capacityRule(microversion(26)), 'no-negative-capacity');
});

test('an inventory shows its six members and the generation of its provider', () => {
  assert.deepEqual(JSON.parse(inventoryText(inventoryValue(FULL), 9)), { resource_provider_generation: 9, ...FULL });
  // As the field's clients show it to people: a ratio is a real number.
  assert.match(inventoryText(inventoryValue({ total: 1 }), 0), /"allocation_ratio":1\.0}$/);
});

test('inventories show by class', () => {
  const { reserved: _, ...rest } = FULL;
  const stored = {
    ...inventoryValue(rest),
    resourceClassId: classId('DISK_GB'),
    modifiedAt: null,
    resourceClass: 'DISK_GB',
  };
  assert.deepEqual(JSON.parse(inventoriesText([stored], 2)), {
    resource_provider_generation: 2,
    inventories: { DISK_GB: { ...FULL, reserved: 0 } },
  });
  assert.deepEqual(JSON.parse(inventoriesText([], 0)), { resource_provider_generation: 0, inventories: {} });
});

function decodedObject(text: string): object {
  const value = decoded(text);
  assert.ok(typeof value === 'object' && value !== null);
  return value;
}
