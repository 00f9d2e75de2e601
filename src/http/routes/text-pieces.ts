// A long text, gathered as pieces of some tens of kilobytes: large answers are written to the socket a piece at a time,
// and are never one string.

/** About what a socket takes at once. */
const PIECE_LENGTH = 64 * 1024;

export class TextPieces {
  readonly #pieces: string[] = [];
  #open = '';

  add(text: string): void {
    this.#open += text;
    if (this.#open.length >= PIECE_LENGTH) this.#close();
  }

  /** All that was added, in order; at least one piece. */
  end(): readonly string[] {
    if (this.#open !== '' || this.#pieces.length === 0) this.#close();
    return this.#pieces;
  }

  #close(): void {
    // Looking into a text that was added up makes it one: thousands of parts need not outlive this piece.
    this.#open.charCodeAt(0);
    this.#pieces.push(this.#open);
    this.#open = '';
  }
}
