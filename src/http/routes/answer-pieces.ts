// A long text, gathered as bytes in pieces: large answers are written to the socket a piece at a time, and are never one
// string. Bytes are out of the way of the collector, which would move strings that wait for their clients, and are encoded
// once. What is kept anyhow (kept-summaries.ts) becomes a piece as it is, without a copy, where it is long enough.

import type { BodyPiece } from '../incoming.ts';
import { PIECE_BYTES, PieceBuffers } from './piece-buffers.ts';

/** Answers up to here leave as text, in one write with their head. */
const TEXT_BYTES_MAX = 64 * 1024;
/** From here on another piece is cheaper than a copy. */
const SHARED_BYTES_MIN = 16 * 1024;

/** Where answers are put together that will leave as text; one at a time, since each is made in one stretch. */
const SCRATCH = Buffer.allocUnsafeSlow(TEXT_BYTES_MAX);
const SCRATCH_VIEW = viewOf(SCRATCH);

export class AnswerPieces {
  readonly #pieces: Uint8Array[] = [];
  readonly #buffers: PieceBuffers;
  #taken: Buffer[] = [];
  #buffer: Buffer;
  #view: DataView;
  /** Where the open piece begins and ends in the buffer. */
  #start = 0;
  #end = 0;

  /**
   * @param expectedBytes how long it will be, more or less
   * @param buffers to be used, and given back by {@link release}
   */
  constructor(expectedBytes: number, buffers: PieceBuffers = new PieceBuffers()) {
    const isShort = expectedBytes <= TEXT_BYTES_MAX;
    this.#buffers = buffers;
    this.#buffer = isShort ? SCRATCH : this.#take();
    this.#view = isShort ? SCRATCH_VIEW : viewOf(this.#buffer);
  }

  add(text: string): void {
    // A character takes three bytes at most.
    const place = this.reserve(3 * text.length);
    this.#end = place + this.#buffer.write(text, place);
  }

  /** Bytes that nobody will ever write to. */
  addKept(bytes: Buffer, start: number, end: number): void {
    const staysShort = this.#buffer === SCRATCH && this.#end + end - start <= TEXT_BYTES_MAX;
    if (staysShort || end - start < SHARED_BYTES_MIN) {
      const place = this.reserve(end - start);
      bytes.copy(this.#buffer, place, start, end);
      return;
    }
    this.#close();
    this.#pieces.push(bytes.subarray(start, end));
  }

  /** Room for so many bytes, to be written to by {@link copy} and {@link setWord} before anything else is added. */
  reserve(length: number): number {
    if (this.#end + length > this.#buffer.length) this.#makeRoom(length);
    const place = this.#end;
    this.#end += length;
    return place;
  }

  copy(bytes: Uint8Array, place: number): void {
    this.#buffer.set(bytes, place);
  }

  /** Four bytes, the lowest first. */
  setWord(word: number, place: number): void {
    this.#view.setInt32(place, word, true);
  }

  /** All that was added, in order; at least one piece. */
  end(): readonly BodyPiece[] {
    if (this.#pieces.length === 0 && this.#end - this.#start <= TEXT_BYTES_MAX) {
      const text = this.#buffer.toString('utf8', this.#start, this.#end);
      this.release();
      return [text];
    }
    this.#close();
    return this.#pieces;
  }

  /** To be called when nobody looks at the pieces any more, or never. */
  release(): void {
    this.#buffers.giveBack(this.#taken);
    this.#taken = [];
  }

  #take(): Buffer {
    const buffer = this.#buffers.take();
    this.#taken.push(buffer);
    return buffer;
  }

  #close(): void {
    const open = this.#buffer.subarray(this.#start, this.#end);
    if (open.length > 0) this.#pieces.push(this.#buffer === SCRATCH ? Buffer.from(open) : open);
    this.#start = this.#end;
  }

  #makeRoom(length: number): void {
    this.#close();
    this.#buffer = length <= PIECE_BYTES ? this.#take() : Buffer.allocUnsafeSlow(length);
    this.#view = viewOf(this.#buffer);
    this.#start = 0;
    this.#end = 0;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
