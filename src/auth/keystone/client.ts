// One exchange with Keystone over a kept connection, bounded in time and bytes. Every request here may be sent twice, so
// a kept connection that turns out to be closed is replaced without counting as an attempt.

import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { errorCode, type TlsFiles, tlsOptions } from './tls.ts';
import { KeystoneTrouble } from './trouble.ts';

export interface KeystoneRequest {
  readonly method: 'GET' | 'POST';
  /** Of http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface KeystoneAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingMessage['headers'];
  /** Decoded; undefined when it is no JSON. */
  readonly body: unknown;
}

/** More wait in line; Keystone is usually a handful of processes. */
const CONNECTIONS_MAX = 32;
const IDLE_CONNECTIONS_MAX = 8;
/** A catalog of hundreds of endpoints is some 100 kB. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Failures of the way to Keystone; others, those of TLS above all, would only fail again. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'EHOSTUNREACH'],
  ...['ENETDOWN', 'ENETUNREACH', 'ENETRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'],
]);

/** How a connection shows that the other side has closed it. */
const CLOSED_CODES: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

export class KeystoneClient {
  readonly #timeoutMs: number;
  readonly #tls: TlsFiles;
  readonly #http = new HttpAgent({
    keepAlive: true,
    maxSockets: CONNECTIONS_MAX,
    maxFreeSockets: IDLE_CONNECTIONS_MAX,
  });
  #https: HttpsAgent | null = null;

  /** @param timeoutMs from the beginning to the last byte of the answer, waiting for a connection included */
  constructor(timeoutMs: number, tls: TlsFiles) {
    this.#timeoutMs = timeoutMs;
    this.#tls = tls;
  }

  /** The answer, whatever its status. Throws KeystoneTrouble when there is none. */
  async send(request: KeystoneRequest): Promise<KeystoneAnswer> {
    for (let kept = 0; ; kept++) {
      const { answer, failure, onStaleConnection } = await this.#exchange(request);
      if (answer !== null) return answer;
      if (!onStaleConnection || kept > IDLE_CONNECTIONS_MAX) throw failure;
    }
  }

  async #exchange(request: KeystoneRequest): Promise<Exchange> {
    const { origin } = new URL(request.url);
    const payload = request.body === undefined ? null : Buffer.from(JSON.stringify(request.body), 'utf8');
    const outgoing = this.#open(request, payload);
    const seen = { response: false, timeLimit: false };
    outgoing.once('response', () => {
      seen.response = true;
    });
    const timer = setTimeout(() => {
      seen.timeLimit = true;
      outgoing.destroy();
    }, this.#timeoutMs);
    try {
      return { answer: await answerTo(outgoing, payload), failure: null, onStaleConnection: false };
    } catch (error) {
      return {
        answer: null,
        failure: seen.timeLimit ? this.#tooLate(origin) : connectionTrouble(origin, error),
        onStaleConnection:
          !seen.response && !seen.timeLimit && outgoing.reusedSocket && CLOSED_CODES.has(errorCode(error)),
      };
    } finally {
      clearTimeout(timer);
    }
  }

  #tooLate(origin: string): KeystoneTrouble {
    return new KeystoneTrouble(`${origin} has not answered after ${this.#timeoutMs / 1000} s`, true);
  }

  #open(request: KeystoneRequest, payload: Buffer | null): ClientRequest {
    const options = {
      method: request.method,
      headers: {
        accept: 'application/json',
        'user-agent': 'berth',
        ...request.headers,
        ...(payload === null ? {} : { 'content-type': 'application/json', 'content-length': payload.length }),
      },
    };
    if (!request.url.startsWith('https:')) return httpRequest(request.url, { ...options, agent: this.#http });
    this.#https ??= new HttpsAgent({
      keepAlive: true,
      maxSockets: CONNECTIONS_MAX,
      maxFreeSockets: IDLE_CONNECTIONS_MAX,
      ...tlsOptions(this.#tls),
    });
    return httpsRequest(request.url, { ...options, agent: this.#https });
  }
}

type Exchange =
  | { readonly answer: KeystoneAnswer; readonly failure: null; readonly onStaleConnection: false }
  | { readonly answer: null; readonly failure: KeystoneTrouble; readonly onStaleConnection: boolean };

async function answerTo(outgoing: ClientRequest, payload: Buffer | null): Promise<KeystoneAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve);
    // Stays for errors that come while the body is read; those reach the body's reader too.
    outgoing.on('error', reject);
    outgoing.end(payload ?? undefined);
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new KeystoneTrouble(`an answer is longer than ${ANSWER_BYTES_MAX} bytes`);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: decodeJson(Buffer.concat(chunks)) };
}

function decodeJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function connectionTrouble(origin: string, error: unknown): KeystoneTrouble {
  if (error instanceof KeystoneTrouble) return error;
  const code = errorCode(error);
  // HPE_…: what came back is no HTTP.
  const retryable = CONNECTION_CODES.has(code) || code.startsWith('HPE_');
  return new KeystoneTrouble(`the connection to ${origin} failed (${code})`, retryable);
}
