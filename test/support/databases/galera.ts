// A throwaway Galera cluster of MariaDB servers on the loopback address, and the ways in which it can fall apart.

import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseServer } from './database-server.ts';
import { freePort } from './free-port.ts';
import { findGaleraLibrary } from './installed-programs.ts';
import { MariadbServer } from './mariadb.ts';

/** `wsrep_local_state` of a node that has everything and takes part. */
const SYNCED = '4';
const SETTLE_MAX_MS = 60_000;
const POLL_MS = 100;

/**
 * A silent node is expelled after a second or two rather than five to fifteen. The periods hang together: Galera refuses
 * to start when those of the protocol's own messages are longer than a third of these.
 */
const PERIODS = {
  'evs.keepalive_period': 'PT0.25S',
  'evs.join_retrans_period': 'PT0.25S',
  'evs.inactive_check_period': 'PT0.25S',
  'evs.suspect_timeout': 'PT1S',
  'evs.inactive_timeout': 'PT2S',
  'evs.install_timeout': 'PT2S',
};

export interface GaleraCluster {
  readonly nodes: readonly DatabaseServer[];
  node(index: number): DatabaseServer;
  /** SIGKILL; resolves when the others have gone on without it. */
  killNode(index: number): Promise<void>;
  /** Starts a killed or stopped node and waits until it has caught up. */
  rejoinNode(index: number): Promise<void>;
  /**
   * Cuts a node off from the others; clients still reach it. Resolves when it has noticed that it is in the minority,
   * and the others have gone on without it. Until then it may still have answered reads.
   */
  isolate(index: number): Promise<void>;
  /** Ends {@link isolate}; resolves when the node has caught up. */
  heal(index: number): Promise<void>;
  /** What the node says of itself, such as `wsrep_cluster_status`; the empty string for what it does not know. */
  status(index: number, variable: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a cluster of so many nodes; several seconds. */
export async function startGalera(size: number): Promise<GaleraCluster> {
  const library = findGaleraLibrary();
  if (library === undefined) throw new Error('Galera is not installed: run .ci/databases');
  const groupPorts = await freePorts(size);
  const members = await Promise.all(groupPorts.map((_, index) => prepareNode(index, groupPorts, library)));
  const cluster = new Cluster(members);
  await cluster.start();
  return cluster;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

async function prepareNode(index: number, groupPorts: readonly number[], library: string): Promise<MariadbServer> {
  const [transferPort, catchUpPort] = await freePorts(2);
  const provider = {
    'gmcast.listen_addr': `tcp://127.0.0.1:${groupPorts[index]}`,
    'ist.recv_addr': `127.0.0.1:${catchUpPort}`,
    ...PERIODS,
    'gcache.size': '32M',
  };
  return MariadbServer.prepare({
    name: `galera-${index}`,
    serverOptions: [
      '--binlog-format=ROW',
      '--innodb-autoinc-lock-mode=2',
      '--wsrep-on=ON',
      `--wsrep-provider=${library}`,
      `--wsrep-provider-options=${Object.entries(provider)
        .map((pair) => pair.join('='))
        .join(';')}`,
      '--wsrep-cluster-name=berth',
      `--wsrep-cluster-address=gcomm://${groupPorts.map((port) => `127.0.0.1:${port}`).join(',')}`,
      `--wsrep-node-name=galera-${index}`,
      '--wsrep-node-address=127.0.0.1',
      '--wsrep-sst-method=rsync',
      `--wsrep-sst-receive-address=127.0.0.1:${transferPort}`,
    ],
    isReady: async (server) => {
      const state = await statusOf(server, 'wsrep_local_state');
      if (state !== SYNCED) throw new Error(`the node is in state ${state}`);
    },
  });
}

class Cluster implements GaleraCluster {
  readonly nodes: readonly MariadbServer[];

  constructor(nodes: readonly MariadbServer[]) {
    this.nodes = nodes;
  }

  /** The first node makes the cluster; the others take its data over, one after another. */
  async start(): Promise<void> {
    for (const [index, node] of this.nodes.entries()) {
      await node.start(index === 0 ? ['--wsrep-new-cluster'] : []);
    }
  }

  node(index: number): MariadbServer {
    const found = this.nodes[index];
    if (found === undefined) throw new RangeError(`the cluster has ${this.nodes.length} nodes`);
    return found;
  }

  async killNode(index: number): Promise<void> {
    await this.node(index).kill();
    await this.#othersGoOn(index);
  }

  async rejoinNode(index: number): Promise<void> {
    await this.node(index).start();
  }

  async isolate(index: number): Promise<void> {
    await this.#setIsolation(index, 1);
    await this.#until(async () => (await this.status(index, 'wsrep_cluster_status')) !== 'Primary');
    await this.#othersGoOn(index);
  }

  async heal(index: number): Promise<void> {
    await this.#setIsolation(index, 0);
    await this.#until(async () => {
      const whole = (await this.status(index, 'wsrep_cluster_status')) === 'Primary';
      return whole && (await this.status(index, 'wsrep_local_state')) === SYNCED;
    });
  }

  status(index: number, variable: string): Promise<string> {
    return statusOf(this.node(index), variable);
  }

  /** The last to go is the one that could make the cluster again; here nobody will. */
  async stop(): Promise<void> {
    for (const node of this.nodes) await node.kill();
  }

  async #setIsolation(index: number, value: 0 | 1): Promise<void> {
    await this.node(index).run('mysql', `SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${value}';`);
  }

  async #othersGoOn(without: number): Promise<void> {
    const size = String(this.nodes.length - 1);
    const other = this.nodes.findIndex((_, index) => index !== without);
    await this.#until(async () => {
      const primary = (await this.status(other, 'wsrep_cluster_status')) === 'Primary';
      return primary && (await this.status(other, 'wsrep_cluster_size')) === size;
    });
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + SETTLE_MAX_MS;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error('the cluster did not settle');
      await pause(POLL_MS);
    }
  }
}

async function statusOf(server: DatabaseServer, variable: string): Promise<string> {
  // Without a database selected a node answers this even while it is in the minority.
  const rows = await server.run('', `SHOW STATUS LIKE '${variable}';`);
  return String(rows[0]?.Value ?? '');
}
