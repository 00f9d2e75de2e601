// Where requests come in: it is decided whether they are let in, wait or are refused, and those that are let in are answered.
// A refusal spends nothing but Node's own reading of the head and one write; who waits is two objects of Node's.
//
// The body is left where it is. Of a request that is refused Node discards it after the answer, so that the connection
// can be used again; a client that asked with `Expect` before sending one gets the answer instead of 100.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Admission } from './admission.ts';
import type { Connections } from './connections.ts';
import type { HttpAnswer, IncomingRequest } from './incoming.ts';
import { IncomingBody } from './incoming-body.ts';
import type { LimitRefusals } from './limits.ts';
import type { Pipeline } from './pipeline.ts';
import { sendAnswer } from './send-answer.ts';

export interface EntranceParts {
  readonly pipeline: Pick<Pipeline, 'answer' | 'isUrgent' | 'shed'>;
  readonly admission: Admission;
  readonly connections: Connections;
  /** A client that takes no answer for that long is cut off. */
  readonly requestTimeoutMs: number;
  readonly bodyBytesMax: number;
  readonly refusals: Pick<LimitRefusals, 'bodyTooLarge'>;
  /** Told of what prevents an answer from being sent: a defect. */
  readonly onFailure: (error: unknown) => void;
}

export interface Entrance {
  /** Takes requests as Node has them; those of one connection one after the other. */
  readonly listener: RequestListener;
  /** The answer to a request that Node does not hand over, when it is let in; never rejects. */
  answer(request: IncomingRequest): Promise<HttpAnswer>;
  /** The answer to a request whose turn comes from now on is the last on its connection. */
  close(): void;
}

export function createEntrance(parts: EntranceParts): Entrance {
  const { pipeline, admission, connections, requestTimeoutMs, onFailure } = parts;
  let isClosing = false;

  /** Has the request answered, or refused, when its turn comes. */
  function ask(request: IncomingRequest, isGone: () => boolean, take: (answer: HttpAnswer) => void): void {
    if (pipeline.isUrgent(request)) {
      void pipeline.answer(request).then(take);
      return;
    }
    const enter = (): void => {
      // Whoever waited so long that nobody is left to answer is not served.
      if (isGone()) {
        admission.leave(0);
        return;
      }
      const since = performance.now();
      void pipeline.answer(request).then((answer) => {
        admission.leave(performance.now() - since);
        take(answer);
      });
    };
    admission.ask({ enter, refuse: (refusal) => take(pipeline.shed(refusal, request)) });
  }

  function send(response: ServerResponse, answer: HttpAnswer): void {
    const { socket } = response;
    try {
      // Now it is the client's turn: a socket on which nothing moves for that long is closed, and its answer with it.
      if (!sendAnswer(response, answer)) socket?.setTimeout(requestTimeoutMs);
    } catch (error) {
      onFailure(error);
      response.destroy();
    }
  }

  return {
    listener: (request, response) => {
      const { socket } = request;
      const body = new IncomingBody(request, response);
      connections.begin(request, response, body, () => {
        if (socket.destroyed) return;
        if (isClosing) response.shouldKeepAlive = false;
        if (socket.timeout) socket.setTimeout(0);
        ask(
          new ArrivedRequest(request, () => body.read(parts.bodyBytesMax, parts.refusals.bodyTooLarge)),
          () => socket.destroyed,
          (answer) => send(response, answer),
        );
      });
    },
    answer: (request) => new Promise((resolve) => ask(request, () => false, resolve)),
    close() {
      isClosing = true;
    },
  };
}

/** Of the headers nothing is read unless they are needed: Node makes an object of them then. */
class ArrivedRequest implements IncomingRequest {
  readonly arrivedAt = performance.now();
  readonly defect = null;
  readonly readBody: () => Promise<Buffer>;
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage, readBody: () => Promise<Buffer>) {
    this.#request = request;
    this.readBody = readBody;
  }

  get method(): string {
    return this.#request.method ?? '';
  }

  get target(): string {
    return this.#request.url ?? '';
  }

  get headers(): IncomingMessage['headers'] {
    return this.#request.headers;
  }

  get localAuthority(): string {
    return localAuthority(this.#request.socket);
  }
}

/** `host:port` of our end of a socket; `localhost` for a Unix socket. */
export function localAuthority(socket: Duplex): string {
  const address = 'localAddress' in socket && typeof socket.localAddress === 'string' ? socket.localAddress : null;
  const port = 'localPort' in socket && typeof socket.localPort === 'number' ? socket.localPort : null;
  if (address === null || port === null) return 'localhost';
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
