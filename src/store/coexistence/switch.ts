// Turns the noting of other services' writes on and off. Turning it on tells every running Berth to reload: what was
// written before the last trigger was in place nobody noted. Both can be repeated, and after a failure should be.

import { sql } from 'kysely';
import { addLaneOfOthers } from '../change-feed.ts';
import type { Connection } from '../connection.ts';
import { DatabaseFailure, DatabaseUnusableError } from '../database-errors.ts';
import type { DialectName } from '../dialect.ts';
import { type Statement, statement } from '../statement.ts';
import { WriteTransaction } from '../transaction.ts';
import { FOREIGN_EPOCH, stepEpoch } from './foreign-changes.ts';
import { triggerSet } from './triggers.ts';

const TRIGGER_NAMES: Readonly<Record<DialectName, Statement<Record<never, never>, { name: string }>>> = {
  sqlite: triggerNames(`SELECT name FROM sqlite_master WHERE type = 'trigger'`),
  mysql: triggerNames('SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = DATABASE()'),
  // One that was disabled is as good as none.
  postgresql: triggerNames(
    `SELECT tgname AS name FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
       WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal AND tgenabled <> 'D'`,
  ),
};
const epochNow = statement()(({ db }) =>
  db.selectFrom('berth_guards').select('version').where('name', '=', FOREIGN_EPOCH),
);

export interface CoexistenceStatus {
  readonly state: 'on' | 'off' | 'incomplete';
  /** Triggers that are not there although others are. */
  readonly missing: readonly string[];
}

/** Which of the triggers are there. */
export async function coexistenceStatus(connection: Connection): Promise<CoexistenceStatus> {
  const there = new Set((await connection.rows(TRIGGER_NAMES[connection.dialect.name], {})).map((row) => row.name));
  const { names } = triggerSet(connection.dialect.name);
  const missing = names.filter((name) => !there.has(name));
  if (missing.length === 0) return { state: 'on', missing };
  return missing.length === names.length ? { state: 'off', missing: [] } : { state: 'incomplete', missing };
}

/** Installs the triggers, anew where they are. Berth's own tables must be there. Throws DatabaseUnusableError. */
export async function turnCoexistenceOn(connection: Connection): Promise<void> {
  await addLaneOfOthers(connection, new Date());
  await runEach(connection, triggerSet(connection.dialect.name).install);
  await tellAllToReload(connection);
}

/** Removes the triggers. What they noted goes by and by. Throws DatabaseUnusableError. */
export async function turnCoexistenceOff(connection: Connection): Promise<void> {
  await runEach(connection, triggerSet(connection.dialect.name).remove);
}

async function runEach(connection: Connection, texts: readonly string[]): Promise<void> {
  try {
    for (const text of texts) await connection.command(text);
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    const reason = error.cause instanceof Error ? error.cause.message : String(error.cause);
    throw new DatabaseUnusableError(`the triggers could not be changed, run the command again: ${reason}`);
  }
}

async function tellAllToReload(connection: Connection): Promise<void> {
  for (;;) {
    const epoch = (await connection.rows(epochNow, {}))[0]?.version ?? 0;
    if (await stepEpoch(new WriteTransaction(connection, new Date()), epoch, 2)) return;
  }
}

function triggerNames(text: string): Statement<Record<never, never>, { name: string }> {
  return statement()(({ db }) =>
    db.selectFrom(sql<{ name: string }>`(${sql.raw(text)})`.as('triggers')).select('triggers.name'),
  );
}
