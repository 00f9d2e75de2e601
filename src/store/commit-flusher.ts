// Between COMMIT and the answer: where a commit is in the file before it is on the disk, nobody is answered until it has
// been flushed. One flush serves all commits before it and runs beside the next transaction, so that neither waits for the
// other; while one is under way at most one commit waits for the next, and the requests behind it gather.

/** A commit and who waits for it. */
interface Committed {
  readonly answer: () => void;
  readonly fail: () => void;
}

export class CommitFlusher {
  #waiting: Committed[] = [];
  #flushing: Promise<void> | undefined;
  #turnOver: PromiseWithResolvers<void> | undefined;

  /**
   * Flushes what has been committed, and then calls `answer`, or `fail` when it cannot be known whether a power cut would
   * take it back.
   *
   * @param flush what was committed before the call is on the disk once it resolves
   */
  add(flush: () => Promise<void>, committed: Committed): void {
    this.#waiting.push(committed);
    this.#flushing ??= this.#flushAll(flush);
  }

  /** Resolves when no commit waits for its flush to begin. */
  async ready(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#turnOver ??= Promise.withResolvers();
      await this.#turnOver.promise;
    }
  }

  /** Resolves when everybody has been answered. */
  async idle(): Promise<void> {
    await this.#flushing;
  }

  async #flushAll(flush: () => Promise<void>): Promise<void> {
    while (this.#waiting.length > 0) {
      const served = this.#waiting;
      this.#waiting = [];
      this.#turnOver?.resolve();
      this.#turnOver = undefined;
      try {
        await flush();
        for (const { answer } of served) answer();
      } catch {
        for (const { fail } of served) fail();
      }
    }
    this.#flushing = undefined;
  }
}
