// A connection through node:sqlite. The driver is synchronous; the promises it hands out are already settled, so a
// transaction on it runs to its end without other input or output in between.

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Connection } from '../connection.ts';
import { bind, type CompiledStatement, type NamedValues, type Statement } from '../statement.ts';
import { sqliteDialect } from './dialect.ts';

export interface SqliteOptions {
  readonly path: string;
  /** False: commits are not flushed to disk one by one, and a power cut may lose the last ones. */
  readonly synchronous: boolean;
  /** How long a statement blocks for another process's lock; 0 fails at once. */
  readonly busyTimeoutMs: number;
  /** Changes nothing, not even the journal mode of the file. */
  readonly readOnly?: boolean;
}

export class SqliteConnection implements Connection {
  readonly dialect = sqliteDialect;
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<CompiledStatement, StatementSync>();
  readonly #dataVersion: StatementSync;

  constructor(options: SqliteOptions) {
    this.#database = new DatabaseSync(options.path, {
      timeout: options.busyTimeoutMs,
      readOnly: options.readOnly ?? false,
      // As the reference leaves them: databases in the field may hold rows that the constraints would refuse.
      enableForeignKeyConstraints: false,
      enableDoubleQuotedStringLiterals: false,
    });
    if (!options.readOnly) {
      this.#database.exec('PRAGMA journal_mode = WAL');
      // FULL: a commit is on disk before it is acknowledged (P1), in WAL mode too.
      this.#database.exec(`PRAGMA synchronous = ${options.synchronous ? 'FULL' : 'OFF'}`);
    }
    this.#database.exec('PRAGMA cache_size = -65536');
    this.#dataVersion = this.#database.prepare('PRAGMA data_version');
  }

  /** A number that differs from the last one exactly when another connection has committed since. */
  dataVersion(): number {
    const version = this.#dataVersion.get()?.data_version;
    if (typeof version !== 'number') throw new Error('SQLite did not tell its data_version');
    return version;
  }

  async rows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const compiled = statement.compiled(this.dialect);
    const rows: unknown = this.#statement(compiled).all(...bind(this.dialect, compiled, parameters));
    // The border between typed statements and the driver: the statement's own type says what its rows are.
    return rows as readonly Row[];
  }

  async change<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<{ matched: number; insertedId: number }> {
    const compiled = statement.compiled(this.dialect);
    const result = this.#statement(compiled).run(...bind(this.dialect, compiled, parameters));
    return { matched: Number(result.changes), insertedId: Number(result.lastInsertRowid) };
  }

  async command(text: string): Promise<void> {
    this.#database.exec(text);
  }

  async tableNames(): Promise<ReadonlySet<string>> {
    const rows = this.#database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return new Set(rows.map((row) => String(row.name)));
  }

  close(): void {
    this.#prepared.clear();
    this.#database.close();
  }

  #statement(compiled: CompiledStatement): StatementSync {
    let prepared = this.#prepared.get(compiled);
    if (prepared === undefined) {
      prepared = this.#database.prepare(compiled.text);
      this.#prepared.set(compiled, prepared);
    }
    return prepared;
  }
}
