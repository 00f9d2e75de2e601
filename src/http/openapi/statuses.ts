// Which statuses an operation can answer with at a microversion. They follow from its guards, its versions, its policy
// rule and its contract; the document lists them, and the report of tested answers counts them.

import type { Microversion } from '../../domain/microversion.ts';
import type { Operation } from '../operation.ts';
import { isInVersion } from '../routing.ts';

/** What any request may meet: too slow, too long an address, too large a head, a failure, an unreachable database. */
export const STATUSES_OF_ANY_REQUEST = [408, 414, 431, 500, 503] as const;
const TOO_LARGE = 413;
const CONFLICT = 409;

/**
 * The statuses that a client can bring about by what it sends, in ascending order; also for operations that the
 * microversion does not have. 400 is always among them: content needs a type on every path (http-api §1.6).
 */
export function provokedStatuses(operation: Operation, version: Microversion): readonly number[] {
  const statuses = new Set([400]);
  if (operation.rule !== null) statuses.add(401);
  for (const guard of operation.guards) {
    if (guard === 'accept') statuses.add(406);
    if (guard === 'content') statuses.add(415);
    if (guard === 'version' && !isInVersion(operation, version)) {
      statuses.add(operation.tooOld ?? 404);
      return ascending(statuses);
    }
  }
  if (operation.rule !== null) statuses.add(403);
  const { contract } = operation;
  for (const { status } of contract.answers(version)) statuses.add(status);
  for (const { status, since } of contract.refusals ?? []) if (version >= (since ?? 0)) statuses.add(status);
  return ascending(statuses);
}

/**
 * All statuses of an operation that exists at the microversion, in ascending order. Beyond what can be provoked: the
 * limits and failures of the service, and that writers whom others overtake again and again give up (http-api §3.4).
 */
export function documentedStatuses(operation: Operation, version: Microversion): readonly number[] {
  const statuses = new Set([...provokedStatuses(operation, version), ...STATUSES_OF_ANY_REQUEST]);
  if (operation.guards.includes('content')) statuses.add(TOO_LARGE);
  if (operation.method !== 'GET') statuses.add(CONFLICT);
  return ascending(statuses);
}

function ascending(statuses: ReadonlySet<number>): readonly number[] {
  return [...statuses].sort((one, other) => one - other);
}
