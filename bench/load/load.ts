// What the load generator is asked to do, and what it tells afterwards. Both travel between processes as messages.

export interface Load {
  readonly port: number;
  /** What a client does in a turn: one request of the list, or a whole placement (placements.ts). */
  readonly turn: 'request' | 'placement';
  /** Whole requests as text, sent in turn; see request-text.ts. Of a placement only the first: the search. */
  readonly requests: readonly string[];
  /** Turns that begin in a second, whatever the answers (open loop); null: the next when one has ended (closed loop). */
  readonly rate: number | null;
  /** Turns at a time: in a closed loop always that many, in an open loop at most; what is due then waits, and its time runs. */
  readonly clients: number;
  readonly seconds: number;
  /** No more turns than these. */
  readonly turnsMax?: number;
  /** A request that takes longer is given up. */
  readonly timeoutMs: number;
  /** Bytes a second that each client reads; as fast as it can if absent. */
  readonly readBytesPerSecond?: number;
}

export interface LoadResult {
  /** Turns that ended well: a request that got 2xx, or a claim that did. */
  readonly done: number;
  /** Answers by status, and `timeout` and `broken` for requests that got none. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** Milliseconds that turns took, from the moment at which they were due. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** From the first turn's begin to the last one's end. */
  readonly tookMs: number;
  /** Mean length of the body of an answer. */
  readonly answerBytes: number;
  /** Processor time of the generator itself. */
  readonly generatorMs: number;
}
