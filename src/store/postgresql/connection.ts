// A connection to PostgreSQL through pg, with statements prepared once and named by their text. A statement that is not
// answered in time ends the connection.

import { createHash } from 'node:crypto';
import { Socket } from 'node:net';
import { Client, type ClientConfig, type QueryResult } from 'pg';
import type { Connection } from '../connection.ts';
import type { BoundValue } from '../dialect.ts';
import { type BoundStatement, bind, bindChanges, bindRows, type NamedValues, type Statement } from '../statement.ts';
import { postgresqlDialect } from './dialect.ts';
import { postgresqlFailure } from './errors.ts';

export interface PostgresqlOptions {
  readonly driver: ClientConfig;
  /** How long a statement may take; afterwards the connection is given up. */
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

/**
 * Type numbers whose text is a number for us: int2, int4, int8 (counts and sums), oid, float4, float8, numeric. All
 * others stay text, timestamps above all, which the driver would take for local time.
 */
const NUMBERS: ReadonlySet<number> = new Set([21, 23, 20, 26, 700, 701, 1700]);

/** How the driver says that a statement was not answered in time. */
const QUERY_TIMEOUT = 'Query read timeout';

/** Names of prepared statements, by text. */
const names = new Map<string, string>();

/** Opens a connection. */
export async function connectPostgresql(options: PostgresqlOptions): Promise<PostgresqlConnection> {
  const socket = new Socket();
  const client = new Client({
    ...options.driver,
    stream: () => socket,
    query_timeout: options.statementTimeoutMs,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    types: { getTypeParser: parserFor },
  });
  // Errors reach whoever waits for a statement; without a listener one between statements would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return new PostgresqlConnection(client, socket);
  } catch (error) {
    socket.destroy();
    throw postgresqlFailure(error);
  }
}

export class PostgresqlConnection implements Connection {
  readonly dialect = postgresqlDialect;
  readonly #client: Client;
  readonly #socket: Socket;

  constructor(client: Client, socket: Socket) {
    this.#client = client;
    this.#socket = socket;
  }

  async rows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const { rows } = await this.#execute(statement, parameters);
    // The border between typed statements and the driver: the statement's own type says what its rows are.
    return rows as readonly Row[];
  }

  async change<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<number> {
    return (await this.#execute(statement, parameters)).rowCount ?? 0;
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
    return this.#runEach(bindRows(this.dialect, statement.compiled(this.dialect), rows));
  }

  async changeRows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    rows: readonly Parameters[],
  ): Promise<number> {
    return this.#runEach(bindChanges(this.dialect, statement.compiled(this.dialect), rows));
  }

  /** How many rows all of them changed. */
  async #runEach(statements: Iterable<BoundStatement>): Promise<number> {
    let changed = 0;
    for (const { text, values } of statements) {
      changed += (await this.#run({ name: nameOf(text), text, values: values.map(driverValue) })).rowCount ?? 0;
    }
    return changed;
  }

  async command(text: string): Promise<void> {
    await this.#run({ text });
  }

  async tableNames(): Promise<ReadonlySet<string>> {
    const { rows } = await this.#run({
      text: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()',
    });
    return new Set(rows.map((row) => String(row.name)));
  }

  close(): void {
    // Says goodbye, and does not wait for the other end to close too, which one that hangs never does.
    void this.#client.end().catch(() => {});
    this.#socket.destroySoon();
  }

  async #execute<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<QueryResult<Record<string, unknown>>> {
    const { text, values } = bind(this.dialect, statement.compiled(this.dialect), parameters);
    return this.#run({ name: nameOf(text), text, values: values.map(driverValue) });
  }

  async #run(query: {
    readonly name?: string;
    readonly text: string;
    readonly values?: unknown[];
  }): Promise<QueryResult<Record<string, unknown>>> {
    try {
      return await this.#client.query<Record<string, unknown>>(query);
    } catch (error) {
      // After its time-out the driver would let further statements wait behind the one that hangs.
      if (error instanceof Error && error.message === QUERY_TIMEOUT) this.#socket.destroy();
      throw postgresqlFailure(error);
    }
  }
}

function driverValue(value: BoundValue): unknown {
  return value !== null && typeof value === 'object' ? [...value] : value;
}

/** The same name for the same text; PostgreSQL cuts names at 63 characters. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `berth_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    names.set(text, name);
  }
  return name;
}

function parserFor(type: number): (text: string) => unknown {
  return NUMBERS.has(type) ? Number : String;
}
