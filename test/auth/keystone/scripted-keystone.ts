// A Keystone that does what a test tells it: it knows some tokens, counts what it is asked, and fails on demand. A real
// server on a real socket, so that what it does wrong is what the network does wrong.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** Misbehaviour at one request, instead of an answer. */
export type Fault = (response: ServerResponse, request: IncomingMessage) => void;

export const answerWith =
  (status: number, body = '{"error": {"message": "hidden words about user-1"}}', headers = {}): Fault =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
export const cut: Fault = (_response, request) => request.socket.destroy();
export const cutInTheBody: Fault = (response, request) => {
  response.writeHead(200, { 'content-length': 1000 }).write('{"token": {');
  setTimeout(() => request.socket.destroy(), 20);
};
export const hang: Fault = () => {};
export const hangInTheBody: Fault = (response) => response.writeHead(200, { 'content-length': 1000 }).write('{');
export const notHttp: Fault = (_response, request) => request.socket.end('220 mail.example.com ESMTP\r\n');

type Step = 'discover' | 'login' | 'validate';

export interface Asked {
  readonly step: Step;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface KnownToken {
  /** The content of `token` in the answer. */
  readonly token: Readonly<Record<string, unknown>>;
  /** Answered only when expired tokens are allowed. */
  readonly ended?: boolean;
}

export interface ScriptedKeystone {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly asked: readonly Asked[];
  count(step: Step): number;
  /** Tokens of users; `service-N` are those that logins give. */
  readonly tokens: Map<string, KnownToken>;
  /** Faults of the next requests of a kind, one each. */
  readonly next: Record<Step, Fault[]>;
  /** A fault of all further ones. */
  readonly always: Partial<Record<Step, Fault>>;
  /** What logins answer with; the catalog first of all. */
  readonly service: { catalog: unknown[]; expiresInMs: number };
  /** How long each answer takes. */
  delayMs: number;
  readonly server: Server;
}

/** A catalog with Identity at this address, on the `internal` interface. */
export function catalogWith(url: string, more: Readonly<Record<string, unknown>> = {}): unknown[] {
  return [
    { type: 'compute', endpoints: [{ interface: 'internal', region: 'one', url: 'http://127.0.0.1:1/compute' }] },
    { type: 'identity', endpoints: [{ interface: 'internal', region: 'one', url, ...more }] },
  ];
}

export async function startKeystone(t: TestContext, tls?: ServerOptions): Promise<ScriptedKeystone> {
  const asked: Asked[] = [];
  const next: Record<Step, Fault[]> = { discover: [], login: [], validate: [] };
  const always: Partial<Record<Step, Fault>> = {};
  const tokens = new Map<string, KnownToken>();
  let logins = 0;

  const listener: RequestListener = async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { pathname, search } = new URL(request.url ?? '', 'http://x');
    const step = stepOf(request.method ?? '', pathname);
    const body = text === '' ? undefined : JSON.parse(text);
    asked.push({ step, path: pathname, query: search, headers: request.headers, body });
    if (keystone.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, keystone.delayMs));
    const fault = next[step].shift() ?? always[step];
    if (fault !== undefined) return fault(response, request);
    const answer = normal(step, request, search);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  };

  function normal(step: Step, request: IncomingMessage, query: string) {
    switch (step) {
      case 'discover':
        return { status: 300, headers: {}, body: { versions: { values: [version('v2.0'), version('v3.14')] } } };
      case 'login':
        logins++;
        return {
          status: 201,
          headers: { 'x-subject-token': `service-${logins}` },
          body: { token: { expires_at: inMs(keystone.service.expiresInMs), catalog: keystone.service.catalog } },
        };
      case 'validate': {
        const known = tokens.get(String(request.headers['x-subject-token']));
        if (known === undefined || (known.ended === true && !query.includes('allow_expired=1'))) {
          return { status: 404, headers: {}, body: { error: { code: 404 } } };
        }
        return { status: 200, headers: {}, body: { token: known.token } };
      }
    }
  }

  const version = (id: string) => ({
    id,
    links: [{ rel: 'self', href: `${keystone.url}/${id.replace(/\..*/, '')}/` }],
  });

  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = isAddress(address) ? address.port : 0;
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const keystone: ScriptedKeystone = {
    url,
    asked,
    count: (step) => asked.filter((one) => one.step === step).length,
    tokens,
    next,
    always,
    service: { catalog: catalogWith(`${url}/v3`), expiresInMs: 3_600_000 },
    delayMs: 0,
    server,
  };
  return keystone;
}

/** The content of a project-scoped token, and whatever a test says of it. */
export function tokenOf(user: string, more: Readonly<Record<string, unknown>> = {}): KnownToken {
  return {
    token: {
      expires_at: inMs(3_600_000),
      user: { id: user, name: `name of ${user}`, domain: { id: 'user-domain', name: 'd' } },
      project: { id: `project-of-${user}`, name: 'p', domain: { id: 'project-domain', name: 'd' } },
      roles: [{ id: '1', name: 'member' }],
      ...more,
    },
  };
}

export function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString().replace('Z', '000Z');
}

function stepOf(method: string, path: string): Step {
  if (!path.endsWith('/auth/tokens')) return 'discover';
  return method === 'POST' ? 'login' : 'validate';
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return address !== null && typeof address === 'object';
}
