// Three Galera nodes and a Berth on each, which is how the cluster is meant to be used: no proxy, every node written to.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type BerthProcess, serveBerth } from '../support/berth-process.ts';
import { type Client, createClient } from '../support/client.ts';
import { type GaleraCluster, startGalera } from '../support/databases/galera.ts';
import { assertClean } from '../support/world.ts';

const NODES = [0, 1, 2] as const;
const SETTLE_MAX_MS = 30_000;

export interface ThreeNodes {
  readonly cluster: GaleraCluster;
  /** One per node; each knows only its own. */
  readonly berths: readonly BerthProcess[];
  readonly clients: readonly Client[];
  /** The services take turns. */
  client(index: number): Client;
  /** The database's address on that node. */
  url(index: number): string;
  /** Transactions that the cluster has refused for a conflict with another node's, on all nodes together. */
  conflicts(): Promise<number>;
  /** Fails if the product's audit finds anything through any node. */
  assertClean(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the nodes, then all Berths at once on the empty database. */
export async function startThreeNodes(): Promise<ThreeNodes> {
  const cluster = await startGalera(NODES.length);
  const name = await cluster.node(0).createDatabase();
  const url = (index: number) => cluster.node(index).url(name);
  for (const index of NODES) await seeDatabase(cluster, index, name);
  const words = (index: number) => ['--dev', '--port', '0', '--database', url(index)];
  const berths = await Promise.all(NODES.map((index) => serveBerth(words(index), url(index))));
  const clients = berths.map((berth) => createClient(berth.url));
  return {
    cluster,
    berths,
    clients,
    client: (index) => clients[index % clients.length] ?? assert.fail(),
    url,
    conflicts: async () => {
      const counts = await Promise.all(NODES.map((index) => conflictsOf(cluster, index)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    assertClean: async () => {
      for (const index of NODES) await assertClean(url(index));
    },
    stop: async () => {
      for (const client of clients) client.close();
      for (const berth of berths) assert.equal(await berth.stop(), 0);
      await cluster.stop();
    },
  };
}

/** A node applies the making of a database a moment later than the node that made it. */
async function seeDatabase(cluster: GaleraCluster, index: number, name: string): Promise<void> {
  const deadline = Date.now() + SETTLE_MAX_MS;
  while ((await cluster.node(index).run('', `SHOW DATABASES LIKE '${name}';`)).length === 0) {
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
