// When the database cannot do what it should, clients learn that something is wrong and nothing else: no SQL, no name of a
// table, no path, no stack, and the log has the kind of the failure without what the database said. Tables are taken away
// one after the other, and every operation is asked each time.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { unexpectedFailure } from '../../src/domain/errors/http.ts';
import { databaseUnavailable } from '../../src/domain/errors/records.ts';
import { MINOR_MAX, microversion } from '../../src/domain/microversion.ts';
import { isInVersion } from '../../src/http/routing.ts';
import type { Reply } from '../support/client.ts';
import { type ConfiguredService, startConfigured } from '../support/configured-service.ts';
import { OPERATIONS } from '../support/contract.ts';
import { forEachDatabase, type TestedDatabase } from '../support/databases/for-each-database.ts';
import { VALID_BODIES } from '../support/valid-bodies.ts';
import { claim, expectStatus, makeProvider } from '../support/world.ts';

/** Of Berth's, and of the schema, in an order in which the servers let them go. */
const TABLES = [
  'berth_changes',
  'berth_guards',
  'allocations',
  'inventories',
  'resource_provider_traits',
  'resource_provider_aggregates',
  'placement_aggregates',
  'traits',
  'consumers',
  'consumer_types',
  'projects',
  'users',
  'resource_providers',
  'resource_classes',
  'berth_writers',
];

/** What only the inside of the service, or of a database, would say. */
const INSIDE = new RegExp(
  [
    TABLES.filter((name) => name.includes('_') && name !== 'resource_classes').join('|'),
    '\\b(select|insert into|update|delete from)\\b.*\\b(from|values|set|where)\\b',
    'sqlite|mysql|mariadb|postgres|kysely|errno|syntax error|no such table|does not exist in the database|relation "',
    'node_modules|node:|\\.ts\\b|\\bat .*:\\d+|/(tmp|var|home|work)/|127\\.0\\.0\\.1:\\d+',
  ].join('|'),
  'i',
);

const LATEST = microversion(MINOR_MAX);

interface World {
  readonly service: ConfiguredService;
  readonly provider: string;
  readonly consumer: string;
}

async function worldOn(t: TestContext, url: string): Promise<World> {
  const sections = `[placement_database]\nconnection = ${url}\n[berth]\ndatabase_deadline = 1\n`;
  const service = await startConfigured(t, sections);
  const provider = await makeProvider(service.client, { VCPU: 8, MEMORY_MB: 8 });
  const consumer = randomUUID();
  expectStatus(await claim(service.client, { [provider]: { VCPU: 1 } }, consumer), 204);
  return { service, provider, consumer };
}

/** The answers of all operations that are not open to everyone. */
async function askEverything({ service, provider, consumer }: World): Promise<readonly Reply[]> {
  const target = { stock: provider, stockGeneration: 2, held: provider };
  const asked = OPERATIONS.filter((operation) => operation.rule !== null && isInVersion(operation, LATEST));
  return Promise.all(
    asked.map((operation) => {
      const path = operation.path
        .replace('{consumer_uuid}', consumer)
        .replace('{uuid}', provider)
        .replace('{resource_class}', 'VCPU')
        .replace('{name}', 'CUSTOM_X');
      const query = QUERIES[`${operation.method} ${operation.path}`] ?? '';
      const body = VALID_BODIES.get(operation.contract.id);
      return service.client.call(operation.method, `${path}${query}`, body?.(target, MINOR_MAX));
    }),
  );
}

const QUERIES: Readonly<Record<string, string>> = {
  'GET /allocation_candidates': '?resources=VCPU:1',
  'GET /usages': '?project_id=a-project',
};

/** What a client may be told of such a failure. */
const SAID = [unexpectedFailure({}), databaseUnavailable({})].map(({ message }) => message);

function assertSilent({ service }: World, replies: readonly Reply[]): void {
  const failed = replies.filter(({ status }) => status >= 500);
  assert.ok(failed.length > 0, 'nothing failed');
  for (const { status, body } of replies) {
    if (status >= 400) assert.doesNotMatch(JSON.stringify(body), INSIDE);
  }
  for (const { status, body } of failed) {
    assert.ok([500, 503].includes(status));
    const [{ detail }] = body.errors;
    assert.ok(SAID.some((text) => detail.includes(text)) || status === 503, detail);
  }
  // Its own stack frames the log may have, and the code of the failure.
  const said = service.log.map((line) => JSON.stringify({ ...JSON.parse(line), err: undefined })).join('\n');
  assert.doesNotMatch(said, /select|insert into|no such table|a-project|a-user/i);
  assert.doesNotMatch(service.log.join('\n'), /select .*from|insert into|no such table|a-project|a-user/i);
}

forEachDatabase('a database that falls to pieces', (database) => {
  test('tables that are gone: clients and the log learn nothing of the inside', async (t) => {
    const { url, drop } = await breakable(database);
    const world = await worldOn(t, url);
    let failures = 0;
    for (const table of TABLES) {
      await drop(table);
      const replies = await askEverything(world);
      const failed = replies.filter(({ status }) => status >= 500);
      failures += failed.length;
      if (failed.length > 0) assertSilent(world, replies);
    }
    t.diagnostic(`${failures} answers of 500 and 503, none of which tells more than that`);
    assert.ok(failures > 100, String(failures));
  });
});

async function breakable({ kind, server }: TestedDatabase) {
  const name = await server.createDatabase();
  const drop = async (table: string): Promise<void> => {
    if (kind === 'mysql') await server.run(name, `SET FOREIGN_KEY_CHECKS = 0;\nDROP TABLE ${table};`);
    else await server.run(name, `DROP TABLE ${table}${kind === 'postgresql' ? ' CASCADE' : ''};`);
  };
  return { url: server.url(name), drop };
}
