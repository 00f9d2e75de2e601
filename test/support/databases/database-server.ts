// What a test sees of a database server, whatever its kind: it can be addressed, asked, and ill-treated.

/** The databases that Berth runs on; MariaDB and its Galera clusters are `mysql`. */
export type DatabaseKind = 'sqlite' | 'mysql' | 'postgresql';

/** Rows by column name, as the driver hands them out. */
export type FixtureRows = readonly Readonly<Record<string, unknown>>[];

/** A server that a test uses as it is: another test file may be using it at the same time. */
export interface DatabaseHost {
  readonly kind: DatabaseKind;
  /** For titles and messages: `mariadb`, `galera-1`. */
  readonly name: string;
  /** On 127.0.0.1; 0 for SQLite. Stays the same through restarts. */
  readonly port: number;
  /** The database's address in the form that `placement.conf` has: `mysql+pymysql://root@127.0.0.1:PORT/NAME?…`. */
  url(database: string): string;
  /** Makes an empty database and tells its name, which no other database of the server has or had. */
  createDatabase(): Promise<string>;
  /**
   * Runs statements, each ending with `;` at the end of a line, on a connection of its own. Answers the rows of the last
   * one; none when it has none. For fixtures and for looking behind Berth's back.
   */
  run(database: string, text: string): Promise<FixtureRows>;
}

/** A throwaway server of this test process: its data are in a temporary folder and go with the process. */
export interface DatabaseServer extends DatabaseHost {
  /** Starts it again, on the same data and port, and waits until it answers. */
  start(): Promise<void>;
  /** Lets it shut down in good order: clients are told, data are flushed. */
  stop(): Promise<void>;
  /** {@link stop}, then {@link start}. */
  restart(): Promise<void>;
  /** SIGKILL to all its processes, as if the machine had lost its power; what was committed must be found by {@link start}. */
  kill(): Promise<void>;
  /** SIGSTOP to all its processes: connections stay open, and nothing answers. */
  pause(): void;
  /** SIGCONT after {@link pause}. */
  resume(): void;
}
