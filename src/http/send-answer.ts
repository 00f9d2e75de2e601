// An answer on its way to the client. Most are one piece of text and leave with their head in one write. A large one is
// sent a piece at a time as the socket takes it: a client that reads slowly holds the pieces, which answers share, and never
// a second copy of them. Pieces of all large answers take turns, and everybody else has theirs in between.

import type { ServerResponse } from 'node:http';
import type { BodyPiece, HttpAnswer } from './incoming.ts';

/** After this long the rest of the pieces waits for the next turn of the loop. */
const STRETCH_MS = 1;

/**
 * Writes head and body. Whoever sent the request may be gone meanwhile: then the rest is dropped. True when all of it was
 * handed to the system; false when something waits for its turn, or for the client to take what was sent before.
 */
export function sendAnswer(response: ServerResponse, answer: HttpAnswer): boolean {
  const { socket } = response;
  const { status, headers, body, sent } = answer;
  // A client that was gone before there was an answer is not told of again.
  if (response.closed) sent?.();
  else if (sent !== undefined) response.once('close', sent);
  if (body === null) {
    response.writeHead(status, headers).end();
    return socket?.writableLength === 0;
  }
  response.writeHead(status, { ...headers, 'content-length': String(body.bytes) });
  const { pieces } = body;
  const encoding = body.isAscii ? 'latin1' : 'utf8';
  if (pieces.length > 1) {
    whenItsTurn(new LargeAnswer(response, pieces, encoding));
    return false;
  }
  response.end(pieces[0], encoding);
  return socket?.writableLength === 0;
}

/** Answers that have a piece to send which their sockets would take. */
const ready: LargeAnswer[] = [];
let isScheduled = false;

function whenItsTurn(answer: LargeAnswer): void {
  ready.push(answer);
  schedule();
}

function schedule(): void {
  if (isScheduled || ready.length === 0) return;
  isScheduled = true;
  setImmediate(sendSome);
}

/** A piece of each, in turn, until the time is over. */
function sendSome(): void {
  const end = performance.now() + STRETCH_MS;
  do {
    ready.shift()?.sendPiece();
  } while (ready.length > 0 && performance.now() < end);
  isScheduled = false;
  schedule();
}

class LargeAnswer {
  readonly #response: ServerResponse;
  readonly #pieces: readonly BodyPiece[];
  readonly #encoding: 'latin1' | 'utf8';
  #next = 0;

  constructor(response: ServerResponse, pieces: readonly BodyPiece[], encoding: 'latin1' | 'utf8') {
    this.#response = response;
    this.#pieces = pieces;
    this.#encoding = encoding;
  }

  /** The next piece is for the next turn after the socket has taken this one; there is none when the client is gone. */
  sendPiece(): void {
    const piece = this.#pieces[this.#next];
    this.#next += 1;
    if (this.#response.destroyed || piece === undefined) return;
    if (this.#next === this.#pieces.length) this.#response.end(piece, this.#encoding);
    else if (this.#response.write(piece, this.#encoding)) whenItsTurn(this);
    else this.#response.once('drain', () => whenItsTurn(this));
  }
}
