// A process that sends requests, to be started beside the service: at a fixed rate whatever the answers (open loop), or
// the next one when an answer has come (closed loop). It speaks HTTP on bare sockets, so that it costs far less than
// what it measures, and takes time from the moment at which a request was due, not from that at which it was sent.

import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

/** What to send, and how. */
export interface Load {
  readonly port: number;
  /** Whole requests as text, sent in turn. `{uuid}` becomes a new UUID each time. */
  readonly requests: readonly string[];
  readonly seconds: number;
  /** Requests a second; null: closed loop. */
  readonly rate: number | null;
  /** Connections, all open before the first request. In a closed loop: that many requests at a time. */
  readonly connectionsMax: number;
  /** Requests due in this time at first are recorded apart, under `onset` and their status. */
  readonly onsetSeconds?: number;
}

export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  /** The median of the 99th percentiles of the single seconds: what a second had that nobody else disturbed. */
  readonly p99OfSeconds: number;
  readonly max: number;
}

export interface LoadResult {
  readonly sent: number;
  /** Milliseconds by status, as text. */
  readonly byStatus: Readonly<Record<string, Latencies>>;
  /** Due, but all connections were busy. */
  readonly unsent: number;
  /** Connections that ended in the middle of a request. */
  readonly broken: number;
  /** Answers that are no HTTP, or whose body is not as long as they say. */
  readonly malformed: number;
  /** Answers with status 503 that lack `retry-after`, a request id or a JSON error. */
  readonly incomplete503: number;
  readonly perSecond: number;
  /**
   * How late the generator itself was, as the 99th percentile in milliseconds: what it measures is longer by up to as
   * much. Its timer has a millisecond.
   */
  readonly ownDelayP99: number;
  /** Share of one processor that the generator used. */
  readonly ownUse: number;
}

