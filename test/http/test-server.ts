// A real server on a real socket for tests of the HTTP core: every operation of http-api §1.2, each with an answer
// that tells which one it was. `answers` replaces single ones; the log's lines are kept.

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import type { Authenticator, Caller } from '../../src/auth/caller.ts';
import type { Guard, Operation, OperationAnswer, OperationRequest } from '../../src/http/operation.ts';
import { createServer, type HttpServer, type ServerParts } from '../../src/http/server.ts';
import type { PolicyRule } from '../../src/policy/rules.ts';
import { createLoggerTo } from '../../src/telemetry/logger.ts';

type Method = Operation['method'];
type Answer = (request: OperationRequest) => Promise<OperationAnswer>;

const V: Guard = 'version';
const A: Guard = 'accept';
const C: Guard = 'content';

interface Row {
  readonly method: Method;
  readonly path: string;
  readonly since: number;
  readonly guards: readonly Guard[];
  readonly rule: PolicyRule;
  readonly until?: number;
  readonly tooOld?: 405;
}

function row(method: Method, path: string, since: number, guards: readonly Guard[], rule: PolicyRule): Row {
  return { method, path, since, guards, rule };
}

const RP = '/resource_providers/{uuid}';
const RC = '/resource_classes/{name}';

/** The routing table of http-api §1.2, in its order. */
export const ROWS: readonly Row[] = [
  row('GET', '/resource_classes', 2, [V, A], 'placement:resource_classes:list'),
  row('POST', '/resource_classes', 2, [V, C], 'placement:resource_classes:create'),
  row('GET', RC, 2, [V, A], 'placement:resource_classes:show'),
  { ...row('PUT', RC, 2, [V, C], 'placement:resource_classes:update'), until: 6 },
  row('PUT', RC, 7, [V], 'placement:resource_classes:update'),
  row('DELETE', RC, 2, [V], 'placement:resource_classes:delete'),
  row('GET', '/resource_providers', 0, [A], 'placement:resource_providers:list'),
  row('POST', '/resource_providers', 0, [C], 'placement:resource_providers:create'),
  row('GET', RP, 0, [A], 'placement:resource_providers:show'),
  row('PUT', RP, 0, [C], 'placement:resource_providers:update'),
  row('DELETE', RP, 0, [], 'placement:resource_providers:delete'),
  row('GET', `${RP}/inventories`, 0, [A], 'placement:resource_providers:inventories:list'),
  row('POST', `${RP}/inventories`, 0, [C], 'placement:resource_providers:inventories:create'),
  row('PUT', `${RP}/inventories`, 0, [C], 'placement:resource_providers:inventories:update'),
  { ...row('DELETE', `${RP}/inventories`, 5, [V], 'placement:resource_providers:inventories:delete'), tooOld: 405 },
  row('GET', `${RP}/inventories/{resource_class}`, 0, [A], 'placement:resource_providers:inventories:show'),
  row('PUT', `${RP}/inventories/{resource_class}`, 0, [C], 'placement:resource_providers:inventories:update'),
  row('DELETE', `${RP}/inventories/{resource_class}`, 0, [], 'placement:resource_providers:inventories:delete'),
  row('GET', `${RP}/usages`, 0, [A], 'placement:resource_providers:usages'),
  row('GET', `${RP}/aggregates`, 1, [A, V], 'placement:resource_providers:aggregates:list'),
  row('PUT', `${RP}/aggregates`, 1, [C, V], 'placement:resource_providers:aggregates:update'),
  row('GET', `${RP}/allocations`, 0, [A], 'placement:resource_providers:allocations:list'),
  row('GET', `${RP}/traits`, 6, [V, A], 'placement:resource_providers:traits:list'),
  row('PUT', `${RP}/traits`, 6, [V, C], 'placement:resource_providers:traits:update'),
  row('DELETE', `${RP}/traits`, 6, [V], 'placement:resource_providers:traits:delete'),
  row('GET', '/traits', 6, [V, A], 'placement:traits:list'),
  row('GET', '/traits/{name}', 6, [V], 'placement:traits:show'),
  row('PUT', '/traits/{name}', 6, [V], 'placement:traits:update'),
  row('DELETE', '/traits/{name}', 6, [V], 'placement:traits:delete'),
  row('POST', '/allocations', 13, [V, C], 'placement:allocations:manage'),
  row('GET', '/allocations/{consumer_uuid}', 0, [A], 'placement:allocations:list'),
  row('PUT', '/allocations/{consumer_uuid}', 0, [C], 'placement:allocations:update'),
  row('DELETE', '/allocations/{consumer_uuid}', 0, [], 'placement:allocations:delete'),
  row('GET', '/allocation_candidates', 10, [V, A], 'placement:allocation_candidates:list'),
  row('GET', '/usages', 9, [V, A], 'placement:usages'),
  row('POST', '/reshaper', 30, [V, C], 'placement:reshaper:reshape'),
];

/** Answers by `METHOD path`, instead of the usual one. */
export type Answers = Readonly<Record<string, Answer>>;

