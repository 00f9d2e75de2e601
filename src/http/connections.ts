// What is going on at each socket. Answers that bypass Node's response objects, those to requests that its parser
// refused, must not fall into the middle of another answer, nor be taken for that of an earlier request.

import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BerthError } from '../domain/errors/declare.ts';
import type { HttpAnswer } from './incoming.ts';
import type { IncomingBody } from './incoming-body.ts';

/**
 * How long a socket is kept after its last answer while the client may still be sending. A socket closed with unread
 * data in it is reset, and the client would lose the answer.
 */
const LINGER_MS = 1000;

interface ConnectionState {
  /** Answers not yet sent to the end. */
  underWay: number;
  latest: { readonly request: IncomingMessage; readonly body: IncomingBody } | null;
  /** Called one by one, when the answer before has been sent; all of them when the socket is gone. */
  readonly turns: (() => void)[];
  /** An answer has been sent. */
  readonly sent: () => void;
  /** Called when nothing is under way any more. */
  whenIdle: (() => void) | null;
  broken: boolean;
}

export interface Connections {
  /**
   * To be told of every request as it arrives. Calls `turn` when it is its turn: when all earlier answers on the
   * connection have been sent, which is at once for most. A client that sends a thousand requests at once and reads
   * nothing holds one answer, not a thousand.
   */
  begin(request: IncomingMessage, response: ServerResponse, body: IncomingBody, turn: () => void): void;
  /**
   * Ends a connection on which something arrived that is no request. Earlier requests are answered first. When what
   * arrived is the body of one of them, its own answer tells; otherwise `answer` is asked for one.
   *
   * @param sendBody false after HEAD
   */
  breakOff(socket: Duplex, refusal: BerthError, answer: () => Promise<HttpAnswer>, sendBody: boolean): Promise<void>;
}

export function trackConnections(): Connections {
  const states = new WeakMap<Duplex, ConnectionState>();

  function stateOf(socket: Duplex): ConnectionState {
    const known = states.get(socket);
    if (known !== undefined) return known;
    const state: ConnectionState = {
      underWay: 0,
      latest: null,
      turns: [],
      sent: () => {
        state.underWay--;
        state.turns.shift()?.();
        if (state.underWay === 0) state.whenIdle?.();
      },
      whenIdle: null,
      broken: false,
    };
    states.set(socket, state);
    // Of responses that are not at the socket yet, none is told that it is gone.
    socket.once('close', () => {
      for (const turn of state.turns.splice(0)) turn();
    });
    return state;
  }

  return {
    begin(request, response, body, turn) {
      const state = stateOf(request.socket);
      state.underWay++;
      state.latest = { request, body };
      response.once('close', state.sent);
      if (state.underWay === 1) turn();
      else state.turns.push(turn);
    },
    async breakOff(socket, refusal, answer, sendBody) {
      const state = stateOf(socket);
      if (state.broken) return;
      state.broken = true;
      socket.on('error', () => socket.destroy());
      const { latest } = state;
      const isBodyOfLatest = latest !== null && !latest.request.complete;
      if (isBodyOfLatest) latest.body.fail(refusal);
      await idle(state);
      if (isBodyOfLatest || !socket.writable) return linger(socket);
      const last = wholeAnswer(await answer(), sendBody);
      if (socket.writable) socket.end(last);
      linger(socket);
    },
  };
}

async function idle(state: ConnectionState): Promise<void> {
  if (state.underWay === 0) return;
  await new Promise<void>((resolve) => {
    state.whenIdle = resolve;
  });
}

function linger(socket: Duplex): void {
  if (socket.destroyed) return;
  if (!socket.writableEnded) socket.end();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** An answer as bytes, the last on its connection. */
function wholeAnswer(answer: HttpAnswer, sendBody: boolean): Buffer {
  const lines = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`];
  for (const [name, value] of Object.entries(answer.headers)) lines.push(`${name}: ${value}`);
  lines.push(
    `content-length: ${answer.body?.bytes ?? 0}`,
    `date: ${new Date().toUTCString()}`,
    'connection: close',
    '',
    '',
  );
  const head = Buffer.from(lines.join('\r\n'), 'latin1');
  return answer.body === null || !sendBody
    ? head
    : Buffer.concat([head, ...answer.body.pieces.map((piece) => Buffer.from(piece))]);
}
