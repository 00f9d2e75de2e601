// Turns recorded set-up requests (POST /resource_providers, PUT …/inventories and so on) into the state that they leave
// behind, without a service: enough of the API to load the example data, and nothing of its checks.

import type { AggregateUuid, Brand, ProviderId, ProviderUuid, ResourceClassId, TraitId } from '../../src/domain/ids.ts';
import { INTEGER_MAX, type Inventory, type InventoryUse } from '../../src/domain/inventory.ts';
import { STANDARD_RESOURCE_CLASSES } from '../../src/domain/resource-class.ts';
import type { ModelUpdate, NameCatalog, ProviderState } from '../../src/domain/resource-provider.ts';
import { STANDARD_TRAITS } from '../../src/domain/trait.ts';

export interface SetupRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly microversion: string;
}

export interface State {
  readonly names: NameCatalog;
  readonly providers: readonly ProviderState[];
}

type Json = { readonly [name: string]: unknown };

interface Row {
  readonly id: ProviderId;
  readonly uuid: ProviderUuid;
  name: string;
  generation: number;
  parent: string | null;
  inventories: Map<string, Inventory>;
  traits: readonly string[];
  aggregates: readonly AggregateUuid[];
}

/** Brands test data; the model takes any number or text for an identifier. */
export function branded<Branded extends Brand<string | number, string>>(
  value: Branded extends number ? number : string,
): Branded {
  const identity: (plain: unknown) => plain is Branded = (plain): plain is Branded => plain === value;
  const plain: unknown = value;
  if (!identity(plain)) throw new TypeError('unreachable');
  return plain;
}

/** The state after the requests, on an otherwise empty database with the standard classes and traits. */
export function stateAfter(setup: readonly SetupRequest[]): State {
  const world = new World();
  for (const request of setup) world.perform(request);
  return world.state();
}

/** The update that loads a state into an empty model. */
export function reloadOf({ names, providers }: State): ModelUpdate {
  return { kind: 'reload', names, providers };
}

class World {
  readonly #classes: string[] = [...STANDARD_RESOURCE_CLASSES];
  readonly #traits: string[] = [...STANDARD_TRAITS];
  readonly #providers = new Map<string, Row>();
  /** Consumer → provider uuid → class → amount. */
  readonly #allocations = new Map<string, Map<string, Json>>();

