// Allocation writes and reads, and the usages of projects, as http-api §9–§11.2 describe them.

import type { Json } from './client.ts';
import {
  type ApiRequest,
  CONCURRENT_UPDATE,
  type Consumer,
  canonical,
  type ExpectedReply,
  type Holdings,
  hasMembers,
  INCOMPLETE_OWNER,
  type InventoryRecord,
  invalid,
  isObject,
  known,
  type Minor,
  providerOf,
  Refused,
  refused,
  type State,
  UNDEFINED_CODE,
  usedOf,
} from './expected-state.ts';
import { exactCapacity } from './expected-state-inventories.ts';

/** What one consumer is to hold; undefined where the microversion has no such member. */
export interface ConsumerWrite {
  readonly consumer: string;
  readonly holdings: Holdings;
  readonly project: string;
  readonly user: string;
  readonly generation: number | null | undefined;
  readonly type: string | undefined;
}

/** §9.4 for PUT */
export function putAllocations(state: State, { version, body }: ApiRequest, text: string): ExpectedReply {
  const consumer = canonical(text);
  if (consumer === undefined) throw refused(400, 'Malformed consumer_uuid');
  checkConsumerBody(body, version);
  const isEmpty = (version < 12 ? body.allocations.length : Object.keys(body.allocations).length) === 0;
  if (isEmpty && version < 28) throw invalid();
  writeAllocations(state, [writeOf(consumer, body, version)], (resourceClass) => [
    'Unable to allocate inventory for consumer',
    `No such resource class ${resourceClass}`,
  ]);
  return { status: 204 };
}

/** §9.3, §9.4 for POST */
export function postAllocations(state: State, { version, body }: ApiRequest): ExpectedReply {
  if (!isObject(body) || Object.keys(body).length === 0) throw invalid();
  writeAllocations(state, writesOf(body, version), (resourceClass) => [`No such resource class ${resourceClass}`]);
  return { status: 204 };
}

/** The members of POST and of the reshaper's `allocations`; throws when one is not as it should be. */
export function writesOf(body: Json, version: Minor): readonly ConsumerWrite[] {
  const parts: [string, Json][] = Object.entries(body);
  for (const [, part] of parts) checkConsumerBody(part, version);
  return parts.map(([consumer, part]) => writeOf(consumer, part, version));
}

/** §9.2 */
function checkConsumerBody(body: Json, version: Minor): void {
  const required = ['allocations'];
  if (version >= 8) required.push('project_id', 'user_id');
  if (version >= 28) required.push('consumer_generation');
  if (version >= 38) required.push('consumer_type');
  if (!hasMembers(body, required, version >= 34 ? ['mappings'] : [])) throw invalid();
  const { allocations } = body;
  if (version < 12 ? !Array.isArray(allocations) : !isObject(allocations)) throw invalid();
  const parts: Json[] = Object.values(allocations);
  for (const { resources } of parts) {
    const amounts: number[] = Object.values(resources);
    if (amounts.length === 0 || amounts.some((amount) => amount < 1)) throw invalid();
  }
}

function writeOf(consumer: string, body: Json, version: Minor): ConsumerWrite {
  const entries: [string, Json][] =
    version < 12
      ? body.allocations.map((item: Json) => [item.resource_provider.uuid, item.resources])
      : Object.entries(body.allocations).map(([uuid, part]: [string, Json]) => [uuid, part.resources]);
  return {
    consumer,
    // Of two items for one provider the later replaces the earlier.
    holdings: new Map(entries.map(([uuid, resources]) => [uuid, new Map(Object.entries<number>(resources))])),
    project: version < 8 ? INCOMPLETE_OWNER : body.project_id,
    user: version < 8 ? INCOMPLETE_OWNER : body.user_id,
    generation: version < 28 ? undefined : body.consumer_generation,
    type: body.consumer_type,
  };
}