/** The rows as operations; what is not in `answers` says 200 and names itself. */
export function operations(answers: Answers): readonly Operation[] {
  return ROWS.map((one) => ({
    ...one,
    contract: { id: one.path, tag: 'Test', summary: '', answers: () => [] },
    answer:
      answers[`${one.method} ${one.path}`] ??
      (async () => ({ status: 200, body: { operation: `${one.method} ${one.path} since ${one.since}` } })),
  }));
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Send {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface TestServer {
  readonly server: HttpServer;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly port: number;
  /** One object per line of the log. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly logText: () => string;
  /** A request by a caller with a token, unless `x-auth-token` is given as empty. */
  send(method: string, path: string, send?: Send): Promise<Reply>;
  /** Bytes on a socket of their own; all that comes back until the other side closes, or `untilMs` have passed. */
  raw(bytes: string | Buffer, untilMs?: number): Promise<string>;
}

export interface TestServerOptions {
  readonly answers?: Answers;
  readonly authenticator?: Authenticator;
  readonly settings?: Partial<ServerParts['settings']>;
  readonly limits?: Partial<ServerParts['settings']['limits']>;
  readonly mountPrefix?: string;
}

export const LIMITS = {
  bodyBytesMax: 10_000,
  headerBytesMax: 16_000,
  urlBytesMax: 8000,
  queryParametersMax: 20,
  jsonDepthMax: 64,
  requestTimeoutMs: 5000,
  connectionsMax: 1000,
  unsentBytesMax: 1024 * 1024,
  admission: { concurrentRequestsMax: 100, waitingRequestsMax: 100, waitingTimeMaxMs: 1000, overloadDelayMs: 1000 },
};

/** A server that is closed when the test ends. */
export async function startServer(t: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  const lines: string[] = [];
  const log: Record<string, unknown>[] = [];
  const server = await createServer({
    operations: operations(options.answers ?? {}),
    authenticator: options.authenticator ?? tokenAuthenticator,
    policy: { allows: async (_rule, caller) => !caller.roles.includes('nobody') },
    settings: {
      cors: null,
      enableProxyHeadersParsing: false,
      ...options.settings,
      limits: { ...LIMITS, ...options.limits },
    },
    logger: createLoggerTo(
      {
        write(line) {
          lines.push(line);
          log.push(JSON.parse(line));
        },
      },
      true,
    ),
    mountPrefix: options.mountPrefix ?? '',
  });
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close(0));
  const port = Number(new URL(origin).port);
  return {
    server,
    origin,
    port,
    log,
    logText: () => lines.join(''),
    send: (method, path, send = {}) => sendTo(port, method, path, send),
    raw: (bytes, untilMs = 3000) => rawTo(port, bytes, untilMs),
  };
}

/** The token `user`; the role `nobody`, which may nothing, comes from `x-roles`. */
export const tokenAuthenticator: Authenticator = {
  async authenticate(headers) {
    const token = headers['x-auth-token'];
    if (typeof token !== 'string' || token === '') {
      return { kind: 'unauthorized', headers: { 'WWW-Authenticate': 'Test' }, body: { title: 'Unauthorized' } };
    }
    const roles = typeof headers['x-roles'] === 'string' ? [headers['x-roles']] : [];
    return { kind: 'caller', caller: { ...CALLER, roles } };
  },
};

export const CALLER: Caller = {
  userId: 'user-4711',
  projectId: 'project-4711',
  domainId: null,
  userDomainId: null,
  projectDomainId: null,
  systemScope: null,
  roles: [],
  isAdminProject: true,
  serviceUserId: null,
  serviceProjectId: null,
  serviceUserDomainId: null,
  serviceProjectDomainId: null,
  serviceRoles: [],
};

function sendTo(port: number, method: string, path: string, { headers = {}, body }: Send): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const sent = httpRequest(
    { host: '127.0.0.1', port, method, path, agent: false, headers: { 'x-auth-token': 'user', ...length, ...headers } },
    async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: Buffer.concat(chunks).toString('utf8'),
      });
    },
  );
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

function rawTo(port: number, bytes: string | Buffer, untilMs: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const finish = (): void => {
    clearTimeout(timer);
    socket.destroy();
    resolve(Buffer.concat(chunks).toString('latin1'));
  };
  const timer = setTimeout(finish, untilMs);
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('end', finish).on('error', finish).on('close', finish);
  socket.write(bytes);
  return promise;
}

/** The one error of a JSON error body. Throws when the body has another shape. */
export function onlyError(reply: Pick<Reply, 'text'>): Readonly<Record<string, unknown>> {
  const body: { errors: Record<string, unknown>[] } = JSON.parse(reply.text);
  const [error, ...others] = body.errors;
  if (error === undefined || others.length > 0) throw new Error(`not exactly one error: ${reply.text}`);
  return error;
}

/** The answers in the text of a raw connection: status and body's text, in order. */
export function rawStatuses(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}
