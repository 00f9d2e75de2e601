// Every recorded example of the search as a client sees it: its state made by its own requests, its question asked over
// HTTP, the whole answer compared. Examples with the same state share a service, one in memory for each state.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type RunningService, runService } from '../../src/cli/run-service.ts';
import { developmentSettings } from '../../src/config/development-settings.ts';
import { createLoggerTo } from '../../src/telemetry/logger.ts';
import { type Client, createClient, type Json, type Reply } from '../support/client.ts';
import { errorDetail, expectStatus } from '../support/world.ts';

interface Case {
  readonly name?: string;
  /** `/allocation_candidates?…` or `/resource_providers?…` */
  readonly query: string;
  readonly microversion: string;
  readonly status: number;
  readonly expected: Json;
}

interface State {
  readonly setup: readonly { method: string; path: string; body: unknown; microversion: string }[];
  readonly cases: readonly Case[];
}

interface Example extends Case {
  readonly setup: State['setup'];
  /** The right answer, in examples where the reference is wrong. */
  readonly sound?: Json;
}

// The files are fixed data with the shapes above; a wrong shape shows as a failing test.
const examples: readonly Example[] = exampleData('candidate-examples.json');
const defects: readonly Example[] = exampleData('candidate-reference-defects.json');
const scenarios: Readonly<Record<string, State>> = exampleData('candidate-scenario-states.json');
const filters: State = exampleData('resource-provider-filter-examples.json');

const states: readonly (readonly [name: string, state: State])[] = [
  ...byState(examples).map((state): [string, State] => [`examples from ${state.cases[0]?.name} on`, state]),
  ...byState(defects.map((each) => ({ ...each, status: 200, expected: each.sound }))).map((state): [string, State] => [
    `where the reference is wrong: ${state.cases[0]?.name}`,
    state,
  ]),
  ...Object.entries(scenarios),
  ['provider filters', filters],
];

for (const [name, state] of states) {
  describe(name, () => {
    let service: RunningService;
    let client: Client;

    before(async () => {
      service = await startInMemory();
      client = createClient(service.address);
      for (const { method, path, body, microversion } of state.setup) {
        expectStatus(await client.at(microversion).call(method, path, body ?? undefined), 200, 201, 204);
      }
    });
    after(async () => {
      client.close();
      await service.stop();
    });

    for (const one of state.cases) {
      test(`${one.microversion} ${one.name ?? one.query}`, async () => {
        const reply = await client.at(one.microversion).get(one.query);
        expectStatus(reply, one.status);
        compare(reply, one.expected);
      });
    }
  });
}

function compare(reply: Reply, expected: Json): void {
  if ('detail_contains' in expected) {
    assert.equal(reply.body.errors[0].code, expected.code ?? undefined);
    for (const fragment of expected.detail_contains) {
      assert.ok(words(errorDetail(reply)).includes(words(fragment)), `${errorDetail(reply)} — without — ${fragment}`);
    }
    return;
  }
  if ('uuids' in expected) {
    assert.deepEqual(reply.body.resource_providers.map(({ uuid }: Json) => uuid).sort(), [...expected.uuids].sort());
    return;
  }
  const requests: readonly string[] = reply.body.allocation_requests.map(normalRequest);
  if ('count' in expected) {
    const all = new Set(expected.subset_of.map(normalRequest));
    assert.equal(requests.length, expected.count);
    assert.equal(new Set(requests).size, requests.length);
    for (const request of requests) assert.ok(all.has(request), `${request} is no candidate`);
    return;
  }
  assert.deepEqual([...requests].sort(), expected.allocation_requests.map(normalRequest).sort());
  assert.deepEqual(normalSummaries(reply.body.provider_summaries), normalSummaries(expected.provider_summaries));
}

/** An allocation request as text: allocations by provider whatever the microversion, what has no order sorted. */
function normalRequest({ allocations, ...others }: Json): string {
  const byProvider: Json = Array.isArray(allocations)
    ? Object.fromEntries(
        allocations.map(({ resource_provider, ...allocation }) => [resource_provider.uuid, allocation]),
      )
    : allocations;
  return JSON.stringify({ allocations: byProvider, ...others }, (_, value: Json) => {
    if (Array.isArray(value)) return [...value].sort();
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

function normalSummaries(summaries: Json): Json {
  const entries: [string, Json][] = Object.entries(summaries);
  return Object.fromEntries(
    entries.map(([uuid, summary]) => [
      uuid,
      'traits' in summary ? { ...summary, traits: [...summary.traits].sort() } : summary,
    ]),
  );
}

/** A message without what is a matter of taste in it: how a list is quoted, blanks, the full stop. */
function words(message: string): string {
  return message
    .replaceAll(/['[\]]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
}

/** Examples with equal set-ups together. */
function byState(all: readonly Example[]): readonly State[] {
  const groups = new Map<string, Example[]>();
  for (const example of all) {
    const key = JSON.stringify(example.setup);
    groups.set(key, [...(groups.get(key) ?? []), example]);
  }
  return [...groups.values()].map((cases) => ({ setup: cases[0]?.setup ?? [], cases }));
}

/** The service on a database that is gone afterwards. */
function startInMemory(): Promise<RunningService> {
  return runService(
    developmentSettings({ path: ':memory:' }, { 'berth.port': '0' }),
    createLoggerTo({ write: () => {} }, false),
  );
}

function exampleData(name: string): Json {
  return JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));
}
