// For tests of validators and parsers: the error that an act is refused with, checked to be one a client may see.

import assert from 'node:assert/strict';
import { BerthError } from '../../../src/domain/errors/declare.ts';

/** The 400 that `act` throws. Fails when it throws nothing, anything else, or a message of several lines. */
export function refusal(act: () => unknown): BerthError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof BerthError, `not declared: ${error instanceof Error ? error.stack : error}`);
    assert.equal(error.status, 400);
    assert.doesNotMatch(error.message, /[\r\n\u2028\u2029]/);
    assert.ok(error.message.length < 10_000, `a message of ${error.message.length} characters`);
    assert.ok(error.message.isWellFormed());
    return error;
  }
  return assert.fail('should be refused');
}

/** Asserts that `act` is refused with a message that has the fragments. */
export function assertRefused(act: () => unknown, ...fragments: readonly string[]): void {
  const { message } = refusal(act);
  for (const fragment of fragments) assert.ok(message.includes(fragment), `«${message}» should have «${fragment}»`);
}

/** Runs `act`; a declared 400 is as good as an answer, anything else fails. */
export function answerOrRefusal(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    refusal(() => {
      throw error;
    });
  }
}
