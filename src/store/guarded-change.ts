// Changes that are decided before they are made: each says how many rows it must match. Nothing has to be read of their
// outcome, so that several can be sent at once; where one matches another number of rows, the whole transaction comes to
// nothing and is run again.

import type { ProviderId } from '../domain/ids.ts';
import type { Connection } from './connection.ts';
import { StaleRead } from './database-errors.ts';
import type { Dialect } from './dialect.ts';
import { type BoundChange, bind, bindChanges, bindRows, type NamedValues, type Statement } from './statement.ts';

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
  /** Its texts, of which there is one unless the rows are many. */
  texts(dialect: Dialect): readonly BoundChange[];
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
    texts: (dialect) => [{ ...bind(dialect, statement.compiled(dialect), parameters), rows: guard.rows }],
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

/**
 * A statement for one row run for several, as the method of a connection that is named does it: an insert, or a change with
 * a condition of its own for each row.
 */
export function guardedRows<Parameters extends NamedValues, Row>(
  method: 'insertRows' | 'changeRows',
  statement: Statement<Parameters, Row>,
  rows: readonly Parameters[],
  guard: Omit<Guard, 'rows'>,
): GuardedChange {
  const bindAll = method === 'insertRows' ? bindRows : bindChanges;
  return {
    ...guard,
    rows: rows.length,
    texts: (dialect) => [...bindAll(dialect, statement.compiled(dialect), rows)],
    run: (connection) => connection[method](statement, rows),
  };
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

/** Values of one text, of which the protocol knows 65,535 at most. Claims that share a commit have some 1,600. */
const VALUES_IN_ONE_TRIP_MAX = 10_000;

/**
 * Makes the changes and commits: in one round trip where the server can do that and they are not too many. `beforeCommit` is
 * called when from then on the commit may happen. Throws StaleRead like {@link makeChanges}.
 */
export async function commitWith(
  connection: Connection,
  changes: readonly GuardedChange[],
  beforeCommit: () => void,
): Promise<void> {
  const { commitInOneTrip } = connection;
  const steps = commitInOneTrip === undefined ? null : stepsOfOneTrip(changes, connection.dialect);
  if (commitInOneTrip === undefined || steps === null) {
    await makeChanges(connection, changes);
    beforeCommit();
    await connection.command('COMMIT');
    return;
  }
  beforeCommit();
  try {
    await commitInOneTrip(steps.map(({ text }) => text));
  } catch (error) {
    const stale = error instanceof NotMatched ? steps[error.place] : undefined;
    if (stale === undefined) throw error;
    await refuse(stale.change);
  }
}

/** A text of a round trip, and the change that it belongs to. */
interface Step {
  readonly change: GuardedChange;
  readonly text: BoundChange;
}

/** Null: they are too many. */
function stepsOfOneTrip(changes: readonly GuardedChange[], dialect: Dialect): readonly Step[] | null {
  const steps = changes.flatMap((change) => change.texts(dialect).map((text) => ({ change, text })));
  const values = steps.reduce((sum, { text }) => sum + text.values.length, 0);
  return values > VALUES_IN_ONE_TRIP_MAX ? null : steps;
}
