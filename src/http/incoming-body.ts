// The body of one request, taken from its socket only when an operation wants it. What is not wanted Node discards
// once the answer is sent, so that a client in the middle of sending can still read it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BerthError } from '../domain/errors/declare.ts';
import { requestIncomplete } from '../domain/errors/http.ts';

export class IncomingBody {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #failure: BerthError | null = null;
  #reject: ((error: Error) => void) | null = null;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  /** Tells whoever reads the body, now or later, that the rest of it will not come. */
  fail(error: BerthError): void {
    this.#failure ??= error;
    this.#reject?.(error);
  }

  /**
   * The whole body, empty when there is none.
   *
   * @param tooLarge made and thrown beyond `bytesMax`; what has arrived by then is dropped
   */
  async read(bytesMax: number, tooLarge: () => BerthError): Promise<Buffer> {
    const request = this.#request;
    if (this.#failure !== null) throw this.#failure;
    if (request.destroyed) throw requestIncomplete({});
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge();
    if (request.headers.expect !== undefined) this.#response.writeContinue();

    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.#reject = reject;
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > bytesMax) reject(tooLarge());
      else chunks.push(chunk);
    };
    const onGone = (): void => reject(requestIncomplete({}));
    const onEnd = (): void => {
      // It closes before anybody who waits here runs, and the error for that would be made in vain.
      request.off('close', onGone);
      resolve(Buffer.concat(chunks, length));
    };
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
    try {
      return await promise;
    } finally {
      request.off('data', onData).off('end', onEnd).off('close', onGone);
      // Flowing on without a reader discards the rest; an error without a listener would end the process.
      request.resume();
    }
  }
}
