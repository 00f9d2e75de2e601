// Checkpoints of a SQLite file, made by a thread of their own: moving pages from the log into the file waits for the disk
// several times, and would hold up every request of the process. Writers go on meanwhile, so the log would never begin anew
// under a steady load; when it has grown long, the writer of this process waits for the few pages that are left, and its
// next commit begins the log anew. A checkpoint that does so for it would make it forget all pages that it has in memory.
// This file is the thread as well.

import { DatabaseSync } from 'node:sqlite';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** Fewer commits than this leave a log that is read through in no time. */
const COMMITS_AT_LEAST = 64;
/** At least so long from one to the next: a page that was changed in between several times is moved once. */
const PAUSE_MS = 1_000;
/**
 * 256 MiB of pages, which a process fills in two seconds if it makes nothing but claims. Beyond that the writer waits, so that
 * the log begins anew: for 30 to 70 ms, however long the log is.
 */
const LOG_PAGES_MAX = 65_536;
/** 512 MiB. Beyond that, such as when other processes write as well, the thread asks for the lock of all writers. */
const LOG_PAGES_FORCED = 131_072;
/** How long the thread waits for that lock, and the writer for the thread; afterwards they go on without. */
const PATIENCE_MS = 200;

/** Pages in the log at which the connection that writes makes a checkpoint itself, were this thread to fail. */
export const LOG_PAGES_WITHOUT_THREAD = 196_608;

interface CheckpointTask {
  readonly checkpointsOf: string;
}

/** What the thread says when it is done: pages in the log, and how many of them are in the file by now. */
interface Checkpoint {
  readonly logPages: number;
  readonly movedPages: number;
}

export interface CheckpointerOptions {
  /** Of a file in WAL mode. */
  readonly databasePath: string;
  /** Told when the thread is there, which is only for a process that writes much. */
  readonly whenStarted: () => void;
  /** Pages beyond which the log is to begin anew; 256 MiB of them when absent. */
  readonly logPagesMax?: number;
}

export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #logPagesMax: number;
  #worker: Worker | undefined;
  #underWay: PromiseWithResolvers<Checkpoint | null> | undefined;
  #commits = 0;
  #askedAtMs = 0;
  /** Pages in the log beyond which the writer is to wait for the rest of them. */
  #longAtPages: number;
  #isLong = false;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#logPagesMax = options.logPagesMax ?? LOG_PAGES_MAX;
    this.#longAtPages = this.#logPagesMax;
  }

  /** To be told of every commit. */
  committed(): void {
    this.#commits += 1;
    if (this.#commits < COMMITS_AT_LEAST || performance.now() - this.#askedAtMs < PAUSE_MS) return;
    if (this.#underWay === undefined) void this.#checkpoint();
  }

  /**
   * To be awaited by the writer before it begins a transaction: seldom more than a call, and never longer than the patience.
   * When everything in the log is in the file, and nobody reads from the log, the next commit begins it anew.
   */
  async mayWrite(): Promise<void> {
    if (!this.#isLong) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), PATIENCE_MS);
    });
    const last = await Promise.race([this.#rest(), patience]);
    clearTimeout(timer);
    const isWhole = last !== null && last.movedPages === last.logPages;
    // Somebody reads an older state, or writes too: another wait is worth it once the log is longer by as much again.
    this.#longAtPages = isWhole ? this.#logPagesMax : (last?.logPages ?? this.#longAtPages) + this.#logPagesMax;
    this.#isLong = false;
  }

  close(): void {
    this.#worker?.postMessage('close');
    this.#worker = undefined;
  }

  /** What came while another checkpoint was under way needs one more. */
  async #rest(): Promise<Checkpoint | null> {
    await this.#underWay?.promise;
    return this.#checkpoint();
  }

  /** Null when the thread is gone. */
  async #checkpoint(): Promise<Checkpoint | null> {
    this.#underWay ??= Promise.withResolvers();
    const { promise } = this.#underWay;
    this.#commits = 0;
    this.#askedAtMs = performance.now();
    this.#worker ??= this.#start();
    this.#worker.postMessage('checkpoint');
    return promise;
  }

  #start(): Worker {
    const task: CheckpointTask = { checkpointsOf: this.#options.databasePath };
    const worker = new Worker(new URL(import.meta.url), {
      workerData: task,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    worker.unref();
    worker.on('message', (done: Checkpoint) => {
      this.#isLong = done.logPages > this.#longAtPages;
      this.#answer(done);
    });
    // It is not asked again: the connection that writes does without it.
    worker.on('error', () => this.#underWay?.resolve(null));
    this.#options.whenStarted();
    return worker;
  }

  #answer(done: Checkpoint): void {
    const asked = this.#underWay;
    this.#underWay = undefined;
    asked?.resolve(done);
  }
}

function isTask(data: unknown): data is CheckpointTask {
  return typeof data === 'object' && data !== null && 'checkpointsOf' in data;
}

/** The thread. */
function serve({ checkpointsOf }: CheckpointTask): void {
  const database = new DatabaseSync(checkpointsOf, { timeout: PATIENCE_MS });
  // What is in the file must be on the disk before the log is written over.
  database.exec('PRAGMA synchronous = NORMAL');
  parentPort?.on('message', (word) => {
    if (word === 'close') {
      database.close();
      parentPort?.close();
      return;
    }
    const done = { logPages: 0, movedPages: 0 };
    try {
      const { log = 0, checkpointed = 0 } = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() ?? {};
      Object.assign(done, { logPages: Number(log), movedPages: Number(checkpointed) });
      if (done.logPages > LOG_PAGES_FORCED) database.exec('PRAGMA wal_checkpoint(RESTART)');
    } catch {
      // Somebody was busy for longer than the patience, or the disk is full: there will be another time.
    }
    parentPort?.postMessage(done);
  });
}

if (!isMainThread && isTask(workerData)) serve(workerData);
