// Building blocks of test stories: providers with inventory, claims, and the product's own audit afterwards.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isDatabaseUrl, runBerth } from './berth-process.ts';
import type { Client, Json, Reply } from './client.ts';

export const PROJECT = 'a-project';
export const USER = 'a-user';

/** Fails unless the answer has the status; shows the body then. */
export function expectStatus(reply: Reply, ...statuses: readonly number[]): Reply {
  assert.ok(statuses.includes(reply.status), `${reply.status}: ${JSON.stringify(reply.body)}`);
  return reply;
}

/** The `code` of an error answer. */
export function errorCode(reply: Reply): string {
  return String(reply.body?.errors?.[0]?.code);
}

/** The `detail` of an error answer. */
export function errorDetail(reply: Reply): string {
  return String(reply.body?.errors?.[0]?.detail);
}

/** Makes a provider with these inventories (class → total, or a whole record); its UUID. */
export async function makeProvider(
  client: Client,
  inventories: Readonly<Record<string, number | object>> = {},
  parent: string | null = null,
): Promise<string> {
  const uuid = randomUUID();
  expectStatus(await client.post('/resource_providers', { uuid, name: uuid, parent_provider_uuid: parent }), 200);
  if (Object.keys(inventories).length > 0) {
    const records = Object.entries(inventories).map(([name, value]) => [
      name,
      typeof value === 'number' ? { total: value } : value,
    ]);
    const body = { resource_provider_generation: 0, inventories: Object.fromEntries(records) };
    expectStatus(await client.put(`/resource_providers/${uuid}/inventories`, body), 200);
  }
  return uuid;
}

/** The body of a claim at 1.38 and later. */
export function claimBody(
  allocations: Readonly<Record<string, Readonly<Record<string, number>>>>,
  generation: number | null = null,
): Json {
  const entries = Object.entries(allocations).map(([provider, resources]) => [provider, { resources }]);
  return {
    allocations: Object.fromEntries(entries),
    project_id: PROJECT,
    user_id: USER,
    consumer_generation: generation,
    consumer_type: 'INSTANCE',
  };
}

/** Claims for a consumer, a new one unless it is named. */
export function claim(
  client: Client,
  allocations: Readonly<Record<string, Readonly<Record<string, number>>>>,
  consumer: string = randomUUID(),
  generation: number | null = null,
): Promise<Reply> {
  return client.put(`/allocations/${consumer}`, claimBody(allocations, generation));
}

/** Runs calls at once and counts their statuses: `{204: 1, 409: 7}`. */
export async function statusesOf(calls: readonly Promise<Reply>[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const reply of await Promise.all(calls)) counts[reply.status] = (counts[reply.status] ?? 0) + 1;
  return counts;
}

/** `berth db audit` on a SQLite file or the database of a URL. */
export async function audit(place: string): Promise<Json> {
  const { stdout, stderr } = await runBerth(['db', 'audit', '--json'], {
    OS_PLACEMENT_DATABASE__CONNECTION: isDatabaseUrl(place) ? place : `sqlite:///${place}`,
  });
  assert.ok(stdout.startsWith('{'), `the audit did not run: ${stderr}`);
  return JSON.parse(stdout);
}

/** Fails unless the audit finds nothing. */
export async function assertClean(place: string): Promise<void> {
  assert.deepEqual((await audit(place)).findings, []);
}
