// Lines of the log go on in blocks: when so many have come, when one has waited long enough, and at the end, whatever ends
// the process.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { LineBlocks } from '../../src/telemetry/line-blocks.ts';
import { temporaryFolder } from '../support/berth-process.ts';

const folder = temporaryFolder();
after(folder.remove);

/** What reaches the stream, in order. */
function openBlocks(t: TestContext): { readonly blocks: LineBlocks; readonly seen: readonly string[] } {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const seen: string[] = [];
  const stream = {
    write: (text: string) => void seen.push(text),
    flush: () => void seen.push('flush'),
    flushSync: () => void seen.push('flushSync'),
  };
  const blocks = new LineBlocks(stream, { length: 8, waitMaxMs: 100 });
  return { blocks, seen };
}

test('a block is handed on when it is complete', (t) => {
  const { blocks, seen } = openBlocks(t);
  for (const line of ['one\n', 'two\n', 'three\n']) blocks.write(line);
  assert.deepEqual(seen, ['one\ntwo\n', 'flush']);
});

test('a line waits no longer than it may', (t) => {
  const { blocks, seen } = openBlocks(t);
  blocks.write('one\n');
  t.mock.timers.tick(99);
  assert.deepEqual(seen, []);
  t.mock.timers.tick(1);
  assert.deepEqual(seen, ['one\n', 'flush']);
  blocks.write('two\n');
  t.mock.timers.tick(100);
  assert.deepEqual(seen.slice(2), ['two\n', 'flush']);
});

test('the time counts from the first line of a block', (t) => {
  const { blocks, seen } = openBlocks(t);
  blocks.write('one\n');
  t.mock.timers.tick(50);
  blocks.write('two\n');
  blocks.write('three\n');
  t.mock.timers.tick(50);
  assert.deepEqual(seen, ['one\ntwo\n', 'flush']);
  t.mock.timers.tick(50);
  assert.deepEqual(seen.slice(2), ['three\n', 'flush']);
});

test('what is left is written when that is asked for', (t) => {
  const { blocks, seen } = openBlocks(t);
  blocks.write('one\n');
  blocks.writeAll();
  assert.deepEqual(seen, ['one\n', 'flushSync']);
  t.mock.timers.tick(100);
  assert.equal(seen.length, 2);
});

for (const end of ['process.exit(0)', 'throw new Error("unexpected")', '']) {
  test(`what is left is written at the end of the process: ${end === '' ? 'nothing to do' : end}`, () => {
    const file = join(folder.path, 'log');
    const module = new URL('../../src/telemetry/log-output.ts', import.meta.url).href;
    const script = `import { openLog } from ${JSON.stringify(module)};
      const { logger } = openLog({ debug: false, file: ${JSON.stringify(file)}, stderr: false });
      // The file is open by then, as with any service that serves.
      await new Promise((resolve) => setTimeout(resolve, 50));
      logger.info({ end: ${JSON.stringify(end)} }, 'the last line');
      ${end}`;
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    } catch {
      assert.notEqual(end, '');
    }
    const last: unknown = JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '');
    assert.ok(typeof last === 'object' && last !== null && 'end' in last);
    assert.equal(last.end, end);
  });
}