/** Steps 3, 4 and 6–10 of §9.4. */
export function writeAllocations(
  state: State,
  writes: readonly ConsumerWrite[],
  unknownClass: (name: string) => readonly string[],
): void {
  checkConsumersAndProviders(state, writes);
  const unknown = classesOf(writes).filter((name) => !state.classes.includes(name));
  // Which of several is named first is open.
  if (unknown.length > 1)
    throw new Refused(
      400,
      [],
      UNDEFINED_CODE,
      unknown.map((name) => `No such resource class ${name}`),
    );
  for (const name of unknown) throw new Refused(400, unknownClass(name), UNDEFINED_CODE, []);
  replaceHoldings(state, writes, (uuid, resourceClass) => known(state.providers, uuid).inventories.get(resourceClass));
}

/** Steps 3 and 4 of §9.4. */
export function checkConsumersAndProviders(state: State, writes: readonly ConsumerWrite[]): void {
  for (const { consumer, generation } of writes) {
    const current = state.consumers.get(consumer)?.generation ?? null;
    if (generation === undefined || generation === current) continue;
    const text = `consumer generation conflict - expected ${current ?? 'null'} but got ${generation ?? 'None'}`;
    throw refused(409, text, CONCURRENT_UPDATE);
  }
  for (const uuid of writes.flatMap((write) => [...write.holdings.keys()])) {
    if (!state.providers.has(uuid))
      throw refused(400, `Allocation for resource provider '${uuid}' that does not exist`);
  }
}

export function classesOf(writes: readonly ConsumerWrite[]): string[] {
  const resources = writes.flatMap((write) => [...write.holdings.values()]);
  return [...new Set(resources.flatMap((amounts) => [...amounts.keys()]))];
}

/** Steps 7–10 of §9.4, judged against the inventory that `inventoryOf` gives. */
export function replaceHoldings(
  state: State,
  writes: readonly ConsumerWrite[],
  inventoryOf: (uuid: string, resourceClass: string) => InventoryRecord | undefined,
): void {
  const before = (uuid: string, name: string) => usedOf(state, uuid, name);
  const written = new Set(writes.map((write) => write.consumer));
  const others: State = {
    ...state,
    consumers: new Map([...state.consumers].filter(([consumer]) => !written.has(consumer))),
  };
  checkSomethingIsThere(writes, inventoryOf);
  const sums = new Map<string, number>();
  for (const { holdings } of writes) {
    for (const [uuid, resources] of holdings) {
      for (const [name, amount] of resources) {
        const record = inventoryOf(uuid, name);
        if (record === undefined) throw refused(409, `Inventory for '${name}' on resource provider '${uuid}' invalid`);
        if (amount < record.min_unit || amount > record.max_unit || amount % record.step_size !== 0) {
          throw new Refused(409, ['Unable to allocate inventory', `'${name}'`, `'${uuid}'`], UNDEFINED_CODE, []);
        }
        const sum = (sums.get(`${uuid} ${name}`) ?? 0) + amount;
        sums.set(`${uuid} ${name}`, sum);
        const used = usedOf(others, uuid, name) + sum;
        const isNoWorse = before(uuid, name) > 0 && used <= before(uuid, name);
        if (exactCapacity(record) < used && !isNoWorse) {
          throw refused(409, 'The requested amount would exceed the capacity');
        }
      }
    }
  }
  advanceProviders(state, writes);
  for (const write of writes) writeConsumer(state, write);
}

/** Step 8 of §9.4. */
function checkSomethingIsThere(
  writes: readonly ConsumerWrite[],
  inventoryOf: (uuid: string, resourceClass: string) => InventoryRecord | undefined,
): void {
  const classes = classesOf(writes);
  const uuids = new Set(writes.flatMap((write) => [...write.holdings.keys()]));
  const bare = [...uuids].filter((uuid) => !classes.some((name) => inventoryOf(uuid, name) !== undefined));
  if (bare.length === 0) return;
  const fragments = ['Unable to allocate inventory: ', "Inventory for '", "' on resource provider '", "' invalid"];
  throw new Refused(409, [...fragments, ...classes, ...bare], UNDEFINED_CODE, []);
}

