// Compares a result of the conformance suite (its --json file) with the baseline: every file that passed once must be
// there, with at least as many tests, all passed. Files that the baseline does not know yet are named.

import { readFileSync } from 'node:fs';

interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const [resultPath, baselinePath] = process.argv.slice(2);
if (resultPath === undefined || baselinePath === undefined) {
  throw new Error('usage: compare-conformance.ts RESULT.json BASELINE.txt');
}
const results = new Map(readResults(resultPath).map((result) => [result.file, result]));
const baseline = readBaseline(baselinePath);

const problems = [...baseline].flatMap(([file, tests]) => {
  const result = results.get(file);
  if (result === undefined) return [`${file}: was not run`];
  if (result.failed > 0 || result.skipped > 0) return [`${file}: ${result.failed} failed, ${result.skipped} skipped`];
  return result.passed < tests ? [`${file}: ${result.passed} tests passed; there were ${tests}`] : [];
});
const unknown = [...results.keys()].filter((file) => !baseline.has(file));

for (const file of unknown) process.stdout.write(`${file}: passes and is not in the baseline; add it\n`);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(`${baseline.size} files in the baseline, ${problems.length} of them fall short\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function readResults(path: string): readonly FileResult[] {
  const result: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof result !== 'object' || result === null || !('files' in result) || !Array.isArray(result.files)) {
    throw new Error(`${path} is not a result of the conformance suite`);
  }
  return result.files;
}

/** Lines `file tests`; `#` begins a comment. */
function readBaseline(path: string): ReadonlyMap<string, number> {
  const lines = readFileSync(path, 'utf8').split('\n');
  const entries = lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
  return new Map(
    entries.map((line) => {
      const [file = '', tests = ''] = line.split(/\s+/);
      if (!/^\d+$/.test(tests)) throw new Error(`${path}: '${line}' is not 'file tests'`);
      return [file, Number(tests)];
    }),
  );
}
