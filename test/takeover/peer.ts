// A client for either service. Other tests' client holds every answer against Berth's contract; this one takes what comes.

import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';

// biome-ignore lint/suspicious/noExplicitAny: test code reads free-form answers
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly lastModified: string | null;
  readonly body: Json;
}

export interface Peer {
  call(method: string, path: string, version: string, body?: unknown): Promise<Answer>;
  /** {@link call}; fails unless the status is the expected one. */
  expect(status: number, method: string, path: string, version: string, body?: unknown): Promise<Answer>;
  close(): void;
}

/** All that a caller may need, under either way of deciding who may do what. */
const CALLER = { 'x-auth-token': 'admin', 'x-roles': 'admin,service,member,reader' };

export function createPeer(url: string): Peer {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const call = (method: string, path: string, version: string, body?: unknown) =>
    send(agent, `${url}${path}`, method, version, body);
  return {
    call,
    async expect(status, method, path, version, body) {
      const answer = await call(method, path, version, body);
      const what = `${method} ${path} at ${version} with ${JSON.stringify(body)}`;
      assert.equal(answer.status, status, `${what} answered ${JSON.stringify(answer)}`);
      return answer;
    },
    close: () => agent.destroy(),
  };
}

function send(agent: Agent, url: string, method: string, version: string, body: unknown): Promise<Answer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = {
      ...CALLER,
      'openstack-api-version': `placement ${version}`,
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
    };
    const sent = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const lastModified = response.headers['last-modified'] ?? null;
        resolve({ status: response.statusCode ?? 0, lastModified, body: decoded(text) });
      });
    });
    sent.once('error', (error) => reject(new Error(`${method} ${url} was not answered`, { cause: error })));
    sent.end(payload);
  });
}

function decoded(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
