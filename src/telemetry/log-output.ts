// Where the log goes: a file, standard error, or else standard output. A file is opened anew on request, and by itself
// when it was moved or removed, so that any tool may rotate it while several processes write to it.

import { closeSync, openSync, statSync } from 'node:fs';
import { multistream, pino } from 'pino';
import { createLoggerTo, type Logger } from './logger.ts';

export interface LogOutputSettings {
  readonly debug: boolean;
  /** Path of the log file, or null. */
  readonly file: string | null;
  readonly stderr: boolean;
}

export interface ServiceLog {
  readonly logger: Logger;
  /** Opens the file anew. Without a file there is nothing to do. */
  reopen(): void;
  /** Writes debug lines too, or no longer. */
  setDebug(debug: boolean): void;
  /** Writes what is still buffered to the end, when the process is about to go. */
  close(): void;
}

/** A write for each line would cost a busy service an eighth of its time. */
const BUFFER_BYTES = 32 * 1024;
/** Most bytes of one write; more than is buffered. */
const WRITE_BYTES_MAX = 64 * 1024;
/** The latest line is no older than this, however quiet the service is. */
const FLUSH_INTERVAL_MS = 100;
/** How often the file is looked for. */
const WATCH_INTERVAL_MS = 1_000;
const STDOUT = 1;
const STDERR = 2;

/**
 * Opens the log. Throws the system's error when the file cannot be written.
 *
 * @param atOnce each line is written before the call returns: for a command, which may be over before a file is open
 */
export function openLog({ debug, file, stderr }: LogOutputSettings, atOnce = false): ServiceLog {
  // Opened here and now: the stream would tell of its trouble only later.
  if (file !== null) closeSync(openSync(file, 'a'));
  const fileStream = file === null ? null : destination(file, atOnce);
  const standardStream = stderr
    ? destination(STDERR, atOnce)
    : fileStream === null
      ? destination(STDOUT, atOnce)
      : null;
  const streams = [fileStream, standardStream].filter((stream) => stream !== null);
  const [only, ...others] = streams;
  const sink =
    only !== undefined && others.length === 0
      ? only
      : multistream(streams.map((stream) => ({ stream, level: 'trace' })));
  const logger = createLoggerTo(sink, debug);
  const timer = file === null || fileStream === null ? undefined : watch(file, () => fileStream.reopen());
  return {
    logger,
    reopen: () => fileStream?.reopen(),
    setDebug: (wanted) => {
      logger.level = wanted ? 'debug' : 'info';
    },
    close: () => {
      clearInterval(timer);
      for (const stream of streams) stream.flushSync();
    },
  };
}

function destination(dest: string | number, atOnce: boolean) {
  const blocks = { sync: false, minLength: BUFFER_BYTES, maxWrite: WRITE_BYTES_MAX, periodicFlush: FLUSH_INTERVAL_MS };
  const stream = pino.destination({ dest, ...(atOnce ? { sync: true } : blocks) });
  // A full disk is no reason to stop serving; the lines are lost.
  stream.on('error', () => {});
  return stream;
}

/** Calls when another file, or none, is at the path. */
function watch(path: string, moved: () => void): NodeJS.Timeout {
  let known = inodeAt(path);
  return setInterval(() => {
    if (inodeAt(path) === known) return;
    moved();
    known = inodeAt(path);
  }, WATCH_INTERVAL_MS).unref();
}

function inodeAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
