// Changes that are decided before they are made: each says how many rows it must match. Nothing has to be read of their
// outcome, so that several can be sent at once; where one matches another number of rows, the whole transaction comes to
// nothing and is run again.

import type { ProviderId } from '../domain/ids.ts';
import type { Connection } from './connection.ts';
import { StaleRead } from './database-errors.ts';
import type { Dialect } from './dialect.ts';
import {
  type BoundChange,
  type BoundStatement,
  bind,
  bindChanges,
  bindRows,
  type NamedValues,
  type Statement,
} from './statement.ts';

/** What is said of a change besides its statement. */
export interface Guard {
  /** Rows that must match; null: any number. */
  readonly rows: number | null;
  /** What has changed since it was read when another number does: for the log, without names. */
  readonly subject: string;
  /** Providers that models have to hear of. */
  readonly providers?: readonly ProviderId[];
  /** Runs in the transaction when another number of rows has matched, before all of it is undone. */
  readonly whenStale?: () => Promise<void> | void;
}

export interface GuardedChange extends Guard {
  /** Its texts, and how many rows of each must match. */
  bound(dialect: Dialect): readonly BoundChange[];
  /** Makes it; how many rows matched. */
  run(connection: Connection): Promise<number>;
}

/** A change of what its condition matches. */
export function guardedChange<Parameters extends NamedValues, Row>(
  statement: Statement<Parameters, Row>,
  parameters: Parameters,
  guard: Guard,
): GuardedChange {
  return {
    ...guard,
    bound: (dialect) => [{ ...bind(dialect, statement.compiled(dialect), parameters), rows: guard.rows }],
    run: (connection) => connection.change(statement, parameters),
  };
}

/** An insert of one row; with a statement made by `ifAbsent` where an equal row may be there. */
export function guardedInsert<Parameters extends NamedValues, Row>(
  statement: Statement<Parameters, Row>,
  parameters: Parameters,
  guard: Omit<Guard, 'rows'>,
): GuardedChange {
  return {
    ...guardedChange(statement, parameters, { ...guard, rows: 1 }),
    run: async (connection) => ((await connection.insert(statement, parameters)) ? 1 : 0),
  };
}

/** An insert of one row for several. */
export function guardedInserts<Parameters extends NamedValues, Row>(
  statement: Statement<Parameters, Row>,
  rows: readonly Parameters[],
  guard: Omit<Guard, 'rows'>,
): GuardedChange {
  const texts = (dialect: Dialect) => bindRows(dialect, statement.compiled(dialect), rows);
  return ofRows(rows.length, guard, texts, (connection) => connection.insertRows(statement, rows));
}

/** A change for several rows, each of which has a condition of its own; see {@link Connection.changeRows}. */
export function guardedChanges<Parameters extends NamedValues, Row>(
  statement: Statement<Parameters, Row>,
  rows: readonly Parameters[],
  guard: Omit<Guard, 'rows'>,
): GuardedChange {
  const texts = (dialect: Dialect) => bindChanges(dialect, statement.compiled(dialect), rows);
  return ofRows(rows.length, guard, texts, (connection) => connection.changeRows(statement, rows));
}

function ofRows(
  rows: number,
  guard: Omit<Guard, 'rows'>,
  texts: (dialect: Dialect) => Iterable<BoundStatement>,
  run: GuardedChange['run'],
): GuardedChange {
  return { ...guard, rows, bound: (dialect) => withRows(texts(dialect), rows), run };
}

/** Only the one text of few rows says how many rows of it must match. */
function withRows(texts: Iterable<BoundStatement>, rows: number): readonly BoundChange[] {
  return [...texts].map((text, _, { length }) => ({ ...text, rows: length === 1 ? rows : null }));
}

/** Makes the changes, one after another. Throws StaleRead when one does not match the rows that it must. */
export async function makeChanges(connection: Connection, changes: readonly GuardedChange[]): Promise<void> {
  for (const change of changes) {
    const matched = await change.run(connection);
    if (change.rows !== null && matched !== change.rows) await refuse(change);
  }
}

/** Ends a transaction of which a change was not guarded by what it matched. */
async function refuse({ subject, whenStale }: GuardedChange): Promise<never> {
  await whenStale?.();
  throw new StaleRead(subject);
}

/** A change among those of one round trip has matched another number of rows than it must; nothing was committed. */
export class NotMatched extends Error {
  /** Its place among the changes. */
  readonly place: number;
  constructor(place: number) {
    super('a change has matched another number of rows');
    this.name = 'NotMatched';
    this.place = place;
  }
}

/** Values in a text beyond which it is not worth preparing: others of just this form will hardly come. */
const VALUES_IN_ONE_TRIP_MAX = 128;

/**
 * Makes the changes and commits: in one round trip where the server can do that and they are few. `beforeCommit` is
 * called when from then on the commit may happen. Throws StaleRead like {@link makeChanges}.
 */
export async function commitWith(
  connection: Connection,
  changes: readonly GuardedChange[],
  beforeCommit: () => void,
): Promise<void> {
  const bound =
    connection.commitInOneTrip === undefined ? [] : changes.map((change) => change.bound(connection.dialect));
  const single = bound.flatMap((texts) => (texts.length === 1 ? texts : []));
  const values = single.reduce((sum, text) => sum + text.values.length, 0);
  if (connection.commitInOneTrip === undefined || single.length < bound.length || values > VALUES_IN_ONE_TRIP_MAX) {
    await makeChanges(connection, changes);
    beforeCommit();
    await connection.command('COMMIT');
    return;
  }
  beforeCommit();
  try {
    await connection.commitInOneTrip(single);
  } catch (error) {
    const stale = error instanceof NotMatched ? changes[error.place] : undefined;
    if (stale === undefined) throw error;
    await refuse(stale);
  }
}
