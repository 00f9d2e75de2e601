// What the service is expected to hold: plain maps, changed by the rules of http-api as they are written there. The
// files `expected-state-*.ts` are one slow, simple reading of that document; nothing here comes from the service.

import type { Json } from './client.ts';

/** The minor number of a microversion 1.x. */
export type Minor = number;

export interface ApiRequest {
  readonly method: string;
  /** With the query, if any. */
  readonly path: string;
  readonly version: Minor;
  readonly body?: Json;
}

export interface ExpectedReply {
  readonly status: number;
  /** Undefined: no body. */
  readonly body?: Json;
  readonly error?: ExpectedError;
}

export interface ExpectedError {
  readonly code: string;
  /** All of these are in the text. */
  readonly fragments: readonly string[];
  /** At least one of these is, where the document leaves open which; empty: nothing more. */
  readonly oneOf: readonly string[];
}

export interface InventoryRecord {
  readonly total: number;
  readonly reserved: number;
  readonly min_unit: number;
  readonly max_unit: number;
  readonly step_size: number;
  readonly allocation_ratio: number;
}

export interface Provider {
  readonly uuid: string;
  name: string;
  generation: number;
  parent: string | null;
  inventories: Map<string, InventoryRecord>;
  traits: Set<string>;
  aggregates: Set<string>;
}

/** Provider → class → amount. */
export type Holdings = Map<string, Map<string, number>>;

export interface Consumer {
  generation: number;
  project: string;
  user: string;
  type: string | null;
  holdings: Holdings;
}

export interface State {
  /** In the order of their creation. */
  providers: Map<string, Provider>;
  consumers: Map<string, Consumer>;
  /** In id order; of the standard ones those that the tests use. */
  classes: string[];
  /** In id order; of the standard ones those that the tests use. */
  traits: string[];
}

/** The project and user of consumers written below 1.8 (http-api §9.4). */
export const INCOMPLETE_OWNER = '00000000-0000-0000-0000-000000000000';
export const UNDEFINED_CODE = 'placement.undefined_code';
export const CONCURRENT_UPDATE = 'placement.concurrent_update';
export const INVENTORY_IN_USE = 'placement.inventory.inuse';

export function emptyState(): State {
  return {
    providers: new Map(),
    consumers: new Map(),
    classes: ['VCPU', 'MEMORY_MB', 'DISK_GB'],
    traits: ['HW_CPU_X86_AVX', 'HW_CPU_X86_SSE2'],
  };
}

/** A request that the document refuses. Whatever was changed before it is thrown does not count. */
export class Refused extends Error {
  readonly status: number;
  readonly error: ExpectedError;

  constructor(status: number, fragments: readonly string[], code: string, oneOf: readonly string[]) {
    super(`${status} ${code} ${[...fragments, ...oneOf].join(' | ')}`);
    this.status = status;
    this.error = { code, fragments, oneOf };
  }
}

export function refused(status: number, fragment: string, code: string = UNDEFINED_CODE): Refused {
  return new Refused(status, [fragment], code, []);
}

/** 400 for a body that does not match its schema. */
export function invalid(): Refused {
  return refused(400, 'JSON does not validate');
}

/** 404 for an operation that the microversion does not have. */
export function absent(): Refused {
  return refused(404, 'The resource could not be found.');
}

export function providerOf(state: State, uuid: string): Provider {
  const provider = state.providers.get(uuid);
  if (provider === undefined) throw refused(404, `No resource provider with uuid ${uuid} found`);
  return provider;
}

/** Sum of what all consumers hold of a class on a provider; 0 when nobody holds any. */
export function usedOf(state: State, uuid: string, resourceClass: string): number {
  let used = 0;
  for (const consumer of state.consumers.values()) used += consumer.holdings.get(uuid)?.get(resourceClass) ?? 0;
  return used;
}

export function rootOf(state: State, provider: Provider): string {
  let top = provider;
  while (top.parent !== null) top = known(state.providers, top.parent);
  return top.uuid;
}

/** The provider and everything below it. */
export function subtreeOf(state: State, uuid: string): Set<string> {
  const found = new Set([uuid]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const provider of state.providers.values()) {
      if (provider.parent !== null && found.has(provider.parent)) found.add(provider.uuid);
    }
  }
  return found;
}

/** Lower case 8-4-4-4-12 of 32 hexadecimal digits with or without dashes; undefined for other text (http-api §2.1). */
export function canonical(text: string): string | undefined {
  const digits = text.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function known<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`${String(key)} is not known`);
  return value;
}

/** Of `all`, in its order, those in `some`. */
export function inOrderOf(all: readonly string[], some: Iterable<string>): string[] {
  const wanted = new Set(some);
  return all.filter((name) => wanted.has(name));
}

export function isObject(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True when a body has all required members and none besides the optional ones. */
export function hasMembers(body: Json, required: readonly string[], optional: readonly string[] = []): boolean {
  if (!isObject(body)) return false;
  const names = Object.keys(body);
  const allowed = new Set([...required, ...optional]);
  return required.every((name) => names.includes(name)) && names.every((name) => allowed.has(name));
}
