// A connection through node:sqlite. The driver is synchronous; the promises it hands out are already settled, so a
// transaction on it runs to its end without other input or output in between.

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Connection } from '../connection.ts';
import { DatabaseFailure } from '../database-errors.ts';
import type { BoundValue } from '../dialect.ts';
import { bind, type NamedValues, type Statement } from '../statement.ts';
import { sqliteDialect } from './dialect.ts';
import { sqliteFailure } from './errors.ts';
import { WalFlush } from './wal-flush.ts';

/**
 * When a commit outlasts a power cut: `at-commit`, once it is answered; `at-flush`, once {@link SqliteConnection.flush}
 * has been; `never`, some time later.
 */
export type Durability = 'at-commit' | 'at-flush' | 'never';

export interface SqliteOptions {
  readonly path: string;
  readonly durability: Durability;
  /** How long a statement blocks for another process's lock; 0 fails at once. */
  readonly busyTimeoutMs: number;
  /** Changes nothing, not even the journal mode of the file. */
  readonly readOnly?: boolean;
}

/** A statement that answers with lists of values, and the names of these. */
interface Reader {
  readonly reader: StatementSync;
  readonly columns: readonly string[];
}

export class SqliteConnection implements Connection {
  readonly dialect = sqliteDialect;
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #readers = new Map<string, Reader>();
  readonly #dataVersion: StatementSync;
  readonly #walFlush: WalFlush | undefined;
  readonly flush?: () => Promise<void>;

  constructor(options: SqliteOptions) {
    this.#database = failing(() => open(options));
    this.#dataVersion = this.#database.prepare('PRAGMA data_version');
    if (options.durability !== 'at-flush') return;
    const walFlush = new WalFlush(options.path);
    this.#walFlush = walFlush;
    this.flush = () => walFlush.flush();
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** A number that differs from the last one exactly when another connection has committed since. */
  dataVersion(): number {
    const version = failing(() => this.#dataVersion.get()?.data_version);
    if (typeof version !== 'number') throw new Error('SQLite did not tell its data_version');
    return version;
  }

  async rows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const { text, values } = bind(this.dialect, statement.compiled(this.dialect), parameters);
    const { reader, columns } = failing(() => this.#reader(text));
    const rows: unknown = failing(() => reader.all(...scalars(values))).map((row) => withNames(row, columns));
    // The border between typed statements and the driver: the statement's own type says what its rows are.
    return rows as readonly Row[];
  }

  async change<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<number> {
    return this.#change(statement, parameters);
  }

  async insert<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<boolean> {
    return (await this.change(statement, parameters)) === 1;
  }

  async insertRows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    rows: readonly Parameters[],
  ): Promise<number> {
    return this.changeRows(statement, rows);
  }

  async changeRows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    rows: readonly Parameters[],
  ): Promise<number> {
    let changed = 0;
    for (const row of rows) changed += this.#change(statement, row);
    return changed;
  }

  async command(text: string): Promise<void> {
    failing(() => (OFTEN_RUN.test(text) ? this.#statement(text).run() : this.#database.exec(text)));
  }

  async tableNames(): Promise<ReadonlySet<string>> {
    const rows = this.#database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return new Set(rows.map((row) => String(row.name)));
  }

  close(): void {
    this.#walFlush?.close();
    this.#prepared.clear();
    this.#readers.clear();
    this.#database.close();
  }

  #change<Parameters extends NamedValues, Row>(statement: Statement<Parameters, Row>, parameters: Parameters): number {
    const { text, values } = bind(this.dialect, statement.compiled(this.dialect), parameters);
    return failing(() => Number(this.#statement(text).run(...scalars(values)).changes));
  }

  #reader(text: string): Reader {
    let known = this.#readers.get(text);
    if (known === undefined) {
      const reader = this.#database.prepare(text);
      reader.setReturnArrays(true);
      known = { reader, columns: reader.columns().map(({ name }) => name) };
      this.#readers.set(text, known);
    }
    return known;
  }

  #statement(text: string): StatementSync {
    let prepared = this.#prepared.get(text);
    if (prepared === undefined) {
      prepared = this.#database.prepare(text);
      this.#prepared.set(text, prepared);
    }
    return prepared;
  }
}

/** Commands of every transaction, which are worth preparing. */
const OFTEN_RUN = /^(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/;

const LOG_RETRY_MS = 10;

/** In WAL mode FULL flushes at each commit, NORMAL what the soundness of the file needs, OFF nothing. */
const SYNCHRONOUS = { 'at-commit': 'FULL', 'at-flush': 'NORMAL', never: 'OFF' } as const;

function open(options: SqliteOptions): DatabaseSync {
  const database = new DatabaseSync(options.path, {
    timeout: options.busyTimeoutMs,
    readOnly: options.readOnly ?? false,
    // As the reference leaves them: databases in the field may hold rows that the constraints would refuse.
    enableForeignKeyConstraints: false,
    enableDoubleQuotedStringLiterals: false,
  });
  if (!options.readOnly) {
    useWriteAheadLog(database, options.busyTimeoutMs);
    database.exec(`PRAGMA synchronous = ${SYNCHRONOUS[options.durability]}`);
  }
  // 16 MB: when a commit has split a page, SQLite goes through all that are cached, which costs more than the few it misses.
  database.exec('PRAGMA cache_size = -16384');
  return database;
}

/**
 * Changing to a write-ahead log takes the file for itself. Where two want that at the same moment, as services do that start
 * at once on a new file, SQLite refuses one of them without waiting.
 */
function useWriteAheadLog(database: DatabaseSync, patienceMs: number): void {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      const failure = sqliteFailure(error);
      const isLocked = failure instanceof DatabaseFailure && failure.plan === 'run-again';
      if (!isLocked || performance.now() >= until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOG_RETRY_MS);
    }
  }
}

/**
 * A row of values as an object. The driver's own objects are hash tables: rows in the form of ordinary objects are read
 * and made in half the time.
 */
function withNames(values: unknown, columns: readonly string[]): unknown {
  if (!Array.isArray(values)) throw new TypeError('SQLite did not answer with a list of values');
  const row: Record<string, unknown> = {};
  for (let index = 0; index < columns.length; index++) row[columns[index] ?? ''] = values[index];
  return row;
}

function failing<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw sqliteFailure(error);
  }
}

function scalars(values: readonly BoundValue[]): (string | number | null)[] {
  return values.map((value) => {
    if (value !== null && typeof value === 'object') throw new TypeError('SQLite binds a list as one text');
    return value;
  });
}