export interface LoadGenerator {
  run(load: Load): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** Starts the process. */
export function startLoadGenerator(): LoadGenerator {
  const child = fork(fileURLToPath(import.meta.url), ['generate'], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    async run(load) {
      child.send(load);
      const [result] = await once(child, 'message');
      return result;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** The text of a request; the body is JSON. */
export function requestText(
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = { 'openstack-api-version': 'placement 1.39' },
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${path} HTTP/1.1\r\nhost: load\r\n${lines.join('')}`;
  if (body === undefined) return `${head}\r\n`;
  // A placeholder is shorter than the UUID that takes its place.
  const text = JSON.stringify(body);
  const length = filledIn(text).length;
  return `${head}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${text}`;
}

function filledIn(text: string): string {
  return text.includes('{uuid}') ? text.replaceAll('{uuid}', randomUUID()) : text;
}

interface Connection {
  readonly socket: Socket;
  received: Buffer[];
  length: number;
  /** Bytes of the whole answer, once its head is there. */
  expected: number | null;
  dueAt: number;
  busy: boolean;
}

const CONNECTIONS_AT_ONCE = 20;

class Generation {
  readonly #load: Load;
  readonly #idle: Connection[] = [];
  /** By status, and by the second in which they were due. */
  readonly #latencies = new Map<string, number[][]>();
  #next = 0;
  #sent = 0;
  #underWay = 0;
  #unsent = 0;
  #broken = 0;
  #malformed = 0;
  #incomplete503 = 0;
  #ended = false;
  #beganAt = 0;
  #settledAt = 0;
  readonly #delay = monitorEventLoopDelay({ resolution: 1 });

  constructor(load: Load) {
    this.#load = load;
  }

  async run(): Promise<LoadResult> {
    const { rate, seconds, connectionsMax } = this.#load;
    // Opened beforehand and in small groups: this measures requests, not how fast connections can be made.
    for (let index = 0; index < connectionsMax; index++) {
      this.#idle.push(this.#open());
      if (index % CONNECTIONS_AT_ONCE === 0) await pause(2);
    }
    const beganAt = performance.now();
    this.#beganAt = beganAt;
    this.#settledAt = beganAt + (this.#load.onsetSeconds ?? 0) * 1000;
    const usedBefore = process.cpuUsage();
    this.#delay.enable();
    if (rate === null) await this.#closedLoop(seconds * 1000);
    else await this.#openLoop(rate, seconds * 1000);
    const took = (performance.now() - beganAt) / 1000;
    this.#delay.disable();
    const { user, system } = process.cpuUsage(usedBefore);
    this.#ended = true;
    for (let waited = 0; this.#underWay > 0 && waited < 20_000; waited += 10) await pause(10);
    for (const { socket } of this.#idle) socket.destroy();
    return {
      sent: this.#sent,
      byStatus: Object.fromEntries([...this.#latencies].map(([status, times]) => [status, summary(times)])),
      unsent: this.#unsent,
      broken: this.#broken + this.#underWay,
      malformed: this.#malformed,
      incomplete503: this.#incomplete503,
      perSecond: [...this.#latencies.values()].reduce((sum, seconds) => sum + seconds.flat().length, 0) / took,
      ownDelayP99: this.#delay.percentile(99) / 1e6,
      ownUse: (user + system) / 1e6 / took,
    };
  }

  async #openLoop(rate: number, durationMs: number): Promise<void> {
    const beganAt = performance.now();
    for (let due = 0; ; ) {
      const elapsed = performance.now() - beganAt;
      if (elapsed >= durationMs) return;
      for (; due < (elapsed * rate) / 1000; due++) this.#send(beganAt + (due * 1000) / rate);
      await pause(1);
    }
  }

  async #closedLoop(durationMs: number): Promise<void> {
    for (let index = 0; index < this.#load.connectionsMax; index++) this.#send(performance.now());
    await pause(durationMs);
  }

  #send(dueAt: number): void {
    const connection = this.#idle.pop();
    if (connection === undefined) {
      this.#unsent++;
      return;
    }
    connection.dueAt = dueAt;
    connection.busy = true;
    this.#sent++;
    this.#underWay++;
    const text = this.#load.requests[this.#next++ % this.#load.requests.length] ?? '';
    connection.socket.write(filledIn(text));
  }

  #open(): Connection {
    const socket = connect({ port: this.#load.port, host: '127.0.0.1', noDelay: true });
    const connection: Connection = { socket, received: [], length: 0, expected: null, dueAt: 0, busy: false };
    socket.on('data', (chunk: Buffer) => this.#receive(connection, chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      const place = this.#idle.indexOf(connection);
      if (place !== -1) this.#idle.splice(place, 1);
      if (!connection.busy) return;
      this.#underWay--;
      this.#broken++;
    });
    return connection;
  }

  #receive(connection: Connection, chunk: Buffer): void {
    connection.received.push(chunk);
    connection.length += chunk.length;
    if (connection.expected === null) {
      const all = whole(connection.received);
      connection.received = [all];
      const end = all.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = all.toString('latin1', 0, end);
      connection.expected = end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    }
    if (connection.length < connection.expected) return;
    const answer = whole(connection.received);
    if (connection.length > connection.expected) this.#malformed++;
    connection.received = [];
    connection.length = 0;
    connection.expected = null;
    connection.busy = false;
    this.#underWay--;
    this.#record(answer, connection.dueAt);
    this.#idle.push(connection);
    if (this.#load.rate === null && !this.#ended) this.#send(performance.now());
  }

  #record(answer: Buffer, dueAt: number): void {
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer.toString('latin1', 0, 20))?.[1];
    if (status === undefined) {
      this.#malformed++;
      return;
    }
    if (status === '503' && !isCompleteRefusal(answer.toString('utf8'))) this.#incomplete503++;
    const name = dueAt < this.#settledAt ? `onset ${status}` : status;
    const seconds = this.#latencies.get(name) ?? [];
    this.#latencies.set(name, seconds);
    const second = Math.max(0, Math.floor((dueAt - this.#beganAt) / 1000));
    while (seconds.length <= second) seconds.push([]);
    seconds[second]?.push(performance.now() - dueAt);
  }
}

/** Most answers come in one piece. */
function whole(pieces: readonly Buffer[]): Buffer {
  const [only, ...others] = pieces;
  return only !== undefined && others.length === 0 ? only : Buffer.concat(pieces);
}

function isCompleteRefusal(answer: string): boolean {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  if (!/\r\nretry-after: [1-9]\d*\r\n/i.test(head) || !/\r\nx-openstack-request-id: req-/i.test(head)) return false;
  try {
    return JSON.parse(body).errors[0].status === 503;
  } catch {
    return false;
  }
}

function summary(seconds: readonly number[][]): Latencies {
  const times = sorted(seconds.flat());
  const p99s = sorted(seconds.filter(({ length }) => length > 0).map((one) => at(sorted(one), 0.99)));
  return {
    count: times.length,
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    p99OfSeconds: at(p99s, 0.5),
    max: times.at(-1) ?? 0,
  };
}

function sorted(times: readonly number[]): readonly number[] {
  return times.toSorted((one, other) => one - other);
}

function at(times: readonly number[], share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

if (process.argv[2] === 'generate') {
  process.on('message', (load: Load) => {
    void new Generation(load).run().then((result) => process.send?.(result));
  });
}
