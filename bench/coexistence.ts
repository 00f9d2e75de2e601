// What coexistence costs, as ratios on this machine: the original's writes and Berth's look for news, with the triggers and
// without them. `node bench/coexistence.ts [rounds]` prints a Markdown table for docs/takeover.md. The two kinds of rounds
// take turns, so that a noisy machine disturbs both alike.

import { randomUUID } from 'node:crypto';
import { openStore, withConnection } from '../src/cli/open-store.ts';
import { developmentSettings } from '../src/config/development-settings.ts';
import { turnCoexistenceOff, turnCoexistenceOn } from '../src/store/coexistence/switch.ts';
import { availableDatabases } from '../test/support/databases/available-databases.ts';
import type { DatabaseHost } from '../test/support/databases/database-server.ts';
import { placementManage } from '../test/support/databases/placement-manage.ts';
import { sharedServer } from '../test/support/databases/shared-server.ts';
import { createPeer, type Peer } from '../test/takeover/peer.ts';
import { startReference } from '../test/takeover/reference-service.ts';

const rounds = Number(process.argv[2] ?? 60);
const TURNS = 4;
const LOOKS = 200;
/** Notes that a busy original leaves in the table between two prunings. */
const NOTES = 5_000;

interface Costs {
  readonly writeMs: number[];
  readonly lookMs: number[];
  readonly statements: number[];
  readonly notes: number[];
}

process.stdout.write(
  '| database | a claim of the original, median | statements it sends | notes it leaves | a look that finds nothing | the same over ' +
    `${NOTES} notes |\n|---|---|---|---|---|---|\n`,
);
for (const kind of ['sqlite', 'mysql', 'postgresql'] as const) {
  if (!availableDatabases().has(kind)) continue;
  process.stdout.write(`${await measure(await sharedServer(kind))}\n`);
}
process.exit(0);

async function measure(server: DatabaseHost): Promise<string> {
  const name = await server.createDatabase();
  const url = server.url(name);
  await placementManage(url, ['db', 'sync']);
  const { database } = developmentSettings({ url });
  const store = await openStore(database, false);
  const reference = await startReference(url);
  const peer = createPeer(reference.url);
  const host = await makeHost(peer);
  const off: Costs = { writeMs: [], lookMs: [], statements: [], notes: [] };
  const on: Costs = { writeMs: [], lookMs: [], statements: [], notes: [] };
  await claims(peer, host, 10);
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [costs, change] of [
      [off, turnCoexistenceOff],
      [on, turnCoexistenceOn],
    ] as const) {
      await withConnection(database, change);
      await claims(peer, host, 3);
      const before = await statementsOf(server, name);
      const notesBefore = await lastNote(server, name);
      costs.writeMs.push(...(await claims(peer, host, rounds)));
      costs.statements.push(((await statementsOf(server, name)) - before) / rounds);
      costs.notes.push(((await lastNote(server, name)) - notesBefore) / rounds);
      await store.poll();
      costs.lookMs.push(...(await timed(LOOKS, () => store.poll())));
    }
  }
  const values = Array.from({ length: 100 }, () => '(1)').join();
  for (let start = 0; start < NOTES; start += 100) {
    await server.run(name, `INSERT INTO berth_foreign_changes (provider_id) VALUES ${values};`);
  }
  await store.poll();
  const full = await timed(LOOKS, () => store.poll());
  peer.close();
  await reference.stop();
  await store.close();
  const without = median(off.lookMs);
  return [
    `| ${server.name}`,
    `${ms(median(off.writeMs))} → ${ms(median(on.writeMs))} (× ${ratio(on.writeMs, off.writeMs)})`,
    counted(off.statements, on.statements),
    counted(off.notes, on.notes),
    `${ms(without)} → ${ms(median(on.lookMs))} (× ${ratio(on.lookMs, off.lookMs)})`,
    `${ms(median(full))} (× ${(median(full) / without).toFixed(2)}) |`,
  ].join(' | ');
}

async function makeHost(peer: Peer): Promise<string> {
  const uuid = randomUUID();
  await peer.expect(200, 'POST', '/resource_providers', '1.39', { uuid, name: uuid });
  const inventories = { VCPU: { total: 1_000_000 }, MEMORY_MB: { total: 1_000_000 }, DISK_GB: { total: 1_000_000 } };
  const body = { resource_provider_generation: 0, inventories };
  await peer.expect(200, 'PUT', `/resource_providers/${uuid}/inventories`, '1.39', body);
  return uuid;
}

/** Claims of three classes by new consumers, as Nova makes them; the time of each. */
function claims(peer: Peer, host: string, count: number): Promise<number[]> {
  return timed(count, () =>
    peer.expect(204, 'PUT', `/allocations/${randomUUID()}`, '1.39', {
      allocations: { [host]: { resources: { VCPU: 1, MEMORY_MB: 1, DISK_GB: 1 } } },
      ...{ project_id: 'p', user_id: 'u', consumer_generation: null, consumer_type: 'INSTANCE' },
    }),
  );
}

async function timed(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const beganAt = performance.now();
    await work();
    times.push(performance.now() - beganAt);
  }
  return times;
}

/** Statements that clients have sent to the server so far, where it counts them. */
async function statementsOf(server: DatabaseHost, name: string): Promise<number> {
  if (server.kind !== 'mysql') return Number.NaN;
  const rows = await server.run(name, "SHOW GLOBAL STATUS LIKE 'Questions';");
  return Number(rows[0]?.Value);
}

/** The number of the last note: of those that were pruned too. */
async function lastNote(server: DatabaseHost, name: string): Promise<number> {
  return Number((await server.run(name, 'SELECT max(id) AS last FROM berth_foreign_changes;'))[0]?.last ?? 0);
}

function counted(one: readonly number[], other: readonly number[]): string {
  if (one.some(Number.isNaN)) return 'not counted';
  return `${median(one).toFixed(0)} → ${median(other).toFixed(0)}`;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function ratio(one: readonly number[], other: readonly number[]): string {
  return (median(one) / median(other)).toFixed(2);
}

function ms(value: number): string {
  return `${value >= 10 ? value.toFixed(0) : value.toPrecision(2)} ms`;
}
