// Random sequences of requests against the real service, compared after every step with a state written from the
// document: against one process, and with every call going to the other of two processes on one file (P1, P3, P4).
//
// BERTH_SEED and BERTH_SEQUENCE_PATH (both printed on failure) replay; BERTH_SEQUENCE_RUNS sets the number of sequences.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type BerthProcess, startBerth, temporaryFolder } from '../support/berth-process.ts';
import { type Client, createClient, type Reply } from '../support/client.ts';
import type { ApiRequest } from '../support/expected-state.ts';
import { compare, send } from '../support/expected-state-comparison.ts';
import {
  deleteAllocations,
  exchangeAllocations,
  moveClass,
  postAllocations,
  putAllocations,
  reshapeFreely,
  rewriteAllocations,
} from '../support/expected-state-consumer-steps.ts';
import { at, type NamesPool, newNames } from '../support/expected-state-names-pool.ts';
import {
  everything,
  listNames,
  readConsumer,
  readInventory,
  readProvider,
  readUsages,
  search,
} from '../support/expected-state-reads.ts';
import { ExpectedService } from '../support/expected-state-service.ts';
import {
  clearTraits,
  createProvider,
  deleteInventories,
  deleteInventory,
  deleteProvider,
  getOrDeleteClass,
  onTrait,
  postClass,
  postInventory,
  putAggregates,
  putClass,
  putInventories,
  putInventory,
  putTraits,
  resizeInventory,
  type Step,
  type StepArbitrary,
  updateProvider,
} from '../support/expected-state-steps.ts';
import { audit } from '../support/world.ts';

const SEED = Number(process.env.BERTH_SEED ?? Date.now() % 2 ** 31);
const PATH = process.env.BERTH_SEQUENCE_PATH;
const RUNS = Number(process.env.BERTH_SEQUENCE_RUNS ?? 40);
const STEPS_MAX = 40;

/** Every kind of step, as often as it is worth trying. */
const STEPS: readonly { readonly weight: number; readonly arbitrary: StepArbitrary }[] = [
  { weight: 6, arbitrary: createProvider },
  { weight: 6, arbitrary: updateProvider },
  { weight: 3, arbitrary: deleteProvider },
  { weight: 4, arbitrary: postInventory },
  { weight: 7, arbitrary: putInventories },
  { weight: 4, arbitrary: putInventory },
  { weight: 7, arbitrary: resizeInventory },
  { weight: 1, arbitrary: deleteInventories },
  { weight: 2, arbitrary: deleteInventory },
  { weight: 4, arbitrary: putTraits },
  { weight: 1, arbitrary: clearTraits },
  { weight: 4, arbitrary: putAggregates },
  { weight: 4, arbitrary: putClass },
  { weight: 1, arbitrary: postClass },
  { weight: 2, arbitrary: getOrDeleteClass },
  { weight: 4, arbitrary: onTrait },
  { weight: 14, arbitrary: putAllocations },
  { weight: 7, arbitrary: postAllocations },
  { weight: 4, arbitrary: exchangeAllocations },
  { weight: 10, arbitrary: rewriteAllocations },
  { weight: 3, arbitrary: deleteAllocations },
  { weight: 5, arbitrary: reshapeFreely },
  { weight: 7, arbitrary: moveClass },
  { weight: 2, arbitrary: readProvider },
  { weight: 1, arbitrary: readInventory },
  { weight: 1, arbitrary: readConsumer },
  { weight: 2, arbitrary: readUsages },
  { weight: 4, arbitrary: search },
  { weight: 1, arbitrary: listNames },
];

interface Real {
  readonly client: () => Client;
  readonly names: NamesPool;
  readonly counts: Map<string, number>;
}

class Call implements fc.AsyncCommand<ExpectedService, Real> {
  readonly #step: Step;
  #asked: ApiRequest | null = null;

  constructor(step: Step) {
    this.#step = step;
  }

  check(): boolean {
    return true;
  }

