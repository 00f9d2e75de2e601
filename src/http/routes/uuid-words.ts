// UUIDs of providers as they stand in JSON, as nine words of four bytes each, which are written into an answer far faster than
// text. Kept, since the same providers are named in answer after answer. Other tools may have written any text for a UUID;
// those that are not 36 letters, digits and dashes have no words.

import type { ModelReader, ProviderNumber } from '../../model/reader.ts';

export const UUID_WORDS = 9;
export const UUID_BYTES = 4 * UUID_WORDS;
const PLAIN = /^[0-9a-zA-Z-]{36}$/;
/** 44 bytes each: 44 MB. Providers beyond are written as text. */
const KEPT_MAX = 1_000_000;

export class UuidWords {
  words = new Int32Array(0);
  /** NaN: none is kept. */
  #revisions = new Float64Array(0);

  /** Where the provider's words are in {@link words}; -1: it has none. The memory belongs to one model. */
  placeOf(model: ModelReader, provider: ProviderNumber): number {
    if (this.#revisions[provider] === model.revision(provider)) return provider * UUID_WORDS;
    return this.#keep(model, provider) ? provider * UUID_WORDS : -1;
  }

  #keep(model: ModelReader, provider: ProviderNumber): boolean {
    const uuid = model.uuid(provider);
    if (provider >= KEPT_MAX || !PLAIN.test(uuid)) return false;
    if (provider >= this.#revisions.length) this.#grow(provider);
    const bytes = Buffer.from(uuid, 'latin1');
    for (let word = 0; word < UUID_WORDS; word++) {
      this.words[provider * UUID_WORDS + word] = bytes.readInt32LE(4 * word);
    }
    this.#revisions[provider] = model.revision(provider);
    return true;
  }

  #grow(provider: number): void {
    const length = Math.max(64, 2 * this.#revisions.length, provider + 1);
    const words = new Int32Array(length * UUID_WORDS);
    const revisions = new Float64Array(length).fill(Number.NaN);
    words.set(this.words);
    revisions.set(this.#revisions);
    this.words = words;
    this.#revisions = revisions;
  }
}
