// What may be said of a failure in a log: its kind and place, never its message (P5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLoggerTo } from '../../src/telemetry/logger.ts';
import { safeFailure } from '../../src/telemetry/redaction.ts';

const SECRET = 'user c0ffee';

test('an error keeps its class, its code and its frames', () => {
  const error = Object.assign(new RangeError(SECRET), { code: 'ERR_SQLITE_ERROR' });
  const { kind, code, stack } = safeFailure(error);
  assert.deepEqual([kind, code], ['RangeError', 'ERR_SQLITE_ERROR']);
  assert.match(stack[0] ?? '', /^at .*redaction\.test\.ts/);
});

test('a message is cut off even where it looks like frames, and causes are treated alike', () => {
  const error = new Error(`a\n    at ${SECRET} (x:1:1)\n    at b`, { cause: new TypeError(SECRET) });
  const failure = safeFailure(error);
  assert.equal(failure.cause?.kind, 'TypeError');
  assert.doesNotMatch(JSON.stringify(failure), /c0ffee/);
});

test('a message changed after the stack was made takes the stack with it', () => {
  const error = new Error(SECRET);
  assert.match(String(error.stack), /c0ffee/);
  error.message = 'other';
  assert.deepEqual(safeFailure(error).stack, []);
});

test('names and codes that could be data are left out', () => {
  const error = Object.assign(new Error('x'), { name: SECRET, code: 'user-c0ffee' });
  const failure = safeFailure(error);
  assert.deepEqual([failure.kind, failure.code], ['Error', undefined]);
});

test('a chain of causes ends, also when it is a circle', () => {
  const error = new Error('a');
  error.cause = error;
  let depth = 0;
  for (let failure: { cause?: object } | undefined = safeFailure(error); failure !== undefined; depth++) {
    failure = failure.cause;
  }
  assert.equal(depth, 5);
});

test('what is no error tells its type only', () => {
  assert.deepEqual(safeFailure(SECRET), { kind: 'thrown string', stack: [] });
  assert.deepEqual(safeFailure(null), { kind: 'thrown object', stack: [] });
});

test('the log reduces every error it is given', () => {
  let line = '';
  createLoggerTo({ write: (text) => (line += text) }, false).error({ err: new Error(SECRET) }, 'failed');
  assert.doesNotMatch(line, /c0ffee/);
  assert.match(line, /"kind":"Error"/);
});
