// Work that is done for several requests of a transaction at once, in as many statements as for one. Requests that could
// not be served so are run by themselves, in the same transaction.

import type { WriteTransaction } from './transaction.ts';

/** What became of one request. */
export type SharedOutcome =
  | { readonly kind: 'done' }
  /** Nothing was done for it: it is to be run by itself. */
  | { readonly kind: 'alone' }
  | { readonly kind: 'refused'; readonly error: unknown };

/** As a lane sees it: requests are known by tokens. */
export interface SharedWork {
  /** One outcome for each, in their order. Throws DatabaseFailure and StaleRead, and nothing else once it has written. */
  run(tx: WriteTransaction, requests: readonly object[]): Promise<readonly SharedOutcome[]>;
}

export class Together<Item> implements SharedWork {
  readonly #items = new WeakMap<object, Item>();
  readonly #work: (tx: WriteTransaction, items: readonly Item[]) => Promise<readonly SharedOutcome[]>;

  constructor(work: (tx: WriteTransaction, items: readonly Item[]) => Promise<readonly SharedOutcome[]>) {
    this.#work = work;
  }

  /** Says what a request is about; its token. */
  bring(item: Item): object {
    const request = {};
    this.#items.set(request, item);
    return request;
  }

  run(tx: WriteTransaction, requests: readonly object[]): Promise<readonly SharedOutcome[]> {
    const items = requests.map((request) => {
      const item = this.#items.get(request);
      if (item === undefined) throw new Error('a request was not brought');
      return item;
    });
    return this.#work(tx, items);
  }
}
