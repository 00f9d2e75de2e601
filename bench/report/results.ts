// What a run found out, as it stands in the JSON file: figures as they were measured; ratios are made from them later.

import type { ServiceName } from '../services/service.ts';
import type { BenchDatabase } from '../services/stage.ts';

/** Requests without an answer, or with one that is no success, by status. */
export type Refusals = Readonly<Record<string, number>>;

/** Turns of a closed loop. */
export interface ClosedLoop {
  readonly clients: number;
  readonly turns: number;
  readonly perSecond: number;
  /** Processor time of one turn that ended well, in milliseconds: of the service's processes, and of its database server's. */
  readonly serverMs: number;
  readonly databaseMs: number;
  /** Statements that the database server was sent for a turn, times that it wrote to its log, and bytes of it. */
  readonly statements: number;
  readonly logWrites: number;
  readonly logBytes: number;
  /** Both together, of each round. */
  readonly roundsMs: readonly number[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly refusals: Refusals;
}

/** Turns that begin at a fixed rate. */
export interface OpenLoop {
  readonly rate: number;
  readonly turns: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly refusals: Refusals;
}

export interface Figures {
  readonly closed: readonly ClosedLoop[];
  readonly open: readonly OpenLoop[];
  readonly answerBytes: number;
  readonly memoryMb: number;
  /** All answers of the case by status, those of the warm-up too. */
  readonly answers: Readonly<Record<string, number>>;
  /** What could not be measured, and why. */
  readonly notes: readonly string[];
}

/** The least that anything which does this must spend, as the programs in limits/ measured it. */
export interface Limit {
  readonly what: string;
  readonly ms: number;
}

/** What is to be reached: ratios to the peer, or figures of Berth's own. */
export interface Goals {
  /** Processor time of the peer by that of Berth. */
  readonly cost?: number;
  /** Done by Berth in a second, by what the peer does. */
  readonly throughput?: number;
  /** Processor time of Berth in milliseconds, at most. */
  readonly costMs?: number;
  /** Done by Berth in a second. */
  readonly perSecond?: number;
}

export interface Row {
  readonly workload: string;
  readonly title: string;
  readonly database: BenchDatabase;
  readonly figures: Readonly<Partial<Record<ServiceName, Figures>>>;
  readonly goals: Goals;
  /** By number of clients. */
  readonly limits: Readonly<Record<string, Limit>>;
  /** Of the state afterwards, such as `sums are right`. */
  readonly checks: readonly string[];
}

/** A figure that is no ratio to the peer: a start, a delay. */
export interface Fact {
  readonly workload: string;
  readonly title: string;
  readonly database: BenchDatabase | null;
  readonly service: ServiceName | null;
  readonly values: Readonly<Record<string, number | string>>;
}

export interface Results {
  readonly startedAt: string;
  readonly tookSeconds: number;
  readonly command: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly facts: readonly Fact[];
}
