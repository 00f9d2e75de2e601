// A small client of the API for tests: JSON in, JSON out, one microversion at a time. Every answer is held against the
// contract of its operation, so no test accepts one that is not in the OpenAPI document.

import { Agent, request as httpRequest } from 'node:http';
import { checkContract, recordReached } from './contract.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The decoded body; undefined when there is none. */
  readonly body: Json;
}

// Answers are of many shapes; a test reads what it expects and fails if it is not there.
// biome-ignore lint/suspicious/noExplicitAny: test code reads free-form answers
export type Json = any;

/** What a request has instead of, or beside, a JSON body. */
export interface Unusual {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, without a content type of its own. */
  readonly payload?: string;
}

export interface Client {
  call(method: string, path: string, body?: unknown): Promise<Reply>;
  /** A request with headers and a payload of one's own. */
  send(method: string, path: string, unusual: Unusual): Promise<Reply>;
  get(path: string): Promise<Reply>;
  put(path: string, body?: unknown): Promise<Reply>;
  post(path: string, body?: unknown): Promise<Reply>;
  delete(path: string): Promise<Reply>;
  /** The same service at another microversion. */
  at(version: string): Client;
  close(): void;
}

/** A client of the service at `url`; calls may overlap. */
export function createClient(url: string, version = '1.39'): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  return clientOf(url, version, agent);
}

function clientOf(url: string, version: string, agent: Agent): Client {
  const sendIt = (method: string, path: string, unusual: Unusual) => send(agent, url, version, method, path, unusual);
  const call = (method: string, path: string, body?: unknown) => sendIt(method, path, jsonBody(body));
  return {
    call,
    send: sendIt,
    get: (path) => call('GET', path),
    put: (path, body) => call('PUT', path, body),
    post: (path, body) => call('POST', path, body),
    delete: (path) => call('DELETE', path),
    at: (other) => clientOf(url, other, agent),
    close: () => agent.destroy(),
  };
}

function jsonBody(body: unknown): Unusual {
  if (body === undefined) return {};
  return { headers: { 'content-type': 'application/json' }, payload: JSON.stringify(body) };
}

function send(
  agent: Agent,
  url: string,
  version: string,
  method: string,
  path: string,
  { headers, payload }: Unusual,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${url}${path}`,
      {
        method,
        agent,
        headers: {
          'openstack-api-version': `placement ${version}`,
          ...(payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const { statusCode: status = 0, headers: received } = response;
          try {
            const exchange = { method, path, version, status, headers: received, text };
            checkContract(exchange);
            recordReached(exchange);
          } catch (error) {
            reject(error);
            return;
          }
          resolve({ status, headers: received, body: text === '' ? undefined : parse(text) });
        });
      },
    );
    request.on('error', reject);
    request.end(payload);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
