// The whole conformance suite at level debug, and then every identifier that it used is looked for in the log (P5): of
// consumers, projects and users, tokens and passwords. By default none is there; hashed, only the hashes; plain, they are,
// which shows that the search finds what there is.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folderFor } from '../support/configured-service.ts';
import { distinct, findIdentifiers, type Hit } from './search-log.ts';
import { type IdentifierKind, KINDS, type UsedIdentifier } from './used-identifiers.ts';

const SUITE = fileURLToPath(new URL('../../../shared/conformance/run', import.meta.url));
const RECORDED = fileURLToPath(new URL('recorded-berth.ts', import.meta.url));
const isThere = existsSync(SUITE);
const skip = isThere || process.env.CI === 'true' ? false : `the conformance suite is not at ${SUITE}`;

interface Recorded {
  readonly lines: readonly string[];
  readonly identifiers: readonly UsedIdentifier[];
  readonly hits: readonly Hit[];
}

test('the whole suite: none of the identifiers that it used is in the log', { skip }, async (t) => {
  const { lines, identifiers, hits } = await runSuite(t, { mode: 'none' });
  assert.deepEqual(hits.slice(0, 20), []);
  for (const kind of KINDS) assert.ok(countOf(identifiers, kind) > 1, `the suite used no ${kind}`);
  assert.ok(lines.some((line) => line.includes('"level":"debug"')));
  assert.ok(requestsIn(lines).length > 1000);
});

test('hashed: the same hash for the same identifier under the same key, and nothing else', { skip }, async (t) => {
  const keys = [randomUUID(), randomUUID()];
  const hashes: (readonly string[])[] = [];
  for (const key of keys) {
    const { lines, identifiers, hits } = await runSuite(t, { mode: 'hashed', key, files: ['allocations-*', 'usage'] });
    assert.deepEqual(hits, []);
    const named = requestsIn(lines);
    const values = [...new Set(named.flatMap(({ consumer, project, user }) => [consumer, project, user]))].filter(
      (value) => value !== undefined,
    );
    assert.ok(values.length > 0 && values.every((value) => /^[0-9a-f]{64}$/.test(value)));
    // Each hash is that of an identifier that was used, which its owner can find by the key.
    const expected = new Set(identifiers.map(({ text }) => createHmac('sha256', key).update(text).digest('hex')));
    assert.deepEqual(
      values.filter((value) => !expected.has(value)),
      [],
    );
    hashes.push(values);
  }
  const [first = [], second = []] = hashes;
  assert.deepEqual(
    first.filter((value) => second.includes(value)),
    [],
    'another key, other hashes',
  );
});

test('plain: the identifiers are there, and the search finds them; tokens and passwords are not', {
  skip,
}, async (t) => {
  const { identifiers, hits } = await runSuite(t, { mode: 'plain', files: ['allocations-*', 'usage'] });
  assert.ok(countOf(hits, 'consumer') > 0);
  // The token of noauth2 is the caller's user.
  const callers = new Set(identifiers.filter(({ kind }) => kind === 'user').map(({ text }) => text));
  assert.deepEqual(
    hits.filter(({ kind, text }) => kind === 'password' || (kind === 'token' && !callers.has(text))),
    [],
  );
  for (const { text } of identifiers.filter(({ kind }) => kind === 'token')) {
    assert.ok(hits.some((hit) => hit.kind === 'user' && text.startsWith(hit.text)));
  }
});

interface Run {
  readonly mode: 'none' | 'hashed' | 'plain';
  readonly key?: string;
  /** Files of the suite; all of them when absent. */
  readonly files?: readonly string[];
}

/** Runs the suite against a recorded Berth; all its tests must pass. */
async function runSuite(t: TestContext, { mode, key = '', files = [] }: Run): Promise<Recorded> {
  const folder = folderFor(t);
  const server = `exec ${[process.execPath, RECORDED, folder, mode].map((word) => `'${word}'`).join(' ')} {conf} {port}`;
  const words = ['--server', server, ...files.flatMap((file) => ['--only', file])];
  const suite = spawn(SUITE, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, IDENTIFIERS_KEY: key },
  });
  let said = '';
  for (const stream of [suite.stdout, suite.stderr]) {
    stream.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  const [code] = await once(suite, 'close');
  assert.equal(code, 0, said);
  const identifiers = distinct(
    readdirSync(folder)
      .filter((name) => name.endsWith('.identifiers'))
      .flatMap((name): UsedIdentifier[] => JSON.parse(readFileSync(join(folder, name), 'utf8'))),
  );
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    // Berth's own words, written before anyone asked: what an option is where nobody set it.
    .filter((line) => !(line.includes('"msg":"option"') && line.includes('"isDefault":true')));
  const hits = findIdentifiers(lines, identifiers);
  const counts = KINDS.map((kind) => `${countOf(identifiers, kind)} ${kind}s`).join(', ');
  t.diagnostic(`log_identifiers = ${mode}: ${lines.length} lines of log, ${requestsIn(lines).length} requests`);
  t.diagnostic(`identifiers used ${identifiers.length} (${counts}), hits ${hits.length}`);
  return { lines, identifiers, hits };
}

function countOf(identifiers: readonly UsedIdentifier[], kind: IdentifierKind): number {
  return identifiers.filter((one) => one.kind === kind).length;
}

interface RequestLine {
  readonly consumer?: string;
  readonly project?: string;
  readonly user?: string;
}

function requestsIn(lines: readonly string[]): readonly RequestLine[] {
  return lines.filter((line) => line.includes('"msg":"request"')).map((line): RequestLine => JSON.parse(line));
}
