// The HTTP server. Fastify owns the sockets and their life; the requests take an entrance of their own (entrance.ts), and
// Fastify routes, parses and answers nothing, because the order of stages and the answers of the API are a contract of
// their own (http-api §1.1).

import { lookup } from 'node:dns/promises';
import { createServer as createPlainServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { type FastifyInstance, fastify } from 'fastify';
import type { BerthError } from '../domain/errors/declare.ts';
import { pathUnknown } from '../domain/errors/http.ts';
import type { HttpMetrics } from '../telemetry/http-metrics.ts';
import { Admission } from './admission.ts';
import { type BrokenHead, isLaterFault, parserFault, parserRefusal, readBrokenHead } from './broken-request.ts';
import { type Connections, trackConnections } from './connections.ts';
import { createEntrance, type Entrance, localAuthority } from './entrance.ts';
import type { HttpAnswer, IncomingRequest } from './incoming.ts';
import { type LimitRefusals, limitRefusals } from './limits.ts';
import { createPipeline, type Pipeline, type PipelineParts } from './pipeline.ts';

export interface ServerParts extends Omit<PipelineParts, 'scheme'> {
  /** The server speaks HTTPS with these; HTTP when absent or null. */
  readonly tls?: TlsIdentity | null;
}

/** PEM texts. */
export interface TlsIdentity {
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/** A TCP address, port 0 for any free one, or the path of a Unix socket. */
export type ListenTarget = { readonly host: string; readonly port: number } | { readonly path: string };

export interface HttpServer {
  /** Starts to accept. Resolves to `http://127.0.0.1:8778`, with the actual port, or to the socket's path. */
  listen(target: ListenTarget): Promise<string>;
  /** New connections get this certificate. Throws when it cannot be used; then the one from before stays. */
  replaceTlsIdentity(tls: TlsIdentity): void;
  /**
   * Stops accepting, finishes what is under way, and closes.
   *
   * @param deadlineMs after this, connections still open are cut off
   */
  close(deadlineMs?: number): Promise<void>;
}

/**
 * Connections that wait to be accepted. One that finds no place tries again after a second, three, seven; the kernel's
 * own bound is seldom larger.
 */
const BACKLOG = 4096;
/** Longer than proxies keep theirs: it is they who close an idle connection, and no request falls into the gap. */
const KEEP_ALIVE_MS = 72_000;
const CLOSE_DEADLINE_MS = 20_000;
/** How often Node looks for requests that have not arrived in time; a time-out is late by up to this. */
const TIMEOUT_CHECK_MS = 1000;
/** Errors after which there is nobody to answer. */
const GONE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** What the functions below work on. */
interface Service {
  readonly pipeline: Pipeline;
  readonly entrance: Entrance;
  readonly connections: Connections;
  readonly refusals: LimitRefusals;
}

/** Makes a server of its parts. Throws when two operations contradict each other. */
export async function createServer(parts: ServerParts): Promise<HttpServer> {
  const { limits } = parts.settings;
  const tls = parts.tls ?? null;
  const pipeline = createPipeline({ ...parts, scheme: tls === null ? 'http' : 'https' });
  const connections = trackConnections();
  const admission = new Admission(limits.admission);
  const refusals = limitRefusals(limits);
  const { requestTimeoutMs, bodyBytesMax } = limits;
  const onFailure = (error: unknown): void => parts.logger.error({ err: error }, 'an answer could not be sent');
  const entrance = createEntrance({
    ...{ pipeline, admission, connections, refusals },
    ...{ requestTimeoutMs, bodyBytesMax, onFailure },
  });
  const service: Service = { pipeline, entrance, connections, refusals };
  const options = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.requestTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, limits.requestTimeoutMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Node would answer a missing `Host` by itself, without our headers; the API does not need it.
    requireHostHeader: false,
  };
  const tlsServer = tls === null ? null : createTlsServer({ ...options, ...pemOptions(tls) });
  const { listener } = entrance;
  const serverFactory = (): Server =>
    tlsServer === null ? createPlainServer(options, listener) : tlsServer.on('request', listener);
  const app = fastify({
    serverFactory,
    requestTimeout: limits.requestTimeoutMs,
    forceCloseConnections: 'idle',
    clientErrorHandler: (error, socket) => answerParserError(service, error, socket),
  });
  // `Expect` must not be answered before identity and policy; the body's reader asks for the body.
  app.server.on('checkContinue', (request, response) => app.server.emit('request', request, response));
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.server.on('connect', (request: IncomingMessage, socket: Duplex) => answerConnect(service, request, socket));
  // A client that has said all it has to say still waits for its answers; Node would hang up on it.
  Object.assign(app.server, { httpAllowHalfOpen: true });
  boundConnections(app, limits.connectionsMax, admission, parts.metrics);
  await app.ready();
  return {
    listen: async (target) => {
      const address = await listen(app, target);
      return tlsServer === null ? address : address.replace(/^http:/, 'https:');
    },
    replaceTlsIdentity: (identity) => tlsServer?.setSecureContext(pemOptions(identity)),
    close: (deadlineMs = CLOSE_DEADLINE_MS) => {
      entrance.close();
      return close(app, deadlineMs);
    },
  };
}

/** Beyond the bound a connection is closed by Node before anything is read from it. */
function boundConnections(
  { server }: FastifyInstance,
  connectionsMax: number,
  admission: Admission,
  metrics: HttpMetrics | undefined,
): void {
  let connections = 0;
  server.maxConnections = connectionsMax;
  server.on('drop', () => metrics?.connectionDropped());
  server.on('connection', (socket) => {
    connections++;
    socket.once('close', () => connections--);
  });
  metrics?.watch(() => ({ ...admission.load, connections }));
}

/** Throws when a server could not use it. */
export function assertTlsIdentity(identity: TlsIdentity): void {
  createSecureContext(pemOptions(identity));
}

function pemOptions({ certificate, key }: TlsIdentity) {
  return { cert: certificate, key };
}

/** Bytes that Node's parser refuses, and requests that do not arrive in time. */
function answerParserError(service: Service, error: Error, socket: Duplex): void {
  const fault = parserFault(error);
  if (GONE.has(fault.code) || !socket.writable) {
    socket.destroy();
    return;
  }
  const { pipeline, entrance, refusals } = service;
  const refusal = parserRefusal(fault, refusals);
  const head = readBrokenHead(fault);
  const answer = async (): Promise<HttpAnswer> =>
    head !== null && isLaterFault(fault)
      ? entrance.answer(brokenRequest(head, socket, refusal))
      : pipeline.refuse(refusal, head);
  void service.connections.breakOff(socket, refusal, answer, head?.method !== 'HEAD');
}

/** CONNECT is for proxies. Its target is no path of ours, so the usual stages end in 401 or 404. */
function answerConnect(service: Service, request: IncomingMessage, socket: Duplex): void {
  const refusal = pathUnknown({});
  const head = { method: 'CONNECT', target: request.url ?? '', headers: request.headers };
  const answer = (): Promise<HttpAnswer> => service.entrance.answer(brokenRequest(head, socket, refusal));
  void service.connections.breakOff(socket, refusal, answer, true);
}

function brokenRequest(head: BrokenHead, socket: Duplex, defect: BerthError): IncomingRequest {
  const readBody = async (): Promise<Buffer> => {
    throw defect;
  };
  return { ...head, arrivedAt: performance.now(), localAuthority: localAuthority(socket), defect, readBody };
}

async function listen(app: FastifyInstance, target: ListenTarget): Promise<string> {
  if ('path' in target) return app.listen({ path: target.path, backlog: BACKLOG });
  // Fastify would open a second server for the other address of `localhost`, without our handlers.
  const host = target.host === 'localhost' ? (await lookup('localhost')).address : target.host;
  return app.listen({ host, port: target.port, backlog: BACKLOG });
}

async function close(app: FastifyInstance, deadlineMs: number): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
  try {
    await app.close();
  } finally {
    clearTimeout(deadline);
  }
}
