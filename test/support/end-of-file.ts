// Ends a test file that does not end by itself: one whose test failed may have left a server or a connection open. Loaded
// before each file by `npm test`. The runner's own way, --test-force-exit, ends a file before its results have been reported.

import { after } from 'node:test';

/** Longer than what is open takes to close, and to report. */
const PATIENCE_MS = 15_000;

// The runner itself loads this as well.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  after(() => {
    setTimeout(() => process.exit(), PATIENCE_MS).unref();
  });
}
