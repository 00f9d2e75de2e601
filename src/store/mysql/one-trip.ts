// Changes and their COMMIT as one statement of MariaDB: a block that ends, before it commits, at the first change that
// matches another number of rows than it must. The block is prepared and its values are bound like any other statement's.

import { NotMatched } from '../guarded-change.ts';
import type { BoundChange, BoundStatement } from '../statement.ts';

/** Of the errors that a statement raises by itself. */
const SIGNALLED = 1644;
const MESSAGE = /^berth: change (\d+) did not match$/;

/** The block. Its text is the same for the same texts and numbers of rows. */
export function oneTrip(changes: readonly BoundChange[]): BoundStatement {
  const steps = changes.map(({ text, rows }, place) => `${text};${rows === null ? '' : ` ${check(rows, place)}`}`);
  // With text behind it, COMMIT is not taken for a command of its own by whoever looks at the packets.
  return { text: `BEGIN NOT ATOMIC ${steps.join(' ')} COMMIT; END`, values: changes.flatMap(({ values }) => values) };
}

function check(rows: number, place: number): string {
  const signal = `SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = ${SIGNALLED}, MESSAGE_TEXT = 'berth: change ${place} did not match'`;
  return `IF ROW_COUNT() <> ${rows} THEN ${signal}; END IF;`;
}

/** The error of a block that ended at a change; undefined for any other. */
export function notMatched(error: unknown): NotMatched | undefined {
  if (!(error instanceof Error) || !('errno' in error) || error.errno !== SIGNALLED) return undefined;
  const [, place] = MESSAGE.exec('sqlMessage' in error ? String(error.sqlMessage) : error.message) ?? [];
  return place === undefined ? undefined : new NotMatched(Number(place));
}
