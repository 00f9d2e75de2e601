// The service's log: JSON, one line an event, written by pino without blocking a request. Errors given as `err` are
// reduced by redaction.ts before they are written, so that no call site can forget to.

import { type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import { safeFailure } from './redaction.ts';

export type { Logger } from 'pino';

export interface LogSettings {
  /** Also write debug lines. They say no more about people than others do. */
  readonly debug: boolean;
  /** Standard output unless that belongs to the output of a command. */
  readonly destination: 'stdout' | 'stderr';
}

const FILE_DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/** Anything that takes lines, such as a file or, in tests, an array. */
export interface LineSink {
  write(line: string): void;
}

/** Makes the log. What is still buffered is written when the process exits in an orderly way. */
export function createLogger(settings: LogSettings): Logger {
  const fd = FILE_DESCRIPTORS[settings.destination];
  return pino(loggerOptions(settings.debug), pino.destination({ dest: fd, sync: false }));
}

/** A log that writes to a sink of the caller's, with the same rules. */
export function createLoggerTo(sink: LineSink, debug: boolean): Logger {
  return pino(loggerOptions(debug), sink);
}

function loggerOptions(debug: boolean): LoggerOptions {
  return {
    level: debug ? 'debug' : 'info',
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => safeFailure(error) },
  };
}
