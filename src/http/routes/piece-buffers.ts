// Buffers in which large answers are put together, used again once the client has its answer. Megabytes of new ones for
// every answer would make the collector look through all of the memory again and again, to free them.

/** A few times what a socket takes at once; each piece costs a turn with it. */
export const PIECE_BYTES = 128 * 1024;
/** 32 MB. Beyond, buffers are left to the collector. */
const FREE_MAX = 256;

export class PieceBuffers {
  readonly #free: Buffer[] = [];

  /** A buffer of {@link PIECE_BYTES} with anything in it. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  }

  /** Nobody may look at them afterwards. */
  giveBack(buffers: readonly Buffer[]): void {
    for (const buffer of buffers) if (this.#free.length < FREE_MAX) this.#free.push(buffer);
  }
}
