// A connection to MySQL or MariaDB through mysql2, with statements prepared on the server: values never become part of
// a text. A statement that is not answered in time ends the connection: the time is ours, since the driver counts none
// while it prepares a statement, and lets statements behind one that hangs wait for ever.

import { connect, type OnReadOpts, type Socket } from 'node:net';
import type { ConnectionOptions } from 'mysql2';
import {
  createConnection,
  type FieldPacket,
  type Connection as Mysql2Connection,
  type PrepareStatementInfo,
} from 'mysql2';
import { Deadlines } from '../../timing/deadlines.ts';
import type { Connection } from '../connection.ts';
import { StaleRead } from '../database-errors.ts';
import type { BoundValue } from '../dialect.ts';
import { type BoundChange, bind, bindChanges, bindRows, type NamedValues, type Statement } from '../statement.ts';
import { mysqlDialect } from './dialect.ts';
import { DUPLICATE_KEY, mysqlFailure, StatementTimeout, serverErrorNumber } from './errors.ts';
import { notMatched, oneTrip } from './one-trip.ts';
import { PreparedStatements } from './prepared-statements.ts';

export interface MysqlOptions {
  readonly driver: ConnectionOptions;
  /** How long a statement may take; afterwards the connection is given up. */
  readonly statementTimeoutMs: number;
  /** Statements that set the session up, one after another. */
  readonly session: readonly string[];
  /** The session is one in which the first statement after a commit opens the next transaction: no command has to. */
  readonly beginsByItself?: boolean;
  /** The server takes changes and their COMMIT in one statement; see one-trip.ts. */
  readonly commitsInOneTrip?: boolean;
}

/** The command that opens a write transaction. */
export const BEGIN_WRITING = 'START TRANSACTION';

/** What is read at a time at most, as Node does. */
const READ_BYTES_MAX = 64 * 1024;
/** The type number of FLOAT columns in the protocol. */
const FLOAT = 4;
/** Digits that both servers show of a FLOAT in text, and so what everybody else reads (operations §4.6). */
const FLOAT_DIGITS = 6;

interface Answer {
  readonly rows: unknown;
  readonly fields: readonly FieldPacket[];
}

