// An answer on its way to the client. Most are one piece of text and leave with their head in one write. A large one is
// sent a piece at a time as the socket takes it: a client that reads slowly holds the pieces, which answers share, and never
// a second copy of them; and between two pieces everybody else has their turn.

import type { ServerResponse } from 'node:http';
import type { BodyPiece, HttpAnswer } from './incoming.ts';

/** Writes head and body. Whoever sent the request may be gone meanwhile: then the rest is dropped. */
export function sendAnswer(response: ServerResponse, answer: HttpAnswer): void {
  const { status, headers, body, sent } = answer;
  // A client that was gone before there was an answer is not told of again.
  if (response.closed) sent?.();
  else if (sent !== undefined) response.once('close', sent);
  if (body === null) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': String(body.bytes) });
  const { pieces } = body;
  const encoding = body.isAscii ? 'latin1' : 'utf8';
  if (pieces.length > 1) void sendPieces(response, pieces, encoding);
  else response.end(pieces[0], encoding);
}

async function sendPieces(
  response: ServerResponse,
  pieces: readonly BodyPiece[],
  encoding: 'latin1' | 'utf8',
): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece, encoding)) await takenOrGone(response);
  }
  response.end();
}

function takenOrGone(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
