// Lines of the log on their way to a stream, in blocks. The stream could collect them itself, but with each line it goes
// through all that it has collected so far: for a block of a hundred lines, more work than writing them.

import type { LineSink } from './logger.ts';

/** Collects what it is given until it is told to write that. */
export interface BlockStream extends LineSink {
  /** Begins to write what was collected. */
  flush(): void;
  /** Writes what was collected before it returns. */
  flushSync(): void;
}

export interface LineBlocksOptions {
  /** Characters after which a block is complete. */
  readonly length: number;
  /** A line waits no longer than this for others. */
  readonly waitMaxMs: number;
}

export class LineBlocks implements LineSink {
  readonly #stream: BlockStream;
  readonly #options: LineBlocksOptions;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  /** What is left is written when the process exits, however that comes about. */
  constructor(stream: BlockStream, options: LineBlocksOptions) {
    this.#stream = stream;
    this.#options = options;
    process.on('exit', () => this.writeAll());
  }

  /** @param line with its end of line */
  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= this.#options.length) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), this.#options.waitMaxMs).unref();
  }

  /** Writes what has come so far before it returns. */
  writeAll(): void {
    this.#handOn();
    this.#stream.flushSync();
  }

  #begin(): void {
    this.#handOn();
    this.#stream.flush();
  }

  #handOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines === '') return;
    this.#stream.write(this.#lines);
    this.#lines = '';
  }
}
