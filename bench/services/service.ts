// A service under measurement, whichever it is: where it answers, which processes are its own, and how it is ended.

import type { DatabaseKind } from '../../test/support/databases/database-server.ts';

export type ServiceName = 'berth' | 'peer';

/** Both, in the order in which they take turns. */
export const SERVICES: readonly ServiceName[] = ['berth', 'peer'];

export interface Service {
  readonly name: ServiceName;
  readonly port: number;
  /** The process whose tree is the service. */
  readonly pid: number;
  /** Milliseconds from its start to its first answer. */
  readonly startMs: number;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it at once: of a request that it cannot finish nothing is left to disturb the next one. */
  kill(): Promise<void>;
}

/** What a service is started with. */
export interface ServiceOptions {
  readonly databaseUrl: string;
  readonly kind: DatabaseKind;
  /** Processes that serve. */
  readonly workers: number;
  /** Lines for `[placement]` of the configuration, understood by both. */
  readonly placement?: string;
}
