// Why a transaction came to nothing, and what that leads to.

import { BerthError } from '../domain/errors/declare.ts';
import { type DatabaseErrorPlan, DatabaseFailure, StaleRead } from './database-errors.ts';

/** Somebody whose work is in the transaction was answered before it could be committed. */
export class Abandoned extends Error {}

/** A whole transaction came to nothing; the cause is what it was refused with. */
export class TransactionFailed extends Error {
  readonly plan: DatabaseErrorPlan;
  constructor(plan: DatabaseErrorPlan, cause: unknown) {
    super('the transaction failed', { cause });
    this.plan = plan;
  }
}

/** What anything that a transaction throws leads to. */
export function planOf(error: unknown): DatabaseErrorPlan {
  if (error instanceof StaleRead || error instanceof Abandoned) return 'run-again';
  if (error instanceof DatabaseFailure) return error.plan;
  if (error instanceof BerthError) return 'unavailable';
  return 'bug';
}
