// Where the log goes: a file, standard error, or else standard output. A file is opened anew on request, and by itself
// when it was moved or removed, so that any tool may rotate it while several processes write to it.

import { closeSync, openSync, statSync } from 'node:fs';
import { multistream, pino } from 'pino';
import { LineBlocks } from './line-blocks.ts';
import { createLoggerTo, type LineSink, type Logger } from './logger.ts';

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
const BLOCK_LENGTH = 32 * 1024;
/** Most bytes of one write; more than a block has. */
const WRITE_BYTES_MAX = 64 * 1024;
/** The latest line is no older than this, however quiet the service is. */
const LINE_WAIT_MAX_MS = 100;
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
  const ofFile = file === null ? null : openDestination(file, atOnce);
  const ofStandard = stderr
    ? openDestination(STDERR, atOnce)
    : ofFile === null
      ? openDestination(STDOUT, atOnce)
      : null;
  const destinations = [ofFile, ofStandard].filter((destination) => destination !== null);
  const [only, ...others] = destinations;
  const sink =
    only !== undefined && others.length === 0
      ? only.sink
      : multistream(destinations.map((destination) => ({ stream: destination.sink, level: 'trace' })));
  const logger = createLoggerTo(sink, debug);
  const timer = file === null || ofFile === null ? undefined : watch(file, ofFile.reopen);
  return {
    logger,
    reopen: () => ofFile?.reopen(),
    setDebug: (wanted) => {
      logger.level = wanted ? 'debug' : 'info';
    },
    close: () => {
      clearInterval(timer);
      for (const destination of destinations) destination.close();
    },
  };
}

interface Destination {
  readonly sink: LineSink;
  readonly reopen: () => void;
  readonly close: () => void;
}

function openDestination(dest: string | number, atOnce: boolean): Destination {
  const inBlocks = { sync: false, minLength: BLOCK_LENGTH, maxWrite: WRITE_BYTES_MAX };
  const stream = pino.destination({ dest, ...(atOnce ? { sync: true } : inBlocks) });
  // A full disk is no reason to stop serving; the lines are lost.
  stream.on('error', () => {});
  const reopen = (): void => stream.reopen();
  if (atOnce) return { sink: stream, reopen, close: () => stream.flushSync() };
  const blocks = new LineBlocks(stream, { length: BLOCK_LENGTH, waitMaxMs: LINE_WAIT_MAX_MS });
  return { sink: blocks, reopen, close: () => blocks.writeAll() };
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
