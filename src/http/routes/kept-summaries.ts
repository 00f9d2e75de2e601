// What candidate answers from 1.29 on say of providers, as bytes, made once per change of a provider and then kept one after
// the other: the same providers are summarised in answer after answer, and those of an answer mostly lie side by side, so
// that thousands of them are a few stretches of bytes. Nothing is ever overwritten, since answers on their way to clients
// have a part in these bytes.

import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import type { AnswerPieces } from './answer-pieces.ts';
import { memberText } from './summary-texts.ts';

/** Also the longest piece of an answer that they make. */
const SLAB_LOG2 = 18;
const SLAB_BYTES = 1 << SLAB_LOG2;
const IN_SLAB = SLAB_BYTES - 1;
/** Texts of 350 bytes or so: 64 MB are 190,000 of them. Providers beyond have theirs made each time. */
const SLABS_MAX = 256;

export class KeptSummaries {
  #slabs: Buffer[] = [];
  /** Where the last text ends: slab × SLAB_BYTES + place. */
  #end = 0;
  /** Bytes of texts that were made anew. */
  #stale = 0;
  /** Provider → where its text begins, how long it is, and the revision that it says; NaN: none. */
  #starts = new Int32Array(0);
  #lengths = new Int32Array(0);
  #revisions = new Float64Array(0);

  /** Held in memory. */
  get bytes(): number {
    return this.#slabs.length * SLAB_BYTES;
  }

  /** Adds `"<uuid>":{…}` of each, with commas between. The memory belongs to one model, whose revisions it goes by. */
  addTo(pieces: AnswerPieces, model: ModelReader, providers: readonly ProviderNumber[]): void {
    // Each text has a comma ahead; the first goes without.
    let skipped = 1;
    let slab: Buffer | undefined;
    let from = 0;
    let to = 0;
    const addStretch = (): void => {
      if (slab === undefined) return;
      pieces.addKept(slab, from + skipped, to);
      skipped = 0;
      slab = undefined;
    };
    for (let index = 0; index < providers.length; index++) {
      const provider = providers[index];
      if (provider === undefined) continue;
      if (this.#revisions[provider] !== model.revision(provider) && !this.#make(model, provider)) {
        addStretch();
        pieces.add(`,${memberText(model, provider)}`.slice(skipped));
        skipped = 0;
        continue;
      }
      const start = this.#starts[provider] ?? 0;
      const place = start & IN_SLAB;
      // Slabs are told apart by themselves: tidying up gives the same numbers to new ones.
      if (place !== to || slab !== this.#slabs[start >>> SLAB_LOG2]) {
        addStretch();
        slab = this.#slabs[start >>> SLAB_LOG2];
        from = place;
      }
      to = place + (this.#lengths[provider] ?? 0);
    }
    addStretch();
  }

  /** False when there is no place for it. */
  #make(model: ModelReader, provider: ProviderNumber): boolean {
    const text = `,${memberText(model, provider)}`;
    const length = Buffer.byteLength(text);
    const start = length > SLAB_BYTES ? -1 : this.#place(length);
    if (provider >= this.#starts.length) this.#grow(provider);
    if (!Number.isNaN(this.#revisions[provider])) this.#stale += this.#lengths[provider] ?? 0;
    this.#revisions[provider] = Number.NaN;
    if (start < 0) return false;
    this.#slabs[start >>> SLAB_LOG2]?.write(text, start & IN_SLAB);
    this.#starts[provider] = start;
    this.#lengths[provider] = length;
    this.#revisions[provider] = model.revision(provider);
    return true;
  }

  /** Where so many bytes may be written; -1: nowhere. */
  #place(length: number): number {
    const left = this.#slabs.length * SLAB_BYTES - this.#end;
    if (left < length) {
      if (this.#stale > SLAB_BYTES && this.#stale > this.#end / 2) {
        this.#tidyUp();
        return this.#place(length);
      }
      if (this.#slabs.length === SLABS_MAX) return -1;
      this.#end = this.#slabs.length * SLAB_BYTES;
      this.#slabs.push(Buffer.allocUnsafeSlow(SLAB_BYTES));
    }
    const start = this.#end;
    this.#end += length;
    return start;
  }

  /** Copies what still holds into new slabs, in order of number, as answers mostly have them. */
  #tidyUp(): void {
    const before = this.#slabs;
    this.#slabs = [];
    this.#end = 0;
    this.#stale = 0;
    for (let provider = 0; provider < this.#starts.length; provider++) {
      if (Number.isNaN(this.#revisions[provider])) continue;
      const start = this.#starts[provider] ?? 0;
      const length = this.#lengths[provider] ?? 0;
      const place = this.#place(length);
      const from = before[start >>> SLAB_LOG2];
      const to = this.#slabs[place >>> SLAB_LOG2];
      if (from !== undefined && to !== undefined) {
        from.copy(to, place & IN_SLAB, start & IN_SLAB, (start & IN_SLAB) + length);
        this.#starts[provider] = place;
      } else this.#revisions[provider] = Number.NaN;
    }
  }

  #grow(provider: number): void {
    const length = Math.max(64, 2 * this.#starts.length, provider + 1);
    const starts = new Int32Array(length);
    const lengths = new Int32Array(length);
    const revisions = new Float64Array(length).fill(Number.NaN);
    starts.set(this.#starts);
    lengths.set(this.#lengths);
    revisions.set(this.#revisions);
    this.#starts = starts;
    this.#lengths = lengths;
    this.#revisions = revisions;
  }
}
