// For tests of bodies: what a validator says about one.

import assert from 'node:assert/strict';
import { BerthError } from '../../../src/domain/errors/declare.ts';

/** Asserts that `act` is refused with 400 and a message that has all the fragments. */
export function assertRefused(act: () => unknown, ...fragments: readonly string[]): void {
  const message = refusal(act);
  for (const fragment of fragments) assert.ok(message.includes(fragment), `${message} should have ${fragment}`);
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof BerthError, String(error));
    assert.equal(error.status, 400);
    assert.ok(!error.message.includes('\n'), 'a message is one line');
    return error.message;
  }
  return assert.fail('should be refused');
}

/** JSON text as the decoded body that a validator sees, `__proto__` members included. */
export function decoded(text: string): unknown {
  return JSON.parse(text);
}
