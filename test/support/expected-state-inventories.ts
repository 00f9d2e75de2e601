// Inventories and provider usages as http-api §5 and §11.1 describe them.

import type { Json } from './client.ts';
import {
  type ApiRequest,
  CONCURRENT_UPDATE,
  type ExpectedReply,
  hasMembers,
  INVENTORY_IN_USE,
  type InventoryRecord,
  inOrderOf,
  invalid,
  isObject,
  type Minor,
  type Provider,
  providerOf,
  Refused,
  refused,
  type State,
  UNDEFINED_CODE,
  usedOf,
} from './expected-state.ts';

const FIELDS = ['reserved', 'min_unit', 'max_unit', 'step_size', 'allocation_ratio'];
const MAX = 2_147_483_647;

/** The record that a body asks for: what it leaves out has its default. */
export function recordOf(body: Json): InventoryRecord {
  const { total, reserved = 0, min_unit = 1, max_unit = MAX, step_size = 1, allocation_ratio = 1 } = body;
  return { total, reserved, min_unit, max_unit, step_size, allocation_ratio };
}

/** Not truncated (§9.5). */
export function exactCapacity({ total, reserved, allocation_ratio: ratio }: InventoryRecord): number {
  return (total - reserved) * ratio;
}

function isRecord(body: Json, required: readonly string[], optional: readonly string[] = []): boolean {
  return hasMembers(body, ['total', ...required], [...FIELDS, ...optional]) && body.total >= 1;
}

/** §5.2 */
export function showInventories(state: State, uuid: string): ExpectedReply {
  const { inventories, generation } = providerOf(state, uuid);
  return {
    status: 200,
    body: { inventories: Object.fromEntries(inventories), resource_provider_generation: generation },
  };
}

/** §5.6 */
export function showInventory(state: State, uuid: string, resourceClass: string): ExpectedReply {
  const { inventories, generation } = providerOf(state, uuid);
  const record = inventories.get(resourceClass);
  if (record === undefined) throw refused(404, `No inventory of class ${resourceClass} for ${uuid}`);
  return { status: 200, body: { ...record, resource_provider_generation: generation } };
}

/** §5.3 */
export function postInventory(state: State, { version, body }: ApiRequest, uuid: string): ExpectedReply {
  const provider = providerOf(state, uuid);
  if (!isRecord(body, ['resource_class'], ['resource_provider_generation'])) throw invalid();
  const { resource_class: resourceClass } = body;
  const prefix = 'Unable to create inventory for resource provider';
  checkCapacityRule(recordOf(body), version, prefix);
  if (!state.classes.includes(resourceClass)) {
    throw new Refused(400, [prefix, `No such resource class ${resourceClass}`], UNDEFINED_CODE, []);
  }
  if (provider.inventories.has(resourceClass)) throw refused(409, 'Update conflict', CONCURRENT_UPDATE);
  provider.inventories.set(resourceClass, recordOf(body));
  provider.generation += 1;
  return { ...showInventory(state, uuid, resourceClass), status: 201 };
}

/** §5.4 */
export function putInventories(state: State, { version, body }: ApiRequest, uuid: string): ExpectedReply {
  const provider = providerOf(state, uuid);
  if (!isInventoriesBody(body)) throw invalid();
  checkGeneration(provider, body.resource_provider_generation);
  const wanted = recordsOf(body);
  for (const record of wanted.values()) {
    checkCapacityRule(record, version, `Unable to update inventory for resource provider ${uuid}`);
  }
  const unknown = [...wanted.keys()].filter((name) => !state.classes.includes(name));
  if (unknown.length > 0) throw refused(400, 'Unknown resource class in inventory');
  checkNotInUse(state, provider, new Set(wanted.keys()));
  provider.inventories = wanted;
  provider.generation += 1;
  return showInventories(state, uuid);
}

/** The body of §5.4, which is also that of one provider of the reshaper. */
export function isInventoriesBody(body: Json): boolean {
  return (
    hasMembers(body, ['resource_provider_generation', 'inventories']) &&
    isObject(body.inventories) &&
    Object.values(body.inventories).every((record) => isRecord(record, [], ['resource_provider_generation']))
  );
}

export function recordsOf(body: Json): Map<string, InventoryRecord> {
  const entries: [string, Json][] = Object.entries(body.inventories);
  return new Map(entries.map(([name, record]) => [name, recordOf(record)]));
}

/** §5.5 */
export function deleteInventories(state: State, uuid: string, version: Minor): ExpectedReply {
  if (version < 5) throw refused(405, 'The method DELETE is not allowed for this resource.');
  const provider = providerOf(state, uuid);
  checkNotInUse(state, provider, new Set());
  provider.inventories = new Map();
  provider.generation += 1;
  return { status: 204 };
}

/** §5.7 */
export function putInventory(
  state: State,
  { version, body }: ApiRequest,
  uuid: string,
  resourceClass: string,
): ExpectedReply {
  const provider = providerOf(state, uuid);
  if (!isRecord(body, ['resource_provider_generation'])) throw invalid();
  checkGeneration(provider, body.resource_provider_generation);
  checkCapacityRule(recordOf(body), version, `Unable to update inventory for resource provider ${uuid}`);
  if (!state.classes.includes(resourceClass)) throw refused(404, `No such resource class ${resourceClass}`);
  if (!provider.inventories.has(resourceClass)) throw refused(400, 'No inventory record with resource class');
  provider.inventories.set(resourceClass, recordOf(body));
  provider.generation += 1;
  return showInventory(state, uuid, resourceClass);
}

/** §5.8 */
export function deleteInventory(state: State, uuid: string, resourceClass: string): ExpectedReply {
  const provider = providerOf(state, uuid);
  if (!provider.inventories.has(resourceClass)) {
    throw refused(404, `No inventory of class ${resourceClass} found for delete`);
  }
  if (usedOf(state, uuid, resourceClass) > 0) {
    throw refused(409, `Inventory for '${resourceClass}' on resource provider '${uuid}' in use`, CONCURRENT_UPDATE);
  }
  provider.inventories.delete(resourceClass);
  provider.generation += 1;
  return { status: 204 };
}

/** §11.1 */
export function showProviderUsages(state: State, uuid: string): ExpectedReply {
  const { inventories, generation } = providerOf(state, uuid);
  const usages = [...inventories.keys()].map((name) => [name, usedOf(state, uuid, name)]);
  return { status: 200, body: { usages: Object.fromEntries(usages), resource_provider_generation: generation } };
}

/** Refuses to remove, of the classes that are not kept, those in use (§5.4, §5.5, §12.2). */
export function checkNotInUse(state: State, provider: Provider, kept: ReadonlySet<string>): void {
  const inUse = [...provider.inventories.keys()].filter(
    (name) => !kept.has(name) && usedOf(state, provider.uuid, name) > 0,
  );
  if (inUse.length === 0) return;
  const classes = inOrderOf(state.classes, inUse).join(', ');
  throw refused(409, `Inventory for '${classes}' on resource provider '${provider.uuid}' in use`, INVENTORY_IN_USE);
}

/** §5.1 */
function checkCapacityRule(record: InventoryRecord, version: Minor, prefix: string): void {
  const capacity = Math.trunc(exactCapacity(record));
  const relation = version < 26 ? 'greater than or equal to total' : 'greater than total';
  const broken = version < 26 ? capacity <= 0 : capacity < 0;
  if (broken) throw new Refused(400, [prefix, relation], UNDEFINED_CODE, []);
}

function checkGeneration(provider: Provider, given: number): void {
  if (given !== provider.generation) throw refused(409, 'resource provider generation conflict', CONCURRENT_UPDATE);
}