/** Opens a connection and sets its session up. */
export async function connectMysql(options: MysqlOptions): Promise<MysqlConnection> {
  const socket = openSocket(options.driver);
  const driver = createConnection({
    ...options.driver,
    stream: () => socket,
    dateStrings: true,
    decimalNumbers: true,
    // Rows that matched are counted, changed or not: every guard of the store rests on it (operations §4.5.9).
    flags: ['FOUND_ROWS'],
    multipleStatements: false,
  });
  // Errors reach whoever waits for a statement; without a listener one between statements would end the process.
  driver.on('error', () => {});
  const connection = new MysqlConnection(driver, socket, options);
  try {
    await new Promise<void>((resolve, reject) => {
      driver.connect((error) => (error ? reject(mysqlFailure(error)) : resolve()));
    });
    for (const text of options.session) await connection.command(text);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function openSocket({ socketPath, host, port, ssl }: ConnectionOptions): Socket {
  const place = socketPath === undefined ? { host: host ?? '', port: port ?? 0 } : { path: socketPath };
  // Of what comes encrypted, TLS does the reading.
  const reading = ssl === undefined ? { onread: readInto((bytes) => socket.emit('data', bytes)) } : {};
  const socket = connect({ ...place, ...reading });
  socket.setNoDelay(true);
  return socket.setKeepAlive(true);
}

/** Node would take 64 KiB of memory for each answer, of which most have a few hundred bytes; they are copied instead. */
function readInto(receive: (bytes: Buffer) => void): OnReadOpts {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES_MAX);
  const callback = (length: number): boolean => {
    receive(Buffer.from(buffer.subarray(0, length)));
    return true;
  };
  return { buffer, callback };
}

export class MysqlConnection implements Connection {
  readonly dialect = mysqlDialect;
  readonly #driver: Mysql2Connection;
  readonly #socket: Socket;
  readonly #prepared: PreparedStatements;
  readonly #deadlines: Deadlines;
  readonly #beginsByItself: boolean;
  readonly commitInOneTrip?: (changes: readonly BoundChange[]) => Promise<void>;

  constructor(driver: Mysql2Connection, socket: Socket, options: MysqlOptions) {
    this.#driver = driver;
    this.#prepared = new PreparedStatements((text) => driver.unprepare(text));
    this.#socket = socket;
    this.#deadlines = new Deadlines(options.statementTimeoutMs);
    this.#beginsByItself = options.beginsByItself ?? false;
    if (options.commitsInOneTrip) this.commitInOneTrip = (changes) => this.#commitInOneTrip(changes);
  }

  async rows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const { rows, fields } = await this.#execute(statement, parameters);
    if (!Array.isArray(rows)) throw new TypeError('a statement that reads answered without rows');
    return withShownFloats(rows, fields);
  }

  async change<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<number> {
    return affectedRows((await this.#execute(statement, parameters)).rows);
  }

  async insert<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<boolean> {
    const { text, values } = bind(this.dialect, statement.compiled(this.dialect), parameters);
    return (await this.#insert(text, values)) === 1;
  }

  async insertRows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    rows: readonly Parameters[],
  ): Promise<number> {
    let inserted = 0;
    for (const { text, values } of bindRows(this.dialect, statement.compiled(this.dialect), rows)) {
      inserted += await this.#insert(text, values);
    }
    return inserted;
  }

  async changeRows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    rows: readonly Parameters[],
  ): Promise<number> {
    let changed = 0;
    for (const { text, values } of bindChanges(this.dialect, statement.compiled(this.dialect), rows)) {
      changed += affectedRows((await this.#run(text, values, mysqlFailure)).rows);
    }
    return changed;
  }

  async command(text: string): Promise<void> {
    // A round trip that the next statement saves.
    if (this.#beginsByItself && text === BEGIN_WRITING) return;
    await this.#inTime<void>((resolve, reject) => {
      this.#driver.query(text, (error) => (error ? reject(error) : resolve()));
    }, mysqlFailure);
  }

  async #commitInOneTrip(changes: readonly BoundChange[]): Promise<void> {
    const { text, values } = oneTrip(changes);
    try {
      await this.#run(text, values);
    } catch (error) {
      // An insert by itself says how many rows it has made (see #insert); in a block an equal row ends it.
      if (serverErrorNumber(error) === DUPLICATE_KEY) throw new StaleRead('a row that was not to be there');
      throw notMatched(error) ?? mysqlFailure(error);
    }
  }

  async tableNames(): Promise<ReadonlySet<string>> {
    const text = 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
    const rows = await this.select(text);
    return new Set(rows.map((row) => String(row.name)));
  }

  /** Runs a fixed text without parameters that answers with rows. */
  async select(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { rows } = await this.#run(text, [], mysqlFailure);
    return Array.isArray(rows) ? rows : [];
  }

  /** Runs a fixed text without parameters that changes rows; how many matched. */
  async affected(text: string): Promise<number> {
    return affectedRows((await this.#run(text, [], mysqlFailure)).rows);
  }

  close(): void {
    this.#driver.destroy();
    // The driver alone would wait for the other end to close too, which one that hangs never does.
    this.#socket.destroy();
  }

  /** How many rows were inserted: none when an equal one was there. */
  async #insert(text: string, values: readonly BoundValue[]): Promise<number> {
    try {
      return affectedRows((await this.#run(text, values)).rows);
    } catch (error) {
      // InnoDB has undone the statement alone; the transaction goes on.
      if (serverErrorNumber(error) === DUPLICATE_KEY) return 0;
      throw mysqlFailure(error);
    }
  }

  #execute<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<Answer> {
    const { text, values } = bind(this.dialect, statement.compiled(this.dialect), parameters);
    return this.#run(text, values, mysqlFailure);
  }

  /** @param failure makes the error that is thrown of the driver's; absent: that itself */
  #run(text: string, values: readonly BoundValue[], failure?: (error: unknown) => unknown): Promise<Answer> {
    return this.#inTime<Answer>((resolve, reject) => {
      const execute = (statement: PrepareStatementInfo) =>
        statement.execute([...values], (error, rows, fields) =>
          error ? reject(error) : resolve({ rows, fields: fields ?? [] }),
        );
      const known = this.#prepared.take(text);
      if (known !== undefined) {
        execute(known);
        return;
      }
      this.#driver.prepare(text, (error, statement) => {
        if (error) {
          reject(error);
          return;
        }
        this.#prepared.keep(text, statement);
        execute(statement);
      });
    }, failure);
  }

  #inTime<Result>(
    start: (resolve: (result: Result) => void, reject: (error: unknown) => void) => void,
    failure: (error: unknown) => unknown = (error) => error,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const deadline = this.#deadlines.begin(() => {
        reject(failure(new StatementTimeout()));
        this.close();
      });
      start(
        (result) => {
          this.#deadlines.end(deadline);
          resolve(result);
        },
        (error) => {
          this.#deadlines.end(deadline);
          reject(failure(error));
        },
      );
    });
  }
}

function affectedRows(answer: unknown): number {
  if (typeof answer === 'object' && answer !== null && 'affectedRows' in answer) return Number(answer.affectedRows);
  throw new TypeError('a statement that changes answered without a count');
}

function isFloat({ columnType }: FieldPacket): boolean {
  return columnType === FLOAT;
}

/** FLOAT columns as the text protocol shows them: 1.1, not 1.100000023841858. */
function withShownFloats<Row>(rows: Row[], fields: readonly FieldPacket[]): readonly Row[] {
  if (!fields.some(isFloat)) return rows;
  const floats = fields.filter(isFloat).map((field) => field.name);
  for (const row of rows) {
    if (typeof row !== 'object' || row === null) continue;
    for (const name of floats) {
      const value: unknown = Reflect.get(row, name);
      if (typeof value === 'number') Reflect.set(row, name, Number(value.toPrecision(FLOAT_DIGITS)));
    }
  }
  return rows;
}
