// What happens in a cloud, told through the API so that any service can be made to live it: a world is built, and later
// revised, possibly by another service than the one that built it. Names and identifiers follow from a letter.

import { createHash } from 'node:crypto';
import type { Json, Peer } from './peer.ts';

/** The UUID of something in a world. */
export function id(world: string, what: string): string {
  const hex = createHash('sha256').update(`${world}:${what}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What a world has, for those who want to read all of it. */
export const PROVIDERS = [
  ...['host1', 'host1-numa0', 'host1-numa1', 'host2', 'host2-numa0', 'host3', 'storage', 'moved', 'bare'],
  ...['new-child', 'doomed'],
] as const;
export const CONSUMERS = [
  ...['oldest', 'listed', 'named', 'pair-1', 'pair-2', 'counted', 'mapped', 'typed', 'shared', 'gone', 'reshaped'],
  'late',
] as const;
export const classesOf = (world: string) => [`CUSTOM_GPU_${world}`, `CUSTOM_MAGIC_${world}`, `CUSTOM_NEW_${world}`];
export const traitsOf = (world: string) => [`CUSTOM_FAST_${world}`, `CUSTOM_GOLD_${world}`, `CUSTOM_UNUSED_${world}`];
export const projectOf = (world: string) => `project-${world}`;
export const userOf = (world: string) => `user-${world}`;

export const AGGREGATES = ['fabric', 'edge', 'unused'] as const;

/** Generations as the service tells them now. */
function generationOf(peer: Peer, uuid: string): Promise<number> {
  return peer.expect(200, 'GET', `/resource_providers/${uuid}`, '1.39').then(({ body }) => body.generation);
}

async function consumerGeneration(peer: Peer, uuid: string): Promise<number | null> {
  const { body } = await peer.expect(200, 'GET', `/allocations/${uuid}`, '1.39');
  return body.consumer_generation ?? null;
}

/** Verbs of one world. */
class Teller {
  readonly peer: Peer;
  readonly world: string;

  constructor(peer: Peer, world: string) {
    this.peer = peer;
    this.world = world;
  }

  id(what: string): string {
    return id(this.world, what);
  }

  async provider(what: string, parent: string | null = null, version = '1.39'): Promise<void> {
    const body = { uuid: this.id(what), name: `${what}-${this.world}` };
    const withParent = parent === null ? body : { ...body, parent_provider_uuid: this.id(parent) };
    await this.peer.expect(200 + (version < '1.20' ? 1 : 0), 'POST', '/resource_providers', version, withParent);
  }

  async inventories(what: string, inventories: Json, version = '1.39'): Promise<void> {
    const resource_provider_generation = await generationOf(this.peer, this.id(what));
    const path = `/resource_providers/${this.id(what)}/inventories`;
    await this.peer.expect(200, 'PUT', path, version, { resource_provider_generation, inventories });
  }

  async traits(what: string, traits: readonly string[]): Promise<void> {
    const resource_provider_generation = await generationOf(this.peer, this.id(what));
    const path = `/resource_providers/${this.id(what)}/traits`;
    await this.peer.expect(200, 'PUT', path, '1.39', { resource_provider_generation, traits });
  }

  async aggregates(what: string, names: readonly string[]): Promise<void> {
    const resource_provider_generation = await generationOf(this.peer, this.id(what));
    const aggregates = names.map((name) => this.id(name));
    const path = `/resource_providers/${this.id(what)}/aggregates`;
    await this.peer.expect(200, 'PUT', path, '1.39', { resource_provider_generation, aggregates });
  }

  owner(): Json {
    return { project_id: projectOf(this.world), user_id: userOf(this.world) };
  }

  /** `{host: {VCPU: 1}}` in the form of 1.12 and later. */
  held(resources: Readonly<Record<string, Json>>): Json {
    return Object.fromEntries(
      Object.entries(resources).map(([what, amounts]) => [this.id(what), { resources: amounts }]),
    );
  }

  async claim(
    consumer: string,
    resources: Readonly<Record<string, Json>>,
    version: string,
    more: Json = {},
  ): Promise<void> {
    const stated =
      version < '1.28' ? {} : { consumer_generation: await consumerGeneration(this.peer, this.id(consumer)) };
    const body = { allocations: this.held(resources), ...this.owner(), ...stated, ...more };
    await this.peer.expect(204, 'PUT', `/allocations/${this.id(consumer)}`, version, body);
  }
}

/** Builds a world: every kind of record, at several microversions. */
export async function buildWorld(peer: Peer, world: string): Promise<void> {
  const tell = new Teller(peer, world);
  await nameThings(peer, world);
  await raiseProviders(tell);
  await placeConsumers(tell);
}

async function nameThings(peer: Peer, world: string): Promise<void> {
  await peer.expect(201, 'POST', '/resource_classes', '1.2', { name: `CUSTOM_GPU_${world}` });
  await peer.expect(201, 'PUT', `/resource_classes/CUSTOM_MAGIC_${world}`, '1.7');
  await peer.expect(201, 'POST', '/resource_classes', '1.39', { name: `CUSTOM_OLD_${world}` });
  await peer.expect(200, 'PUT', `/resource_classes/CUSTOM_OLD_${world}`, '1.6', { name: `CUSTOM_NEW_${world}` });
  for (const trait of traitsOf(world)) await peer.expect(201, 'PUT', `/traits/${trait}`, '1.6');
}

async function raiseProviders(tell: Teller): Promise<void> {
  const { peer, world } = tell;
  await tell.provider('host1');
  await tell.provider('host1-numa0', 'host1');
  await tell.provider('host1-numa1', 'host1');
  await tell.provider('host2', null, '1.0');
  await tell.provider('host2-numa0', 'host2', '1.14');
  for (const root of ['host3', 'storage', 'moved', 'bare', 'doomed']) await tell.provider(root);

  await tell.inventories('host1', { MEMORY_MB: { total: 4096, reserved: 512 } });
  for (const numa of ['host1-numa0', 'host1-numa1']) {
    const gpu = { total: 2, max_unit: 1 };
    await tell.inventories(numa, { VCPU: { total: 4, allocation_ratio: 1.5 }, [`CUSTOM_GPU_${world}`]: gpu });
    await tell.traits(numa, ['HW_NUMA_ROOT', `CUSTOM_FAST_${world}`]);
  }
  await tell.inventories(
    'host2',
    { VCPU: { total: 16, allocation_ratio: 16 }, MEMORY_MB: { total: 2048, step_size: 64 } },
    '1.0',
  );
  await tell.inventories('host2-numa0', {
    [`CUSTOM_MAGIC_${world}`]: { total: 10, min_unit: 2, max_unit: 8, step_size: 2 },
  });
  await tell.inventories('host3', { VCPU: { total: 8 }, MEMORY_MB: { total: 1024 }, DISK_GB: { total: 100 } });
  const added = { resource_class: `CUSTOM_NEW_${world}`, total: 3 };
  await peer.expect(201, 'POST', `/resource_providers/${tell.id('host3')}/inventories`, '1.39', added);
  await tell.inventories('storage', { DISK_GB: { total: 2000, reserved: 100 } });
  await tell.traits('storage', ['MISC_SHARES_VIA_AGGREGATE']);
  await tell.traits('host3', ['HW_CPU_X86_VMX', `CUSTOM_GOLD_${world}`]);
  for (const member of ['host1', 'host2', 'storage']) await tell.aggregates(member, ['fabric']);
  await peer.expect(200, 'PUT', `/resource_providers/${tell.id('host3')}/aggregates`, '1.1', [
    tell.id('edge'),
    tell.id('unused'),
  ]);
  await tell.aggregates('host3', ['edge']);
  const moved = { name: `renamed-${world}`, parent_provider_uuid: tell.id('host2') };
  await peer.expect(200, 'PUT', `/resource_providers/${tell.id('moved')}`, '1.14', moved);
}

async function placeConsumers(tell: Teller): Promise<void> {
  const { peer } = tell;
  const listed = (what: string, resources: Json) => [{ resource_provider: { uuid: tell.id(what) }, resources }];
  const oldest = { allocations: listed('host2', { VCPU: 1, MEMORY_MB: 64 }) };
  await peer.expect(204, 'PUT', `/allocations/${tell.id('oldest')}`, '1.0', oldest);
  const owned = { allocations: listed('host2', { VCPU: 2 }), ...tell.owner() };
  await peer.expect(204, 'PUT', `/allocations/${tell.id('listed')}`, '1.8', owned);
  await tell.claim('named', { host2: { VCPU: 3 }, storage: { DISK_GB: 10 } }, '1.12');
  const pair = { allocations: tell.held({ host3: { VCPU: 1 } }), ...tell.owner() };
  await peer.expect(204, 'POST', '/allocations', '1.13', { [tell.id('pair-1')]: pair, [tell.id('pair-2')]: pair });
  await tell.claim('counted', { host3: { VCPU: 1, DISK_GB: 5 } }, '1.28');
  await tell.claim('counted', { host3: { VCPU: 2, DISK_GB: 5 } }, '1.28');
  await tell.claim('mapped', { 'host1-numa0': { VCPU: 2 }, host1: { MEMORY_MB: 256 } }, '1.34', {
    mappings: { '': [tell.id('host1')], '1': [tell.id('host1-numa0')] },
  });
  await tell.claim('typed', { 'host1-numa1': { VCPU: 3, [`CUSTOM_GPU_${tell.world}`]: 1 } }, '1.38', {
    consumer_type: 'INSTANCE',
  });
  await tell.claim('shared', { storage: { DISK_GB: 50 }, host2: { VCPU: 1 } }, '1.39', { consumer_type: 'MIGRATION' });
  await tell.claim('gone', { host3: { MEMORY_MB: 100 } }, '1.39', { consumer_type: 'INSTANCE' });
  await tell.claim('reshaped', { host2: { VCPU: 4 } }, '1.39', { consumer_type: 'INSTANCE' });
}

/** Changes a world that {@link buildWorld} has built: updates, deletions, moves, a reshape. */
export async function reviseWorld(peer: Peer, world: string): Promise<void> {
  const tell = new Teller(peer, world);
  await peer.expect(204, 'DELETE', `/allocations/${tell.id('gone')}`, '1.39');
  await peer.expect(204, 'DELETE', `/resource_providers/${tell.id('doomed')}`, '1.39');
  await tell.provider('new-child', 'host3');
  await tell.inventories('new-child', { VGPU: { total: 7 } });
  await tell.claim('late', { 'new-child': { VGPU: 2 }, host3: { VCPU: 1 } }, '1.39', {
    consumer_type: `LATE_${world}`,
  });
  await tell.claim('typed', { 'host1-numa0': { VCPU: 1 } }, '1.39', { consumer_type: 'MIGRATION' });
  // Less than is used: allowed, and nothing more fits.
  const less = { resource_provider_generation: await generationOf(peer, tell.id('host3')), total: 2 };
  await peer.expect(200, 'PUT', `/resource_providers/${tell.id('host3')}/inventories/VCPU`, '1.39', less);
  await peer.expect(204, 'DELETE', `/resource_providers/${tell.id('host3')}/inventories/CUSTOM_NEW_${world}`, '1.39');
  await tell.traits('host1-numa0', [`CUSTOM_GOLD_${world}`]);
  await peer.expect(204, 'DELETE', `/resource_providers/${tell.id('host1-numa1')}/traits`, '1.39');
  await tell.aggregates('host2', ['fabric', 'edge']);
  await peer.expect(200, 'PUT', `/resource_providers/${tell.id('moved')}`, '1.37', {
    name: `moved-${world}`,
    parent_provider_uuid: null,
  });
  await reshape(tell);
  await peer.expect(204, 'DELETE', `/resource_classes/CUSTOM_NEW_${world}`, '1.39');
  await peer.expect(201, 'PUT', `/resource_classes/CUSTOM_NEW_${world}`, '1.39');
  await peer.expect(204, 'DELETE', `/traits/CUSTOM_UNUSED_${world}`, '1.39');
  // The old forms against what newer ones wrote.
  await tell.claim('named', { 'host2-numa0': { VCPU: 1 } }, '1.12');
  const emptied = { allocations: {}, ...tell.owner() };
  const filled = { allocations: tell.held({ storage: { DISK_GB: 1 } }), ...tell.owner() };
  await peer.expect(204, 'POST', '/allocations', '1.13', { [tell.id('pair-1')]: emptied, [tell.id('pair-2')]: filled });
}

/** Moves VCPU of host2, with what is held of it by two consumers, to its child. */
async function reshape(tell: Teller): Promise<void> {
  const { peer } = tell;
  const [root, child] = [tell.id('host2'), tell.id('host2-numa0')];
  const present = async (uuid: string) =>
    (await peer.expect(200, 'GET', `/resource_providers/${uuid}/inventories`, '1.39')).body;
  const [ofRoot, ofChild] = [await present(root), await present(child)];
  const { VCPU, ...rest } = ofRoot.inventories;
  const allocations: Record<string, Json> = {};
  const { body } = await peer.expect(200, 'GET', `/resource_providers/${root}/allocations`, '1.39');
  for (const consumer of Object.keys(body.allocations)) {
    const { body: record } = await peer.expect(200, 'GET', `/allocations/${consumer}`, '1.39');
    const held: Record<string, Json> = {};
    for (const [provider, { resources }] of Object.entries<Json>(record.allocations)) {
      const { VCPU: moved, ...others } = resources;
      if (provider !== root) held[provider] = { resources };
      else {
        if (moved !== undefined) held[child] = { resources: { VCPU: moved } };
        if (Object.keys(others).length > 0) held[root] = { resources: others };
      }
    }
    const { consumer_type, ...owner } = record;
    allocations[consumer] = {
      ...owner,
      ...(consumer_type === 'unknown' ? { consumer_type: 'INSTANCE' } : { consumer_type }),
      allocations: held,
    };
  }
  await peer.expect(204, 'POST', '/reshaper', '1.39', {
    inventories: {
      [root]: { resource_provider_generation: ofRoot.resource_provider_generation, inventories: rest },
      [child]: {
        resource_provider_generation: ofChild.resource_provider_generation,
        inventories: { ...ofChild.inventories, VCPU },
      },
    },
    allocations,
  });
}
