// The least that anything durable costs: a page appended to a file and brought to the disk.
// `node bench/limits/appends.ts FILE SECONDS` prints what it did as JSON.

import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { printCost } from './cost.ts';

const PAGE_BYTES = 4096;
const [path = '', seconds = '1'] = process.argv.slice(2);
const file = openSync(path, 'w');
const page = Buffer.alloc(PAGE_BYTES, 'x');

await printCost(Number(seconds), async () => {
  writeSync(file, page);
  fdatasyncSync(file);
  return 1;
});
closeSync(file);
rmSync(path);
