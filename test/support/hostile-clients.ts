// Clients that do not behave: bytes over a plain socket, as slowly or as wrongly as a test likes; and the real service
// with bounds small enough for a test to reach.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { BERTH } from './berth-process.ts';

/** A request head begins with its request line and these. */
export const HEAD =
  'host: berth\r\nx-auth-token: admin\r\nx-roles: admin,service\r\nopenstack-api-version: placement 1.39\r\n';

export interface BoundedService {
  readonly port: number;
  readonly databasePath: string;
  /** Resident memory in MB, from the kernel. */
  residentMb(): number;
  isRunning(): boolean;
  stop(): Promise<number | null>;
}

/** Starts the service from a configuration file, with these settings of `[berth]`. */
export async function startBounded(folder: string, bounds: Readonly<Record<string, number>>): Promise<BoundedService> {
  const databasePath = join(folder, 'berth.sqlite');
  const configuration = join(folder, 'placement.conf');
  const lines = Object.entries({ port: 0, ...bounds }).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(
    configuration,
    `[api]\nauth_strategy = noauth2\n[placement_database]\nconnection = sqlite:///${databasePath}\n` +
      `sync_on_startup = true\n[berth]\n${lines.join('\n')}\n`,
  );
  const child = spawn(BERTH, ['serve', '--config-file', configuration], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { promise: address, resolve, reject } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const found = /"address":"([^"]+)"/.exec(line)?.[1];
    if (found !== undefined) resolve(found);
  });
  child.once('exit', (code) => reject(new Error(`Berth ended with ${code}`)));
  const port = Number(new URL(await address).port);
  return {
    port,
    databasePath,
    residentMb: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
    },
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}

/** What came back on a socket. */
export interface Outcome {
  /** Of every answer, in order. */
  readonly statuses: readonly number[];
  readonly text: string;
  /** False when the client gave up first. */
  readonly isClosed: boolean;
}

export type Bytes = string | Buffer;

/** Sends everything, however slowly it comes, and reads until the service closes or the time is over. */
export async function exchange(
  port: number,
  bytes: Iterable<Bytes> | AsyncIterable<Bytes>,
  { patienceMs = 60_000, thenEnd = false }: { readonly patienceMs?: number; readonly thenEnd?: boolean } = {},
): Promise<Outcome> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  const gone = new Promise<true>((resolve) => {
    // A reset is one way of closing.
    socket.on('error', () => resolve(true));
    socket.on('end', () => resolve(true));
    socket.on('close', () => resolve(true));
  });
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += String(chunk);
  });
  const giveUp = new AbortController();
  const tired = delay(patienceMs, false, { signal: giveUp.signal }).catch(() => false);
  void sendAll(socket, bytes).then(() => {
    if (thenEnd) socket.end();
  });
  const isClosed = await Promise.race([gone, tired]);
  giveUp.abort();
  socket.destroy();
  return { statuses: statusesIn(text), text, isClosed };
}

/** Writes no faster than the other side takes; stops quietly when it is gone. */
async function sendAll(socket: Socket, bytes: Iterable<Bytes> | AsyncIterable<Bytes>): Promise<void> {
  for await (const part of bytes) {
    if (socket.destroyed || !socket.writable) return;
    const isTaken = typeof part === 'string' ? socket.write(part, 'latin1') : socket.write(part);
    if (!isTaken) await drained(socket);
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

export function statusesIn(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}

/** The bytes one by one, a pause after each. */
export async function* dribble(bytes: string, pauseMs: number): AsyncGenerator<string> {
  for (const byte of bytes) {
    yield byte;
    await delay(pauseMs);
  }
}

/** A whole request with a body of a known length, the last on its connection. */
export function requestWith(line: string, body: Bytes): Buffer {
  const payload = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const head =
    `${line} HTTP/1.1\r\n${HEAD}content-type: application/json\r\ncontent-length: ${payload.length}\r\n` +
    'connection: close\r\n\r\n';
  return Buffer.concat([Buffer.from(head, 'latin1'), payload]);
}

/** A request without a body, the last on its connection. */
export function requestFor(target: string, method = 'GET'): string {
  return `${method} ${target} HTTP/1.1\r\n${HEAD}connection: close\r\n\r\n`;
}
