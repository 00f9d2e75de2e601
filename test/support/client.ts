// A small client of the API for tests: JSON in, JSON out, one microversion at a time.

import { Agent, request as httpRequest } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The decoded body; undefined when there is none. */
  readonly body: Json;
}

// Answers are of many shapes; a test reads what it expects and fails if it is not there.
// biome-ignore lint/suspicious/noExplicitAny: test code reads free-form answers
export type Json = any;

export interface Client {
  call(method: string, path: string, body?: unknown): Promise<Reply>;
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
  const call = (method: string, path: string, body?: unknown) => send(agent, url, version, method, path, body);
  return {
    call,
    get: (path) => call('GET', path),
    put: (path, body) => call('PUT', path, body),
    post: (path, body) => call('POST', path, body),
    delete: (path) => call('DELETE', path),
    at: (other) => clientOf(url, other, agent),
    close: () => agent.destroy(),
  };
}

function send(
  agent: Agent,
  url: string,
  version: string,
  method: string,
  path: string,
  body: unknown,
): Promise<Reply> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${url}${path}`,
      {
        method,
        agent,
        headers: {
          'openstack-api-version': `placement ${version}`,
          ...(payload === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text === '' ? undefined : parse(text),
          });
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
