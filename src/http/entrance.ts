// Where requests come in: before Fastify makes anything of them, it is decided whether they are let in, wait or are
// refused. A refusal spends nothing but Node's own reading of the head and one write; who waits is two objects of Node's.
//
// The body is left where it is. Of a request that is refused Node discards it after the answer, so that the connection
// can be used again; a client that asked with `Expect` before sending one gets the answer instead of 100.

import { IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Admission } from './admission.ts';
import type { Connections } from './connections.ts';
import type { HttpAnswer, IncomingRequest } from './incoming.ts';
import { IncomingBody } from './incoming-body.ts';
import type { Pipeline, RequestHead } from './pipeline.ts';
import { sendAnswer } from './send-answer.ts';

export interface EntranceParts {
  readonly pipeline: Pick<Pipeline, 'answer' | 'isUrgent' | 'shed'>;
  readonly admission: Admission;
  readonly connections: Connections;
  /** A client that takes no answer for that long is cut off. */
  readonly requestTimeoutMs: number;
}

export interface Entrance {
  /** A listener for requests as Node has them, one after the other on each connection; hands on those that are let in. */
  listener(handOn: RequestListener): RequestListener;
  /** What is known of a request that was handed on. */
  known(request: IncomingMessage): Inside;
  /** To be called once for each request that was handed on, when it is answered. */
  left(request: IncomingMessage): void;
  /** The answer to a request that Node does not hand over, when it is let in; never rejects. */
  answer(request: IncomingRequest): Promise<HttpAnswer>;
  /** From now on a refusal is the last answer on its connection. */
  close(): void;
}

/** The class of requests that a server with an entrance has to make. */
export class ArrivingRequest extends IncomingMessage {
  /** Null until it is handed on. */
  inside: Inside | null = null;
}

/** What is known of a request that was handed on. */
interface Inside {
  readonly body: IncomingBody;
  readonly arrivedAt: number;
  /** Null: it did not have to ask. */
  readonly since: number | null;
}

export function createEntrance({ pipeline, admission, connections, requestTimeoutMs }: EntranceParts): Entrance {
  let isClosing = false;

  function refuse(response: ServerResponse, answer: HttpAnswer): void {
    if (isClosing) response.shouldKeepAlive = false;
    response.socket?.setTimeout(requestTimeoutMs);
    sendAnswer(response, answer);
  }

  function letIn(
    handOn: RequestListener,
    request: ArrivingRequest,
    response: ServerResponse,
    body: IncomingBody,
  ): void {
    const arrivedAt = performance.now();
    const head = new HeadOf(request);
    if (pipeline.isUrgent(head)) {
      request.inside = { body, arrivedAt, since: null };
      handOn(request, response);
      return;
    }
    admission.ask({
      enter: () => {
        // Whoever waited so long that nobody is left to answer is not served.
        if (request.socket.destroyed) return admission.leave(0);
        request.inside = { body, arrivedAt, since: performance.now() };
        handOn(request, response);
      },
      refuse: (refusal) => refuse(response, pipeline.shed(refusal, head)),
    });
  }

  return {
    listener: (handOn) => (request, response) => {
      if (!(request instanceof ArrivingRequest)) throw new Error('the server makes requests of another class');
      const body = new IncomingBody(request, response);
      connections.begin(request, response, body, () => {
        if (request.socket.destroyed) return;
        request.socket.setTimeout(0);
        letIn(handOn, request, response, body);
      });
    },
    known(request) {
      const found = request instanceof ArrivingRequest ? request.inside : null;
      if (found === null) throw new Error('a request came in by another way than the entrance');
      return found;
    },
    left(request) {
      const { since } = this.known(request);
      if (since !== null) admission.leave(performance.now() - since);
    },
    answer(request) {
      if (pipeline.isUrgent(request)) return pipeline.answer(request);
      const { promise, resolve } = Promise.withResolvers<HttpAnswer>();
      admission.ask({
        enter: () => {
          const since = performance.now();
          void pipeline.answer(request).then((answer) => {
            admission.leave(performance.now() - since);
            resolve(answer);
          });
        },
        refuse: (refusal) => resolve(pipeline.shed(refusal, request)),
      });
      return promise;
    },
    close() {
      isClosing = true;
    },
  };
}

/** Of the headers nothing is read unless they are needed: Node makes an object of them then. */
class HeadOf implements RequestHead {
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage) {
    this.#request = request;
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
}
