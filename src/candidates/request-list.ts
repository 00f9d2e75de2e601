// Allocation requests, one after the other in one list of numbers. A list for each would be tens of thousands of objects, which
// live just long enough to be taken for lasting ones by the collector.

import type { ProviderNumber } from '../model/reader.ts';
import type { AllocationRequest, AllocationRequests } from './answer.ts';

/** Whoever has a request at hand: writes its providers, part by part, to `to` from `at` on. */
export interface RequestWriter {
  write(to: ProviderNumber[], at: number): void;
}

export class RequestList implements AllocationRequests {
  readonly partCount: number;
  readonly providers: ProviderNumber[] = [];
  #length = 0;

  constructor(partCount: number) {
    this.partCount = partCount;
  }

  static of(partCount: number, requests: readonly AllocationRequest[]): RequestList {
    const list = new RequestList(partCount);
    for (const request of requests) list.addAt({ partCount, providers: request }, 0);
    return list;
  }

  get length(): number {
    return this.#length;
  }

  add(writer: RequestWriter): void {
    writer.write(this.providers, this.#length * this.partCount);
    this.#length++;
  }

  /** Puts another in the place of one that is there. */
  replace(index: number, writer: RequestWriter): void {
    writer.write(this.providers, index * this.partCount);
  }

  /** Adds one of another list. */
  addAt({ providers, partCount }: Pick<AllocationRequests, 'providers' | 'partCount'>, index: number): void {
    for (const provider of providers.slice(index * partCount, (index + 1) * partCount)) this.providers.push(provider);
    this.#length++;
  }

  swap(one: number, other: number): void {
    const [a, b] = [this.#at(one), this.#at(other)];
    for (const [part, provider] of b.entries()) this.providers[one * this.partCount + part] = provider;
    for (const [part, provider] of a.entries()) this.providers[other * this.partCount + part] = provider;
  }

  *[Symbol.iterator](): Generator<AllocationRequest> {
    for (let index = 0; index < this.#length; index++) yield this.#at(index);
  }

  #at(index: number): AllocationRequest {
    return this.providers.slice(index * this.partCount, (index + 1) * this.partCount);
  }
}
