// What a fleet of hosts must look like to every reader after the writes that were acknowledged, and the writes. Each verb
// may go through either service; the fleet does not mind which.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Json, Peer } from './peer.ts';

interface Host {
  name: string;
  parent: string | null;
  total: number;
  readonly held: Map<string, number>;
  readonly traits: Set<string>;
  readonly aggregates: Set<string>;
}

export type Draw = <Value>(values: readonly Value[]) => Value;

const AMOUNTS = [1, 2, 3];

export class Fleet {
  readonly #hosts = new Map<string, Host>();
  readonly #traits = new Set<string>();
  readonly #classes = new Set<string>();
  readonly #aggregates = [randomUUID(), randomUUID()];
  #made = 0;

  /** One random write through `peer`; its name, for messages. */
  async write(peer: Peer, draw: Draw): Promise<string> {
    if (this.#hosts.size < 3) return this.#make(peer, null);
    const verbs = [
      () => this.#claim(peer, draw),
      () => this.#claim(peer, draw),
      () => this.#release(peer, draw),
      () => this.#resize(peer, draw),
      () => this.#rename(peer, draw),
      () => this.#retrait(peer, draw),
      () => this.#regroup(peer, draw),
      () => this.#make(peer, draw([null, ...this.#hosts.keys()])),
      () => this.#remove(peer, draw),
      () => this.#nameTrait(peer),
      () => this.#nameClass(peer, draw),
    ];
    return draw(verbs)();
  }

  /** Fails unless a reader sees exactly this fleet, in every way there is to see it. */
  async assertSeenBy(peer: Peer, after: string): Promise<void> {
    const [aggregate = ''] = this.#aggregates;
    const trait = [...this.#traits].at(-1);
    const [all, candidates, members, having, usages, classes] = await Promise.all([
      peer.expect(200, 'GET', '/resource_providers', '1.39'),
      peer.expect(200, 'GET', '/allocation_candidates?resources=VCPU:1', '1.29'),
      peer.expect(200, 'GET', `/resource_providers?member_of=${aggregate}`, '1.39'),
      trait === undefined ? null : peer.expect(200, 'GET', `/resource_providers?required=${trait}`, '1.39'),
      Promise.all(
        [...this.#hosts.keys()].map((uuid) => peer.expect(200, 'GET', `/resource_providers/${uuid}/usages`, '1.39')),
      ),
      Promise.all(
        [...this.#classes].map((name) => peer.expect(200, 'GET', `/allocation_candidates?resources=${name}:1`, '1.39')),
      ),
    ]);
    const seen = {
      hosts: byUuid(all.body, ({ name, parent_provider_uuid }) => `${name} under ${parent_provider_uuid}`),
      free: summaries(candidates.body),
      members: byUuid(members.body, () => ''),
      having: having === null ? [] : byUuid(having.body, () => ''),
      used: usages.map(({ body }) => body.usages.VCPU),
      classes: classes.map(({ body }) => body.allocation_requests.length),
    };
    assert.deepEqual(seen, this.#expected(aggregate, trait), `after ${after}`);
  }

  #expected(aggregate: string, trait: string | undefined) {
    const hosts = [...this.#hosts];
    const ordered = (lines: string[]) => lines.sort();
    const roots = new Set(hosts.filter(([uuid]) => this.#treeHasRoom(uuid)).map(([uuid]) => this.#rootOf(uuid)));
    return {
      hosts: ordered(hosts.map(([uuid, host]) => `${uuid} ${host.name} under ${host.parent}`)),
      // From 1.29 on a summary shows all of the tree that can serve.
      free: ordered(
        hosts
          .filter(([uuid]) => roots.has(this.#rootOf(uuid)))
          .map(([uuid, host]) => `${uuid} ${usedOf(host)}/${host.total} ${[...host.traits].sort()}`),
      ),
      members: ordered(hosts.filter(([, host]) => host.aggregates.has(aggregate)).map(([uuid]) => `${uuid} `)),
      having:
        trait === undefined
          ? []
          : ordered(hosts.filter(([, host]) => host.traits.has(trait)).map(([uuid]) => `${uuid} `)),
      used: hosts.map(([, host]) => usedOf(host)),
      classes: [...this.#classes].map(() => 0),
    };
  }

  #rootOf(uuid: string): string {
    const parent = this.#hosts.get(uuid)?.parent ?? null;
    return parent === null ? uuid : this.#rootOf(parent);
  }

  #treeHasRoom(uuid: string): boolean {
    const host = this.#hosts.get(uuid);
    return host !== undefined && usedOf(host) < host.total;
  }

  async #make(peer: Peer, parent: string | null): Promise<string> {
    this.#made += 1;
    const [uuid, name, total] = [randomUUID(), `host-${this.#made}`, 6];
    await peer.expect(200, 'POST', '/resource_providers', '1.39', { uuid, name, parent_provider_uuid: parent });
    const body = { resource_provider_generation: 0, inventories: { VCPU: { total } } };
    await peer.expect(200, 'PUT', `/resource_providers/${uuid}/inventories`, '1.39', body);
    this.#hosts.set(uuid, { name, parent, total, held: new Map(), traits: new Set(), aggregates: new Set() });
    return 'making a host';
  }

  async #remove(peer: Peer, draw: Draw): Promise<string> {
    const parents = new Set([...this.#hosts.values()].map((host) => host.parent));
    const free = [...this.#hosts].filter(([uuid, host]) => host.held.size === 0 && !parents.has(uuid));
    if (free.length === 0) return this.#release(peer, draw);
    const [uuid] = draw(free);
    await peer.expect(204, 'DELETE', `/resource_providers/${uuid}`, '1.39');
    this.#hosts.delete(uuid);
    return 'removing a host';
  }

  async #claim(peer: Peer, draw: Draw): Promise<string> {
    const [uuid, host] = draw([...this.#hosts]);
    const [consumer, amount] = [randomUUID(), draw(AMOUNTS)];
    const fits = usedOf(host) + amount <= host.total;
    const body = {
      allocations: { [uuid]: { resources: { VCPU: amount } } },
      ...{ project_id: 'p', user_id: 'u', consumer_generation: null, consumer_type: 'INSTANCE' },
    };
    await peer.expect(fits ? 204 : 409, 'PUT', `/allocations/${consumer}`, '1.39', body);
    if (fits) host.held.set(consumer, amount);
    return fits ? 'a claim' : 'a claim that does not fit';
  }

  async #release(peer: Peer, draw: Draw): Promise<string> {
    const holders = [...this.#hosts.values()].filter((host) => host.held.size > 0);
    if (holders.length === 0) return this.#claim(peer, draw);
    const host = draw(holders);
    const consumer = draw([...host.held.keys()]);
    await peer.expect(204, 'DELETE', `/allocations/${consumer}`, '1.39');
    host.held.delete(consumer);
    return 'a release';
  }

  async #resize(peer: Peer, draw: Draw): Promise<string> {
    const [uuid, host] = draw([...this.#hosts]);
    const total = draw([4, 6, 8, 10]);
    const body = { resource_provider_generation: await generationOf(peer, uuid), total };
    await peer.expect(200, 'PUT', `/resource_providers/${uuid}/inventories/VCPU`, '1.39', body);
    host.total = total;
    return 'an inventory';
  }

  async #rename(peer: Peer, draw: Draw): Promise<string> {
    const [uuid, host] = draw([...this.#hosts]);
    this.#made += 1;
    const name = `renamed-${this.#made}`;
    await peer.expect(200, 'PUT', `/resource_providers/${uuid}`, '1.13', { name });
    host.name = name;
    return 'a rename';
  }

  async #retrait(peer: Peer, draw: Draw): Promise<string> {
    const [uuid, host] = draw([...this.#hosts]);
    const known = [...this.#traits, 'HW_CPU_X86_VMX'];
    const wanted = [...new Set([draw(known), draw(known)])];
    const body = { resource_provider_generation: await generationOf(peer, uuid), traits: wanted };
    await peer.expect(200, 'PUT', `/resource_providers/${uuid}/traits`, '1.39', body);
    replace(host.traits, wanted);
    return 'traits of a host';
  }

  async #regroup(peer: Peer, draw: Draw): Promise<string> {
    const [uuid, host] = draw([...this.#hosts]);
    const wanted = draw([[], this.#aggregates, this.#aggregates.slice(0, 1), this.#aggregates.slice(1)]);
    // The old form leaves the generation alone.
    await peer.expect(200, 'PUT', `/resource_providers/${uuid}/aggregates`, '1.1', wanted);
    replace(host.aggregates, wanted);
    return 'aggregates of a host';
  }

  async #nameTrait(peer: Peer): Promise<string> {
    this.#made += 1;
    const name = `CUSTOM_TRAIT_${this.#made}`;
    await peer.expect(201, 'PUT', `/traits/${name}`, '1.39');
    this.#traits.add(name);
    return 'a new trait';
  }

  async #nameClass(peer: Peer, draw: Draw): Promise<string> {
    this.#made += 1;
    const name = `CUSTOM_CLASS_${this.#made}`;
    if (this.#classes.size === 0) {
      await peer.expect(201, 'PUT', `/resource_classes/${name}`, '1.39');
    } else {
      const old = draw([...this.#classes]);
      await peer.expect(200, 'PUT', `/resource_classes/${old}`, '1.6', { name });
      this.#classes.delete(old);
    }
    this.#classes.add(name);
    return 'the name of a class';
  }
}

function usedOf(host: Host): number {
  return [...host.held.values()].reduce((sum, amount) => sum + amount, 0);
}

function replace(set: Set<string>, wanted: readonly string[]): void {
  set.clear();
  for (const value of wanted) set.add(value);
}

async function generationOf(peer: Peer, uuid: string): Promise<number> {
  return (await peer.expect(200, 'GET', `/resource_providers/${uuid}`, '1.39')).body.generation;
}

function byUuid(body: Json, show: (provider: Json) => string): readonly string[] {
  return body.resource_providers.map((provider: Json) => `${provider.uuid} ${show(provider)}`).sort();
}

function summaries({ provider_summaries }: Json): readonly string[] {
  return Object.entries<Json>(provider_summaries)
    .map(
      ([uuid, { resources, traits }]) => `${uuid} ${resources.VCPU.used}/${resources.VCPU.capacity} ${traits.sort()}`,
    )
    .sort();
}
