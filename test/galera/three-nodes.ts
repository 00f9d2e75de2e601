// Three Galera nodes and a Berth on each, which is how the cluster is meant to be used: no proxy, every node written to.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type FaultService, startFaultService } from '../faults/fault-service.ts';
import type { Client } from '../support/client.ts';
import { type GaleraCluster, startGalera } from '../support/databases/galera.ts';
import { assertClean } from '../support/world.ts';

const NODES = [0, 1, 2] as const;
const SETTLE_MAX_MS = 30_000;

export interface ThreeNodes {
  readonly cluster: GaleraCluster;
  /** One per node; each knows only its own. */
  readonly services: readonly FaultService[];
  readonly clients: readonly Client[];
  /** The services take turns. */
  client(index: number): Client;
  /** The database's address on that node. */
  url(index: number): string;
  /** Resolves when the node has the database, and what was put into it before. */
  seeDatabase(index: number, name: string): Promise<void>;
  /** Transactions that the cluster has refused for a conflict with another node's, on all nodes together. */
  conflicts(): Promise<number>;
  /** Fails if the product's audit finds anything through any node. */
  assertClean(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the nodes, then all Berths at once on the empty database.
 *
 * @param deadlineSeconds how long a request may wait for its node
 */
export async function startThreeNodes(deadlineSeconds: number): Promise<ThreeNodes> {
  const cluster = await startGalera(NODES.length);
  const name = await cluster.node(0).createDatabase();
  const url = (index: number) => cluster.node(index).url(name);
  for (const index of NODES) await seeDatabase(cluster, index, name);
  const services = await Promise.all(NODES.map((index) => startFaultService({ url: url(index), deadlineSeconds })));
  const clients = services.map((service) => service.client);
  return {
    cluster,
    services,
    clients,
    client: (index) => clients[index % clients.length] ?? assert.fail(),
    url,
    seeDatabase: (index, database) => seeDatabase(cluster, index, database),
    conflicts: async () => {
      const counts = await Promise.all(NODES.map((index) => conflictsOf(cluster, index)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    assertClean: async () => {
      for (const index of NODES) await assertClean(url(index));
    },
    stop: async () => {
      for (const { berth } of services) assert.equal(await berth.stop(), 0);
      await cluster.stop();
    },
  };
}

/** A node applies the making of a database a moment later than the node that made it, and asked for it, what came before. */
async function seeDatabase(cluster: GaleraCluster, index: number, name: string): Promise<void> {
  const deadline = Date.now() + SETTLE_MAX_MS;
  const look = `SET SESSION wsrep_sync_wait = 1;\nSHOW DATABASES LIKE '${name}';`;
  while ((await cluster.node(index).run('', look)).length === 0) {
    assert.ok(Date.now() < deadline, `node ${index} does not see the database`);
    await pause(50);
  }
}

async function conflictsOf(cluster: GaleraCluster, index: number): Promise<number> {
  const counts = await Promise.all(
    ['wsrep_local_cert_failures', 'wsrep_local_bf_aborts'].map((variable) => cluster.status(index, variable)),
  );
  return counts.reduce((sum, count) => sum + Number(count), 0);
}