  perform({ method, path, body }: SetupRequest): void {
    const [, kind, key = '', part] = path.split('/');
    const json = asObject(body ?? {});
    switch (`${method} ${kind}${part === undefined ? '' : `/${part}`}`) {
      case 'PUT resource_classes':
        remember(this.#classes, key);
        break;
      case 'POST resource_classes':
        remember(this.#classes, asText(json.name));
        break;
      case 'PUT traits':
        remember(this.#traits, key);
        break;
      case 'POST resource_providers':
        this.#create(json);
        break;
      case 'PUT resource_providers':
        this.#update(key, json);
        break;
      case 'DELETE resource_providers':
        this.#providers.delete(key);
        break;
      case 'PUT resource_providers/inventories':
        this.#setInventories(this.#provider(key), asObject(json.inventories));
        break;
      case 'PUT resource_providers/traits':
        this.#provider(key).traits = asTexts(json.traits);
        break;
      case 'PUT resource_providers/aggregates': {
        const uuids = asTexts(Array.isArray(body) ? body : json.aggregates);
        this.#provider(key).aggregates = uuids.map((uuid) => branded<AggregateUuid>(uuid));
        break;
      }
      case 'PUT allocations':
        this.#allocate(key, json);
        break;
      case 'POST allocations':
        for (const [consumer, one] of Object.entries(json)) this.#allocate(consumer, asObject(one));
        break;
      default:
        throw new Error(`the set-up request ${method} ${path} is not understood`);
    }
  }

  state(): State {
    const classIds = new Map(this.#classes.map((name, index) => [name, classId(index)]));
    const traitIds = new Map(this.#traits.map((name, index) => [name, branded<TraitId>(index + 1)]));
    const names: NameCatalog = {
      resourceClasses: [...classIds].map(([name, id]) => ({ id, name })),
      traits: [...traitIds].map(([name, id]) => ({ id, name, modifiedAtMs: 0 })),
    };
    const providers = [...this.#providers.values()].map((row): ProviderState => {
      const { id, uuid, name, generation } = row;
      return {
        id,
        uuid,
        name,
        generation,
        parentId: row.parent === null ? null : this.#provider(row.parent).id,
        rootId: this.#rootOf(row).id,
        modifiedAtMs: 0,
        inventories: [...row.inventories]
          .map(([resourceClass, inventory]): InventoryUse => {
            const resourceClassId = known(classIds, resourceClass);
            return { resourceClassId, ...inventory, used: this.#used(uuid, resourceClass), modifiedAtMs: 0 };
          })
          .sort((a, b) => a.resourceClassId - b.resourceClassId),
        traitIds: row.traits.map((trait) => known(traitIds, trait)),
        aggregates: row.aggregates,
      };
    });
    return { names, providers };
  }

  #create(json: Json): void {
    const uuid = asText(json.uuid);
    this.#providers.set(uuid, {
      id: branded<ProviderId>(this.#providers.size + 1),
      uuid: branded<ProviderUuid>(uuid),
      name: asText(json.name),
      generation: 0,
      parent: typeof json.parent_provider_uuid === 'string' ? json.parent_provider_uuid : null,
      inventories: new Map(),
      traits: [],
      aggregates: [],
    });
  }

  #update(uuid: string, json: Json): void {
    const row = this.#provider(uuid);
    row.name = asText(json.name);
    if (typeof json.parent_provider_uuid === 'string') row.parent = json.parent_provider_uuid;
  }

  #setInventories(row: Row, inventories: Json): void {
    row.generation++;
    row.inventories = new Map();
    for (const [resourceClass, record] of Object.entries(inventories)) {
      const given = asObject(record);
      row.inventories.set(resourceClass, {
        total: asNumber(given.total),
        reserved: asNumber(given.reserved ?? 0),
        minUnit: asNumber(given.min_unit ?? 1),
        maxUnit: asNumber(given.max_unit ?? INTEGER_MAX),
        stepSize: asNumber(given.step_size ?? 1),
        allocationRatio: asNumber(given.allocation_ratio ?? 1),
      });
    }
  }

  #allocate(consumer: string, json: Json): void {
    const byProvider = Object.entries(asObject(json.allocations)).map(([uuid, allocation]): [string, Json] => [
      uuid,
      asObject(asObject(allocation).resources),
    ]);
    this.#allocations.set(consumer, new Map(byProvider));
  }

  #used(uuid: string, resourceClass: string): number {
    let used = 0;
    for (const byProvider of this.#allocations.values()) {
      const amount = byProvider.get(uuid)?.[resourceClass];
      if (typeof amount === 'number') used += amount;
    }
    return used;
  }

  #provider(uuid: string): Row {
    return known(this.#providers, uuid);
  }

  #rootOf(row: Row): Row {
    return row.parent === null ? row : this.#rootOf(this.#provider(row.parent));
  }
}

function classId(index: number): ResourceClassId {
  const standard = STANDARD_RESOURCE_CLASSES.length;
  return branded<ResourceClassId>(index < standard ? index : 10_000 + index - standard);
}

function remember(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}

function known<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`${String(key)} is not known`);
  return value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): Json {
  if (Array.isArray(value)) return {};
  if (!isObject(value)) throw new TypeError(`an object was expected, not ${typeof value}`);
  return value;
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`text was expected, not ${typeof value}`);
  return value;
}

function asTexts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new TypeError('a list was expected');
  return value.map(asText);
}

function asNumber(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(`a number was expected, not ${typeof value}`);
  return value;
}
