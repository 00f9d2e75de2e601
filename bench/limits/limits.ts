// What the physical limits are on this machine in this run: the smallest programs that do just what must be done. Each is
// run when its figure is first asked for, and once.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../test/support/databases/free-port.ts';
import { makeServerFolder, noteServerProcess } from '../../test/support/databases/server-folder.ts';
import type { LoadGenerator } from '../load/generator.ts';
import { requestText } from '../load/request-text.ts';
import { processorTimeMs } from '../measure/processor-time.ts';
import type { Fact, Limit } from '../report/results.ts';
import { answers } from '../services/answers.ts';
import { type BenchDatabase, makeLoadedDatabase } from '../services/stage.ts';
import { roomyState } from '../states/flat.ts';
import type { Cost } from './cost.ts';

/** Claims that a group commit takes together with that many clients, at best. */
const TOGETHER_MAX = 32;
const HOSTS = 1_000;
/** The best of them is what is least. */
const HTTP_ROUNDS = 3;
/** Bytes of the answers that are measured. */
const SIZES = [256, 4_096, 65_536, 524_288, 4_194_304, 67_108_864];

export class Limits {
  readonly #generator: LoadGenerator;
  readonly #seconds: number;
  readonly #addFact: (fact: Fact) => void;
  readonly #known = new Map<string, Promise<number>>();

  constructor(generator: LoadGenerator, seconds: number, addFact: (fact: Fact) => void) {
    this.#generator = generator;
    this.#seconds = seconds;
    this.#addFact = addFact;
  }

  /** A fixed answer of so many bytes. */
  async answer(bytes: number): Promise<Limit> {
    return { what: 'node:http with a fixed answer', ms: await this.#answerMs(bytes) };
  }

  /** One claim, in a transaction with those of the other clients. */
  async claim(database: BenchDatabase, clients: number): Promise<Limit> {
    const together = Math.min(TOGETHER_MAX, clients);
    const ms = (await this.#http('PUT', 0)) + (await this.#rows(database, together));
    return { what: `node:http, and its rows with ${together} a commit`, ms };
  }

  /** A search, a claim, and every second time a deletion, which writes as much as a claim. */
  async placement(database: BenchDatabase, clients: number, meanBytes: number): Promise<Limit> {
    const together = Math.min(TOGETHER_MAX, clients);
    // Of 2.5 answers one has a body.
    const search = await this.#answerMs(meanBytes * 2.5);
    const ms = search + 1.5 * ((await this.#http('PUT', 0)) + (await this.#rows(database, together)));
    return { what: `node:http three times, and the rows with ${together} a commit`, ms };
  }

  /** Those that stand for themselves. */
  async reportDisk(): Promise<void> {
    const path = `${makeServerFolder('appends', undefined)}/file`;
    const append = await this.#run('appends.ts', [path, String(this.#seconds)]);
    this.#report('a page of 4096 bytes appended and synchronised', null, append);
    const join = await this.#run('joins.ts', ['1000', '450', String(this.#seconds)]);
    this.#report('1,000 strings of 450 bytes joined and made bytes', null, join);
  }

  /** In a straight line between the sizes that are measured: there are more sizes of answers than time to measure. */
  async #answerMs(bytes: number): Promise<number> {
    const [least = 0, ...others] = SIZES;
    if (bytes <= least) return this.#http('GET', least);
    const next = others.findIndex((size) => size >= bytes);
    const [small, large] = [SIZES[next] ?? least, others[next]];
    if (large === undefined) return this.#http('GET', bytes);
    const [smallMs, largeMs] = [await this.#http('GET', small), await this.#http('GET', large)];
    return smallMs + ((largeMs - smallMs) * (bytes - small)) / (large - small);
  }

  #http(method: 'GET' | 'PUT', bytes: number): Promise<number> {
    const size = Math.round(bytes);
    return this.#once(`${method} ${size}`, async () => {
      const port = await freePort();
      const folder = makeServerFolder('fixed-answer', undefined);
      const program = fileURLToPath(new URL('fixed-answer.ts', import.meta.url));
      const child = spawn(process.execPath, [program, String(port), String(size)], { stdio: 'ignore' });
      const pid = child.pid ?? 0;
      noteServerProcess(folder, pid);
      while (!(await isThere(port))) if (child.exitCode !== null) throw new Error('fixed-answer.ts does not run');
      const body = method === 'PUT' ? { text: 'x'.repeat(300) } : undefined;
      const load = {
        ...{ port, turn: 'request' as const, requests: [requestText(method, '/', body)], rate: null, clients: 1 },
        ...{ timeoutMs: 5_000, seconds: this.#seconds / 2 },
      };
      await this.#generator.run({ ...load, clients: 8 });
      const costs: Omit<Cost, 'warmUpShare'>[] = [];
      for (let round = 0; round < HTTP_ROUNDS; round += 1) {
        const before = processorTimeMs(pid);
        const { done, tookMs } = await this.#generator.run(load);
        costs.push({ done, tookMs: tookMs / done, processorMs: (processorTimeMs(pid) - before) / done });
      }
      child.kill();
      await once(child, 'exit');
      const least = costs.reduce((one, other) => (other.processorMs < one.processorMs ? other : one));
      const what = method === 'PUT' ? 'a body of 300 bytes read and 204 answered' : `an answer of ${size} bytes`;
      this.#report(`node:http: ${what}`, null, least);
      return least.processorMs;
    });
  }

  #rows(database: BenchDatabase, together: number): Promise<number> {
    return this.#once(`${database} ${together}`, async () => {
      const { host, name, pid } = await makeLoadedDatabase(roomyState(HOSTS), database);
      const owner = "(created_at, external_id) VALUES ('2026-01-01 00:00:00', 'bench');";
      await host.run(name, `INSERT INTO projects ${owner}\nINSERT INTO users ${owner}`);
      const words = [String(together), String(this.#seconds)];
      const before = pid === null ? 0 : processorTimeMs(pid);
      const cost =
        database === 'sqlite'
          ? await this.#run('claims-on-sqlite.ts', [host.url(name).replace('sqlite:///', ''), ...words])
          : await this.#run('claims-on-mariadb.ts', [String(host.port), name, ...words]);
      // The server worked for the warm-up too.
      const all = cost.done * (1 + cost.warmUpShare);
      const databaseMs = pid === null ? 0 : (processorTimeMs(pid) - before) / all;
      this.#report(`the rows of a claim, ${together} a commit`, database, {
        ...cost,
        processorMs: cost.processorMs + databaseMs,
      });
      return cost.processorMs + databaseMs;
    });
  }

  #once(key: string, measure: () => Promise<number>): Promise<number> {
    const known = this.#known.get(key) ?? measure();
    this.#known.set(key, known);
    return known;
  }

  async #run(program: string, words: readonly string[]): Promise<Cost> {
    const path = fileURLToPath(new URL(program, import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      path,
      ...words,
    ]);
    return JSON.parse(stdout);
  }

  #report(
    title: string,
    database: BenchDatabase | null,
    { done, processorMs, tookMs }: Omit<Cost, 'warmUpShare'>,
  ): void {
    this.#addFact({
      ...{ workload: 'limits', title, database, service: null },
      values: { 'processor time, ms': processorMs, 'time, ms': tookMs, 'a second': 1000 / tookMs, done },
    });
  }
}

function isThere(port: number): Promise<boolean> {
  return answers(port).then(
    () => true,
    (error: unknown) => error instanceof Error && error.message.startsWith('it answers'),
  );
}