  async run(expected: ExpectedService, real: Real): Promise<void> {
    this.#asked = this.#step.request({ names: real.names, state: expected.state });
    const reply = await perform(expected, real, this.#asked);
    count(real.counts, `${this.#step.name}: ${reply.status} ${reply.body?.errors?.[0]?.code ?? ''}`);
    await lookAtEverything(expected, real);
  }

  toString(): string {
    const { name, choice } = this.#step;
    return `\n  ${name} ${JSON.stringify(this.#asked ?? choice)}`;
  }
}

async function perform(expected: ExpectedService, real: Real, request: ApiRequest): Promise<Reply> {
  const reply = await send(real.client(), request);
  compare(request, reply, expected.reply(request), real.names);
  return reply;
}

async function lookAtEverything(expected: ExpectedService, real: Real): Promise<void> {
  const resourceClass = at(real.names.classes, expected.state.providers.size);
  const requests = everything({ names: real.names, state: expected.state }, resourceClass);
  const replies = await Promise.all(requests.map((request) => send(real.client(), request)));
  for (const [index, request] of requests.entries()) {
    const reply = replies[index];
    assert.ok(reply !== undefined);
    compare(request, reply, expected.reply(request), real.names);
  }
}

/** A small tree with something to hold, so that not every sequence begins with refusals. */
async function populate(expected: ExpectedService, real: Real): Promise<void> {
  const { names } = real;
  const call = (method: string, path: string, body?: unknown) =>
    perform(expected, real, { method, path, version: 39, body });
  const [one, two, three] = names.providers;
  const [, , custom] = names.classes;
  const [, trait] = names.traits;
  await call('PUT', `/resource_classes/${custom}`);
  await call('PUT', `/traits/${trait}`);
  for (const [index, uuid] of [one, two, three].entries()) {
    const parent_provider_uuid = index === 1 ? one : null;
    await call('POST', '/resource_providers', { uuid, name: names.providerNames[index], parent_provider_uuid });
    await call('PUT', `/resource_providers/${uuid}/inventories`, {
      resource_provider_generation: 0,
      inventories: { VCPU: { total: 8 }, [index === 2 ? 'DISK_GB' : `${custom}`]: { total: 6, allocation_ratio: 1.5 } },
    });
  }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

for (const processCount of [1, 2]) {
  describe(`random sequences through ${processCount} process(es)`, () => {
    const folder = temporaryFolder();
    const dataPath = join(folder.path, 'berth.sqlite');
    const processes: BerthProcess[] = [];
    let clients: readonly Client[] = [];

    before(async () => {
      for (let index = 0; index < processCount; index += 1) processes.push(await startBerth(dataPath));
      clients = processes.map((process) => createClient(process.url));
    });
    after(async () => {
      for (const client of clients) client.close();
      for (const process of processes) assert.equal(await process.stop(), 0);
      folder.remove();
    });

    test('the service does what the document says', async (t) => {
      t.diagnostic(`BERTH_SEED=${SEED} BERTH_SEQUENCE_RUNS=${RUNS}`);
      const counts = new Map<string, number>();
      let calls = 0;
      const client = () => at(clients, calls++);
      const calling = STEPS.map(({ weight, arbitrary }) => ({
        weight,
        arbitrary: arbitrary.map((step) => new Call(step)),
      }));
      const sequences = fc.commands([fc.oneof(...calling)], {
        maxCommands: STEPS_MAX,
        size: 'max',
        disableReplayLog: true,
      });
      const property = fc.asyncProperty(fc.nat(4), sequences, async (beginning, sequence) => {
        const begin = async () => {
          const world = { model: new ExpectedService(), real: { client, names: newNames(), counts } };
          if (beginning > 0) await populate(world.model, world.real);
          return world;
        };
        await fc.asyncModelRun(begin, sequence);
      });
      await fc.assert(property, { seed: SEED, numRuns: RUNS, ...(PATH === undefined ? {} : { path: PATH }) });
      const steps = [...counts.values()].reduce((sum, one) => sum + one, 0);
      t.diagnostic(`${RUNS} sequences, ${steps} steps, ${calls} calls`);
      if (process.env.BERTH_SHOW === '1') {
        for (const [what, times] of [...counts].sort()) t.diagnostic(`${String(times).padStart(6)}  ${what}`);
      }
    });

    test('the audit finds nothing but inventories that were shrunk', async () => {
      const { findings } = await audit(dataPath);
      const wrong = findings.filter(({ check }: { check: { name: string } }) => check.name !== 'usage-over-capacity');
      assert.deepEqual(wrong, []);
    });
  });
}
