// The few things that one random sequence is about, with names that no other sequence has: small pools make collisions.

import { randomUUID } from 'node:crypto';
import type { State } from './expected-state.ts';

export const PROVIDERS = 4;
export const CONSUMERS = 3;
export const CLASSES = 4;
export const TRAITS = 3;
export const AGGREGATES = 3;

export interface NamesPool {
  /** Also in the names of custom classes and traits. */
  readonly prefix: string;
  /** The last one is never made. */
  readonly providers: readonly string[];
  readonly providerNames: readonly string[];
  readonly consumers: readonly string[];
  /** Standard and custom; the last one is never made. */
  readonly classes: readonly string[];
  readonly traits: readonly string[];
  /** Two of them differ in case only, and so are two (http-api §2.1). */
  readonly aggregates: readonly string[];
  readonly projects: readonly string[];
  readonly users: readonly string[];
}

/** What a step is built from: the names, and the state before it. */
export interface World {
  readonly names: NamesPool;
  readonly state: State;
}

export function newNames(): NamesPool {
  const prefix = `CUSTOM_S${letteredUuid().slice(0, 8).toUpperCase()}_`;
  const own = (kind: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${kind}${index}`);
  const [aggregate, other] = [letteredUuid(), letteredUuid()];
  return {
    prefix,
    providers: Array.from({ length: PROVIDERS + 1 }, letteredUuid),
    providerNames: own('NAME', PROVIDERS),
    consumers: Array.from({ length: CONSUMERS }, letteredUuid),
    classes: ['VCPU', 'DISK_GB', ...own('C', CLASSES - 2), `${prefix}NEVER`],
    traits: ['HW_CPU_X86_AVX', ...own('T', TRAITS - 1), `${prefix}NEVER`],
    aggregates: [aggregate, other, aggregate.toUpperCase()],
    projects: own('P', 2),
    users: own('U', 2),
  };
}

/** The provider of an index: below `PROVIDERS` of the pool, then the one that is never made, then one that exists. */
export function providerAt({ names, state }: World, index: number): string {
  const existing = [...state.providers.keys()];
  return index > PROVIDERS && existing.length > 0 ? at(existing, index) : at(names.providers, index);
}

/** Begins with a letter, so that upper case is another text. */
function letteredUuid(): string {
  return `a${randomUUID().slice(1)}`;
}

export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('an empty pool');
  return item;
}
