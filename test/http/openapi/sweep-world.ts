// What each microversion of the sweep works on: providers, names and a consumer of its own, and bodies in the form of
// the microversion. It is laid out at the latest one, which can do everything.

import { randomUUID } from 'node:crypto';
import type { Microversion } from '../../../src/domain/microversion.ts';
import type { Client, Json } from '../../support/client.ts';
import { claim, expectStatus, makeProvider, PROJECT, USER } from '../../support/world.ts';

export interface SweepWorld {
  readonly version: Microversion;
  /** A client at the version, and one at the latest. */
  readonly client: Client;
  readonly latest: Client;
  /** Has inventory of VCPU and of `usedClass`, `usedTrait`, an aggregate, a child, and allocations of `holder`. */
  readonly provider: string;
  readonly child: string;
  readonly holder: string;
  readonly usedClass: string;
  readonly usedTrait: string;
  /** A custom name that nothing has yet. */
  newName(): string;
}

export async function sweepWorld(latest: Client, version: Microversion): Promise<SweepWorld> {
  let names = 0;
  const newName = () => {
    names += 1;
    return `CUSTOM_V${version}_${names}`;
  };
  const [usedClass, usedTrait, holder] = [newName(), newName(), randomUUID()];
  expectStatus(await latest.put(`/resource_classes/${usedClass}`), 201);
  expectStatus(await latest.put(`/traits/${usedTrait}`), 201);
  const provider = await makeProvider(latest, { VCPU: { total: 100, allocation_ratio: 1.5 }, [usedClass]: 10 });
  const child = await makeProvider(latest, { SRIOV_NET_VF: 8 }, provider);
  await putTraits(latest, provider, [usedTrait, 'HW_CPU_X86_SSE']);
  const aggregates = { aggregates: [randomUUID()], resource_provider_generation: await generationOf(latest, provider) };
  expectStatus(await latest.put(`/resource_providers/${provider}/aggregates`, aggregates), 200);
  expectStatus(
    await claim(latest, { [provider]: { VCPU: 2, [usedClass]: 1 }, [child]: { SRIOV_NET_VF: 1 } }, holder),
    204,
  );
  return { version, client: latest.at(`1.${version}`), latest, provider, child, holder, usedClass, usedTrait, newName };
}

async function putTraits(latest: Client, provider: string, traits: readonly string[]): Promise<void> {
  const body = { traits, resource_provider_generation: await generationOf(latest, provider) };
  expectStatus(await latest.put(`/resource_providers/${provider}/traits`, body), 200);
}

/** The provider's present generation. */
export async function generationOf(client: Client, provider: string): Promise<number> {
  return expectStatus(await client.get(`/resource_providers/${provider}`), 200).body.generation;
}

/** The body of `PUT /allocations/{consumer_uuid}` at the version: some VCPU of a provider for a new consumer. */
export function allocationsBody(version: Microversion, provider: string, amount: number): Json {
  const resources = { VCPU: amount };
  return {
    allocations: version < 12 ? [{ resource_provider: { uuid: provider }, resources }] : { [provider]: { resources } },
    ...(version < 8 ? {} : { project_id: PROJECT, user_id: USER }),
    ...(version < 28 ? {} : { consumer_generation: null }),
    ...(version < 38 ? {} : { consumer_type: 'INSTANCE' }),
  };
}
