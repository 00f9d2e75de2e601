// docs/benchmark.md says what the recorded run found, and tells where Berth is not faster.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { headlineOf, notFaster } from '../../bench/report/headline.ts';
import { markdownOf } from '../../bench/report/markdown.ts';
import type { ClosedLoop, Figures, Goals, Results, Row } from '../../bench/report/results.ts';
import { benchmarkPage } from '../../scripts/benchmark-page.ts';

const TITLES = new Map([['claims', 'Claims']]);

function loop(clients: number, serverMs: number, perSecond: number, databaseMs = 0): ClosedLoop {
  return {
    ...{ clients, serverMs, databaseMs, perSecond, turns: 100, roundsMs: [serverMs + databaseMs], p50Ms: 1, p99Ms: 2 },
    ...{ statements: 0, logWrites: 0, logBytes: 0, refusals: {} },
  };
}

function figures(closed: readonly ClosedLoop[], notes: readonly string[] = []): Figures {
  return { closed, open: [], answerBytes: 10, memoryMb: 50, answers: {}, notes };
}

function row(title: string, berth: Figures, peer: Figures, goals: Goals = {}): Row {
  return {
    ...{ workload: 'claims', title, database: 'mysql', figures: { berth, peer } },
    goals,
    limits: {},
    checks: [],
  };
}

function resultsOf(rows: readonly Row[]): Results {
  return { startedAt: '', tookSeconds: 60, command: 'npm run bench', machine: {}, rows, facts: [] };
}

test('the page is what the recorded run makes of it', () => {
  const text = readFileSync(new URL('../../docs/benchmark.md', import.meta.url), 'utf8');
  assert.ok(text === benchmarkPage(), 'docs/benchmark.md is out of date: run `npm run docs`');
});

test('ratios are of server and database together, and of what is done with the most clients', () => {
  const results = resultsOf([
    row(
      'spread',
      figures([loop(1, 0.5, 100, 0.5), loop(16, 1, 900)]),
      figures([loop(1, 30, 10, 10), loop(16, 30, 30)]),
    ),
  ]);

  assert.match(headlineOf(results, TITLES), /\| Claims: spread \| {2}\| {2}\| 40 × \| 30 × \(16\) \|/);
});

test('a goal that was missed and a peer that does more are told', () => {
  const results = resultsOf([
    row('few', figures([loop(1, 1, 5)]), figures([loop(1, 20, 10)]), { cost: 30 }),
    row('met', figures([loop(1, 1, 50)]), figures([loop(1, 40, 10)]), { cost: 30 }),
  ]);

  assert.deepEqual(notFaster(results, TITLES), [
    'Claims: few, MariaDB, 1 client: done in a second 0.5 ×',
    'Claims: few, MariaDB, 1 client: processor time 20 ×, of 30 × wanted',
  ]);
});

test('a peer that gave no answer is not passed over in silence', () => {
  const results = resultsOf([row('hard', figures([loop(1, 1, 5)]), figures([], ['no answer in 60 s']))]);

  assert.match(headlineOf(results, TITLES), /the peer: no answer in 60 s/);
  assert.match(markdownOf(results, TITLES), /\| no answer in 60 s \| 1 ms \|/);
});
