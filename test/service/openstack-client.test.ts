// The `openstack` command with its placement plug-in, as operators type it, against the running service. Without the
// command the story is skipped with a warning; where CI is set a missing command is a failure.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type BerthProcess, startBerth, temporaryFolder } from '../support/berth-process.ts';
import type { Json } from '../support/client.ts';
import { assertClean } from '../support/world.ts';

const HOW_TO_INSTALL =
  'the `openstack` command with its placement plug-in is missing (Debian: python3-openstackclient python3-osc-placement)';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command exists and knows the placement plug-in's commands. */
function hasClient(): boolean {
  const { status } = spawnSync('openstack', ['help', 'resource', 'provider', 'list'], { stdio: 'ignore' });
  return status === 0;
}

/** The environment without the caller's own cloud, so that nothing but `extra` decides where the command goes. */
function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('OS_'));
  return { ...Object.fromEntries(kept), ...extra };
}

async function openstack(environment: Readonly<Record<string, string>>, line: string): Promise<Outcome> {
  const child = spawn('openstack', line.split(' '), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnvironment(environment),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

const clientIsThere = hasClient();
const required = process.env.CI !== undefined && process.env.CI !== '';
if (!clientIsThere && !required) process.stderr.write(`WARNING: not tested: ${HOW_TO_INSTALL}\n`);

test('the openstack command is there to be tested with', {
  skip: !clientIsThere && !required && HOW_TO_INSTALL,
}, () => {
  assert.ok(clientIsThere, HOW_TO_INSTALL);
});

describe('the openstack command', { skip: !clientIsThere && HOW_TO_INSTALL }, () => {
  const folder = temporaryFolder();
  const dataPath = join(folder.path, 'berth.sqlite');
  const root = randomUUID();
  const left = randomUUID();
  const right = randomUUID();
  const aggregate = randomUUID();
  const consumer = randomUUID();
  let berth: BerthProcess;

  before(async () => {
    berth = await startBerth(dataPath);
  });
  after(async () => {
    assert.equal(await berth.stop(), 0);
    await assertClean(dataPath);
    folder.remove();
  });

  const run = (line: string) =>
    openstack({ OS_AUTH_TYPE: 'none', OS_ENDPOINT: berth.url, OS_PLACEMENT_API_VERSION: '1.39' }, line);

  /** Runs a command that must succeed; what it prints as JSON. */
  const json = async (line: string): Promise<Json> => {
    const { code, stdout, stderr } = await run(`${line} -f json`);
    assert.equal(code, 0, `openstack ${line}: ${stderr}`);
    return JSON.parse(stdout);
  };

  /** Runs a command that must succeed and print nothing. */
  const silent = async (line: string): Promise<void> => {
    assert.deepEqual(await run(line), { code: 0, stdout: '', stderr: '' }, `openstack ${line}`);
  };

  /** Runs a command that must fail; the one line that it shows. */
  const failure = async (line: string): Promise<string> => {
    const { code, stdout, stderr } = await run(line);
    assert.equal(code, 1, `openstack ${line}: ${stdout}`);
    assert.equal(stdout, '');
    return stderr.trimEnd();
  };

  test('makes a tree of providers', async () => {
    const made = await json(`resource provider create the-root --uuid ${root}`);
    assert.deepEqual(made, {
      uuid: root,
      name: 'the-root',
      generation: 0,
      root_provider_uuid: root,
      parent_provider_uuid: null,
    });
    await Promise.all([
      json(`resource provider create left --uuid ${left} --parent-provider ${root}`),
      json(`resource provider create right --uuid ${right} --parent-provider ${root}`),
      silent('resource class create CUSTOM_GOLD'),
      silent('trait create CUSTOM_FAST'),
    ]);
    const tree = await json(`resource provider list --in-tree ${right} --sort-column name`);
    assert.deepEqual(
      tree.map((provider: Json) => [provider.name, provider.root_provider_uuid, provider.parent_provider_uuid]),
      [
        ['left', root, root],
        ['right', root, root],
        ['the-root', root, null],
      ],
    );
  });

  test('gives providers inventory, traits and aggregates', async () => {
    const [stock, cores] = await Promise.all([
      json(`resource provider inventory set ${root} --resource DISK_GB=100 --resource CUSTOM_GOLD=5`),
      json(`resource provider inventory set ${left} --resource VCPU=4 --resource VCPU:allocation_ratio=2.0`),
      json(`resource provider inventory set ${right} --resource VCPU=4 --resource VCPU:reserved=1`),
    ]);
    assert.deepEqual(
      stock.map((inventory: Json) => [inventory.resource_class, inventory.total]),
      [
        ['DISK_GB', 100],
        ['CUSTOM_GOLD', 5],
      ],
    );
    assert.equal(cores[0].allocation_ratio, 2);
    const [traits, aggregates] = await Promise.all([
      json(`resource provider trait set ${left} --trait CUSTOM_FAST --trait HW_CPU_X86_AVX`),
      json(`resource provider aggregate set ${root} --aggregate ${aggregate} --generation 1`),
    ]);
    assert.deepEqual(traits.map((trait: Json) => trait.name).toSorted(), ['CUSTOM_FAST', 'HW_CPU_X86_AVX']);
    assert.deepEqual(aggregates, [{ uuid: aggregate }]);
  });

  test('lists candidates, by groups too', async () => {
    const groups = '--group 1 --resource VCPU=2 --required CUSTOM_FAST --group 2 --resource VCPU=1';
    const [plain, grouped] = await Promise.all([
      json(`allocation candidate list --resource CUSTOM_GOLD=2 --member-of ${aggregate}`),
      json(`allocation candidate list --resource DISK_GB=1 ${groups} --group-policy isolate`),
    ]);
    assert.deepEqual(
      plain.map((row: Json) => [row['#'], row.allocation, row['resource provider']]),
      [[1, 'CUSTOM_GOLD=2', root]],
    );
    const rows: Json[] = grouped;
    assert.deepEqual(
      new Map(rows.map((row) => [row['resource provider'], [row['#'], row.allocation]])),
      new Map([
        [root, [1, 'DISK_GB=1']],
        [left, [1, 'VCPU=2']],
        [right, [1, 'VCPU=1']],
      ]),
    );
    assert.equal(rows.find((row) => row['resource provider'] === left)?.['inventory used/capacity'], 'VCPU=0/8');
  });

  test('claims, and shows who uses what', async () => {
    const claimed: Json[] = await json(
      `resource provider allocation set ${consumer} --allocation rp=${left},VCPU=2 --allocation rp=${root},DISK_GB=10 ` +
        '--project-id the-project --user-id the-user --consumer-type INSTANCE',
    );
    assert.deepEqual(
      new Map(claimed.map((row) => [row.resource_provider, row.resources])),
      new Map([
        [left, { VCPU: 2 }],
        [root, { DISK_GB: 10 }],
      ]),
    );
    const [ofProvider, ofProject, provider] = await Promise.all([
      json(`resource provider usage show ${left}`),
      json('resource usage show the-project --user-id the-user'),
      json(`resource provider show ${left} --allocations`),
    ]);
    assert.deepEqual(ofProvider, [{ resource_class: 'VCPU', usage: 2 }]);
    assert.deepEqual(ofProject, [{ resource_class: 'INSTANCE', usage: { consumer_count: 1, DISK_GB: 10, VCPU: 2 } }]);
    assert.deepEqual(provider.allocations, { [consumer]: { resources: { VCPU: 2 }, consumer_generation: 1 } });
  });

  test('shows what went wrong in one line', async () => {
    const unknown = randomUUID();
    const [tooMuch, inUse, missing] = await Promise.all([
      failure(
        `resource provider allocation set ${randomUUID()} --allocation rp=${left},VCPU=7 ` +
          '--project-id p --user-id u --consumer-type INSTANCE',
      ),
      failure(`resource provider delete ${left}`),
      failure(`resource provider show ${unknown}`),
    ]);
    assert.match(
      tooMuch,
      new RegExp(
        `^Unable to allocate inventory: Unable to create allocation for 'VCPU' on resource provider '${left}'\\. ` +
          'The requested amount would exceed the capacity\\. \\(HTTP 409\\)$',
      ),
    );
    assert.equal(inUse, `Unable to delete resource provider ${left}: Resource provider has allocations. (HTTP 409)`);
    assert.equal(missing, `No resource provider with uuid ${unknown} found (HTTP 404)`);
  });

  test('takes everything away again', async () => {
    const kept = await json(`resource provider allocation unset ${consumer} --resource-class DISK_GB`);
    assert.deepEqual(
      kept.map((row: Json) => [row.resource_provider, row.resources]),
      [[left, { VCPU: 2 }]],
    );
    await silent(`resource provider allocation delete ${consumer}`);
    await Promise.all([
      silent(`resource provider trait delete ${left}`),
      silent(`resource provider inventory delete ${root} --resource-class CUSTOM_GOLD`),
      silent(`resource provider delete ${right}`),
    ]);
    await silent(`resource provider delete ${left}`);
    await Promise.all([
      silent(`resource provider delete ${root}`),
      silent('trait delete CUSTOM_FAST'),
      silent('resource class delete CUSTOM_GOLD'),
    ]);
    assert.deepEqual(await json('resource provider list'), []);
  });
});
