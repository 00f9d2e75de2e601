// Checkpoints of a SQLite file, made by a thread of their own: moving pages from the log into the file waits for the disk
// several times, and would hold up every request of the process. Writers go on meanwhile, so the log would never begin anew
// under a steady load; when it has grown long, the thread asks for the lock of the writer for the few pages that are left.
// This file is the thread as well.

import { DatabaseSync } from 'node:sqlite';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** Fewer commits than this leave a log that is read through in no time. */
const COMMITS_AT_LEAST = 64;
const PAUSE_MS = 200;
/** 32 MiB of pages. Beyond that the log begins anew. */
const LOG_PAGES_MAX = 8_192;
/** How long the thread waits for readers and for the writer; afterwards it tries again another time. */
const PATIENCE_MS = 200;

/** Pages in the log at which the connection that writes makes a checkpoint itself, were this thread to fail. */
export const LOG_PAGES_WITHOUT_THREAD = 65_536;

interface CheckpointTask {
  readonly checkpointsOf: string;
}

export class Checkpointer {
  readonly #path: string;
  readonly #whenStarted: () => void;
  #worker: Worker | undefined;
  #isAsked = false;
  #commits = 0;
  #askedAtMs = 0;

  /**
   * @param databasePath of a file in WAL mode
   * @param whenStarted told when the thread is there, which is only for a process that writes much
   */
  constructor(databasePath: string, whenStarted: () => void) {
    this.#path = databasePath;
    this.#whenStarted = whenStarted;
  }

  /** To be told of every commit. */
  committed(): void {
    this.#commits += 1;
    if (this.#isAsked || this.#commits < COMMITS_AT_LEAST || performance.now() - this.#askedAtMs < PAUSE_MS) return;
    this.#isAsked = true;
    this.#commits = 0;
    this.#askedAtMs = performance.now();
    this.#worker ??= this.#start();
    this.#worker.postMessage('checkpoint');
  }

  close(): void {
    this.#worker?.postMessage('close');
    this.#worker = undefined;
  }

  #start(): Worker {
    const task: CheckpointTask = { checkpointsOf: this.#path };
    const worker = new Worker(new URL(import.meta.url), {
      workerData: task,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    worker.unref();
    worker.on('message', () => {
      this.#isAsked = false;
    });
    // It stays asked, and is not asked again: the connection that writes does without it.
    worker.on('error', () => {});
    this.#whenStarted();
    return worker;
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
    try {
      const pages = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()?.log;
      if (typeof pages === 'number' && pages > LOG_PAGES_MAX) database.exec('PRAGMA wal_checkpoint(RESTART)');
    } catch {
      // Somebody was busy for longer than the patience, or the disk is full: there will be another time.
    }
    parentPort?.postMessage('done');
  });
}

if (!isMainThread && isTask(workerData)) serve(workerData);
