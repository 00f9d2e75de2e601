// What stands in the database before a service starts: providers, as data. The same for both services, row for row.

import { createHash } from 'node:crypto';

export interface StateInventory {
  readonly total: number;
  /** 1 if absent. */
  readonly allocationRatio?: number;
}

export interface StateProvider {
  readonly uuid: string;
  readonly name: string;
  /** Places in the state, from 0; the root comes before what is under it. */
  readonly root: number;
  readonly parent: number | null;
  readonly inventories: Readonly<Record<string, StateInventory>>;
  readonly traits: readonly string[];
  readonly aggregates: readonly string[];
}

export interface State {
  readonly name: string;
  /** In order; made as they are asked for, since there may be a million. */
  providers(): Iterable<StateProvider>;
}

/** A UUID that looks like a random one and is the same in every run. */
export function uuidOf(kind: string, index: number): string {
  const hex = createHash('md5').update(`${kind} ${index}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