/** §3.1 */
function advanceProviders(state: State, writes: readonly ConsumerWrite[]): void {
  const touched = new Set<string>();
  for (const { consumer, holdings } of writes) {
    const named = holdings.size > 0 ? holdings : (state.consumers.get(consumer)?.holdings ?? new Map());
    for (const uuid of named.keys()) touched.add(uuid);
  }
  for (const uuid of touched) known(state.providers, uuid).generation += 1;
}

/** §3.2 and step 5 of §9.4 */
function writeConsumer(state: State, write: ConsumerWrite): void {
  if (write.holdings.size === 0) {
    state.consumers.delete(write.consumer);
    return;
  }
  const current = state.consumers.get(write.consumer);
  state.consumers.set(write.consumer, {
    generation: (current?.generation ?? 0) + 1,
    project: write.project,
    user: write.user,
    type: write.type ?? current?.type ?? null,
    holdings: write.holdings,
  });
}

/** §9.7 */
export function showAllocations(state: State, text: string, version: Minor): ExpectedReply {
  const consumer = state.consumers.get(text);
  if (consumer === undefined) return { status: 200, body: { allocations: {} } };
  const allocations = [...consumer.holdings].map(([uuid, resources]) => [
    uuid,
    { generation: known(state.providers, uuid).generation, resources: Object.fromEntries(resources) },
  ]);
  const body: Json = { allocations: Object.fromEntries(allocations) };
  if (version >= 12) Object.assign(body, { project_id: consumer.project, user_id: consumer.user });
  if (version >= 28) body.consumer_generation = consumer.generation;
  if (version >= 38) body.consumer_type = consumer.type ?? 'unknown';
  return { status: 200, body };
}

/** §9.8 */
export function deleteAllocations(state: State, text: string): ExpectedReply {
  if (!state.consumers.delete(text)) throw refused(404, `No allocations for consumer '${text}'`);
  return { status: 204 };
}

/** §10 */
export function showProviderAllocations(state: State, uuid: string, version: Minor): ExpectedReply {
  const { generation } = providerOf(state, uuid);
  const allocations: Json = {};
  for (const [consumer, { holdings, generation: consumerGeneration }] of state.consumers) {
    const resources = holdings.get(uuid);
    if (resources === undefined) continue;
    allocations[consumer] = { resources: Object.fromEntries(resources) };
    if (version >= 28) allocations[consumer].consumer_generation = consumerGeneration;
  }
  return { status: 200, body: { allocations, resource_provider_generation: generation } };
}

/** §11.2 */
export function showUsages(state: State, query: URLSearchParams, version: Minor): ExpectedReply {
  const consumers = [...state.consumers.values()].filter(
    ({ project, user }) =>
      project === query.get('project_id') && (!query.has('user_id') || user === query.get('user_id')),
  );
  if (version < 38) return { status: 200, body: { usages: sumsOf(consumers) } };
  const wanted = query.get('consumer_type');
  const groups = new Map<string, Consumer[]>();
  for (const consumer of consumers) {
    const type = wanted === 'all' ? 'all' : (consumer.type ?? 'unknown');
    if (wanted === null || wanted === type) groups.set(type, [...(groups.get(type) ?? []), consumer]);
  }
  const usages = [...groups].map(([type, group]) => [type, { consumer_count: group.length, ...sumsOf(group) }]);
  return { status: 200, body: { usages: Object.fromEntries(usages) } };
}

function sumsOf(consumers: readonly Consumer[]): Json {
  const sums: Json = {};
  for (const resources of consumers.flatMap((consumer) => [...consumer.holdings.values()])) {
    for (const [name, amount] of resources) sums[name] = (sums[name] ?? 0) + amount;
  }
  return sums;
}
