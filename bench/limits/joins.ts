// The least that an answer costs that is made of prepared strings: joining them and making bytes of the text.
// `node bench/limits/joins.ts PIECES PIECE_LENGTH SECONDS` prints what it did as JSON.

import { printCost } from './cost.ts';

const [pieces = 1, length = 1, seconds = 1] = process.argv.slice(2).map(Number);
const texts = Array.from({ length: pieces }, (_, index) => String(index).padStart(length, 'x'));
let bytes = 0;

await printCost(seconds, async () => {
  bytes += Buffer.from(texts.join()).length;
  return 1;
});
if (bytes === 0) throw new Error('nothing was joined');
