// The reshaper as http-api §12 describes it.

import type { Json } from './client.ts';
import {
  type ApiRequest,
  CONCURRENT_UPDATE,
  type ExpectedReply,
  hasMembers,
  INVENTORY_IN_USE,
  type InventoryRecord,
  invalid,
  isObject,
  known,
  type Provider,
  Refused,
  refused,
  type State,
  UNDEFINED_CODE,
} from './expected-state.ts';
import { checkConsumersAndProviders, classesOf, replaceHoldings, writesOf } from './expected-state-allocations.ts';
import { checkNotInUse, isInventoriesBody, recordsOf } from './expected-state-inventories.ts';

interface Reshape {
  readonly provider: Provider;
  readonly wanted: Map<string, InventoryRecord>;
}

export function reshape(state: State, { version, body }: ApiRequest): ExpectedReply {
  if (!hasMembers(body, ['inventories', 'allocations'])) throw invalid();
  const { inventories, allocations } = body;
  if (!isObject(inventories) || !isObject(allocations) || Object.keys(inventories).length === 0) throw invalid();
  if (!Object.values(inventories).every(isInventoriesBody)) throw invalid();
  const writes = writesOf(allocations, version);

  const reshapes = Object.entries(inventories).map(([uuid, part]) => reshapeOf(state, uuid, part));
  checkConsumersAndProviders(state, writes);
  checkClasses(state, [...reshapes.flatMap(({ wanted }) => [...wanted.keys()]), ...classesOf(writes)]);

  for (const { provider, wanted } of reshapes) {
    if (wanted.size === 0) continue;
    provider.inventories = new Map([...provider.inventories, ...wanted]);
    provider.generation += 1;
  }
  replaceHoldings(state, writes, (uuid, name) => known(state.providers, uuid).inventories.get(name));
  checkNothingInUse(state, reshapes);
  for (const { provider, wanted } of reshapes) {
    provider.inventories = wanted;
    provider.generation += 1;
  }
  return { status: 204 };
}

function reshapeOf(state: State, uuid: string, part: Json): Reshape {
  const provider = state.providers.get(uuid);
  if (provider === undefined) throw refused(400, uuid, 'placement.resource_provider.not_found');
  const given: number = part.resource_provider_generation;
  if (given !== provider.generation) {
    const fragments = [
      'resource provider generation conflict',
      `actual: ${provider.generation}, given: ${given}`,
      uuid,
    ];
    throw new Refused(409, fragments, CONCURRENT_UPDATE, []);
  }
  return { provider, wanted: recordsOf(part) };
}

function checkClasses(state: State, names: readonly string[]): void {
  const unknown = names.filter((name) => !state.classes.includes(name));
  if (unknown.length === 0) return;
  // Which of several is named is open.
  throw new Refused(
    400,
    [],
    UNDEFINED_CODE,
    unknown.map((name) => `No such resource class ${name}`),
  );
}

/** Step 8 of §12.2; which of several providers is named is open. */
function checkNothingInUse(state: State, reshapes: readonly Reshape[]): void {
  const texts: string[] = [];
  for (const { provider, wanted } of reshapes) {
    try {
      checkNotInUse(state, provider, new Set(wanted.keys()));
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      texts.push(...thrown.error.fragments);
    }
  }
  if (texts.length > 0) throw new Refused(409, [], INVENTORY_IN_USE, texts);
}
