// A long text, gathered as pieces of some tens of kilobytes: large answers are written to the socket a piece at a time,
// and are never one string. A text of several pieces is bytes at once: these are out of the way of the collector, which
// would move strings that wait for their clients, and are encoded once, however many answers they are.

import type { BodyPiece } from '../incoming.ts';

/** About what a socket takes at once. */
const PIECE_LENGTH = 64 * 1024;

export class TextPieces {
  readonly #pieces: Uint8Array[] = [];
  #open = '';

  add(text: string): void {
    this.#open += text;
    if (this.#open.length >= PIECE_LENGTH) this.#close();
  }

  /** All that was added, in order; at least one piece. */
  end(): readonly BodyPiece[] {
    if (this.#pieces.length === 0) return [this.#open];
    if (this.#open !== '') this.#close();
    return this.#pieces;
  }

  #close(): void {
    this.#pieces.push(Buffer.from(this.#open));
    this.#open = '';
  }
}
