// `berth db audit`: each kind of damage, done by hand to a real database, is found, as that and nothing else.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { describeReport, exitCodeOf } from '../../src/cli/audit.ts';
import { AUDIT_CHECKS, type AuditCheck } from '../../src/domain/audit.ts';
import { auditDatabase } from '../../src/store/audit.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { runBerth, startBerth, temporaryFolder } from '../support/berth-process.ts';
import { createClient } from '../support/client.ts';
import { expectStatus, makeProvider } from '../support/world.ts';

interface Damage {
  readonly check: AuditCheck;
  readonly what: string;
  /** SQL; `:root`, `:child` and `:other` stand for the row ids of the providers. */
  readonly sql: string;
  /** 1 when absent. */
  readonly count?: number;
  /** The provider that the finding names. */
  readonly names?: 'root' | 'child';
}

/** A row id that nothing has. */
const NOBODY = 999_999;
const CHECKS = AUDIT_CHECKS;

const DAMAGES: readonly Damage[] = [
  {
    check: CHECKS.overCapacity,
    what: 'an inventory was shrunk',
    sql: 'UPDATE inventories SET total = 1 WHERE resource_provider_id = :child',
    names: 'child',
  },
  {
    check: CHECKS.allocationWithoutInventory,
    what: 'an inventory is gone',
    sql: 'DELETE FROM inventories WHERE resource_provider_id = :child',
    names: 'child',
  },
  {
    check: CHECKS.allocationWithoutProvider,
    what: 'an allocation is of no provider',
    sql: `UPDATE allocations SET resource_provider_id = ${NOBODY}`,
  },
  {
    check: CHECKS.allocationWithoutConsumer,
    what: 'a consumer is gone',
    sql: 'DELETE FROM consumers',
    names: 'child',
  },
  {
    check: CHECKS.duplicateAllocation,
    what: 'an allocation is there twice',
    sql:
      'INSERT INTO allocations (resource_provider_id, resource_class_id, consumer_id, used) ' +
      'SELECT resource_provider_id, resource_class_id, consumer_id, 1 FROM allocations',
    names: 'child',
  },
  { check: CHECKS.consumerWithoutAllocations, what: 'the allocations are gone', sql: 'DELETE FROM allocations' },
  { check: CHECKS.consumerWithoutOwner, what: 'the project is gone', sql: 'DELETE FROM projects' },
  { check: CHECKS.consumerWithoutOwner, what: 'the user is gone', sql: 'DELETE FROM users' },
  {
    check: CHECKS.providerWithoutRoot,
    what: 'a provider has no root',
    sql: 'UPDATE resource_providers SET root_provider_id = NULL WHERE id = :child',
    names: 'child',
  },
  {
    check: CHECKS.providerWithoutRoot,
    what: 'a root does not exist',
    sql: `UPDATE resource_providers SET root_provider_id = ${NOBODY} WHERE id = :child`,
    names: 'child',
  },
  {
    check: CHECKS.providerWithoutParent,
    what: 'a parent does not exist',
    sql: `UPDATE resource_providers SET parent_provider_id = ${NOBODY} WHERE id = :child`,
    names: 'child',
  },
  {
    check: CHECKS.wrongRoot,
    what: 'a provider has the root of another tree',
    sql: 'UPDATE resource_providers SET root_provider_id = :other WHERE id = :child',
    names: 'child',
  },
  {
    check: CHECKS.parentLoop,
    what: 'a provider is below its own child',
    sql: 'UPDATE resource_providers SET parent_provider_id = :child WHERE id = :root',
    count: 2,
    names: 'root',
  },
  {
    check: CHECKS.badGeneration,
    what: 'a provider has no generation',
    sql: 'UPDATE resource_providers SET generation = NULL WHERE id = :root',
    names: 'root',
  },
  {
    check: CHECKS.badGeneration,
    what: 'a consumer has a negative generation',
    sql: 'UPDATE consumers SET generation = -1',
  },
  {
    check: CHECKS.consumerNeverAdvanced,
    what: 'a consumer has generation 0',
    sql: 'UPDATE consumers SET generation = 0',
  },
  {
    check: CHECKS.associationWithoutProvider,
    what: 'an inventory is of no provider',
    sql: `UPDATE inventories SET resource_provider_id = ${NOBODY} WHERE resource_provider_id = :root`,
  },
  {
    check: CHECKS.associationWithoutProvider,
    what: 'a trait is of no provider',
    sql: `UPDATE resource_provider_traits SET resource_provider_id = ${NOBODY}`,
  },
  {
    check: CHECKS.associationWithoutProvider,
    what: 'an aggregate is of no provider',
    sql: `UPDATE resource_provider_aggregates SET resource_provider_id = ${NOBODY}`,
  },
  {
    check: CHECKS.inventoryWithoutClass,
    what: 'an inventory is of no class',
    sql: 'UPDATE inventories SET resource_class_id = 55555 WHERE resource_provider_id = :root',
    names: 'root',
  },
  {
    check: CHECKS.changeFeedGap,
    what: 'a change in the middle is gone',
    sql: 'DELETE FROM berth_changes WHERE seq = 3',
  },
  {
    check: CHECKS.changeFeedGap,
    what: 'the last change is gone',
    sql: 'DELETE FROM berth_changes WHERE seq = (SELECT max(seq) FROM berth_changes)',
  },
];

test('every check has a damage that shows it', () => {
  const shown = new Set(DAMAGES.map(({ check }) => check.name));
  assert.deepEqual(
    Object.values(CHECKS).filter(({ name }) => !shown.has(name)),
    [],
  );
});

describe('the audit', () => {
  const folder = temporaryFolder();
  const whole = join(folder.path, 'whole.sqlite');
  const consumer = randomUUID();
  const people = [consumer, 'a-project-that-nobody-is-told-of', 'a-user-that-nobody-is-told-of'] as const;
  const uuids = { root: '', child: '', other: '' };

  before(async () => {
    const berth = await startBerth(whole);
    const client = createClient(berth.url);
    uuids.root = await makeProvider(client, { DISK_GB: 10 });
    uuids.child = await makeProvider(client, { VCPU: 4 }, uuids.root);
    uuids.other = await makeProvider(client);
    const path = `/resource_providers/${uuids.root}`;
    const traits = { traits: ['HW_CPU_X86_AVX'], resource_provider_generation: 1 };
    expectStatus(await client.put(`${path}/traits`, traits), 200);
    const aggregates = { aggregates: [randomUUID()], resource_provider_generation: 2 };
    expectStatus(await client.put(`${path}/aggregates`, aggregates), 200);
    const claim = {
      allocations: { [uuids.child]: { resources: { VCPU: 2 } } },
      project_id: people[1],
      user_id: people[2],
      consumer_generation: null,
      consumer_type: 'INSTANCE',
    };
    expectStatus(await client.put(`/allocations/${consumer}`, claim), 204);
    client.close();
    assert.equal(await berth.stop(), 0);
  });
  after(() => folder.remove());

  /** A copy of the whole database with this done to it. */
  function damaged(name: string, { sql, what }: Damage): string {
    const path = join(folder.path, name);
    copyFileSync(whole, path);
    const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    const rowOf = database.prepare('SELECT id FROM resource_providers WHERE uuid = ?');
    const text = sql.replace(/:(root|child|other)/g, (_, who: keyof typeof uuids) => String(rowOf.get(uuids[who])?.id));
    const { changes } = database.prepare(text).run();
    database.close();
    assert.ok(Number(changes) > 0, `${what}: nothing was damaged`);
    return path;
  }

  const auditByCommand = (path: string, ...words: readonly string[]) =>
    runBerth(['db', 'audit', ...words], { OS_PLACEMENT_DATABASE__CONNECTION: `sqlite:///${path}` });

  /** What the command prints and its exit code, without the second that starting the command takes. */
  async function auditOf(path: string): Promise<{ readonly code: number; readonly text: string }> {
    const store = await openSqliteStore({ path, sync: false, synchronous: false, busyTimeoutMs: 1_000 });
    try {
      const report = await store.read(auditDatabase);
      return { code: exitCodeOf(report), text: describeReport(report) };
    } finally {
      await store.close();
    }
  }

  for (const [index, damage] of DAMAGES.entries()) {
    const { check, what, count = 1, names } = damage;
    test(`finds ${check.name}: ${what}`, async () => {
      const { code, text } = await auditOf(damaged(`damage-${index}.sqlite`, damage));
      const [, finding, providers, ...rest] = text.trimEnd().split('\n');
      assert.equal(finding, `${check.severity}: ${check.name}: ${count}. ${check.meaning}`);
      if (names === undefined) assert.equal(providers, undefined, text);
      else assert.match(String(providers), new RegExp(`^ {2}resource providers: .*${uuids[names]}`));
      assert.deepEqual(rest, [], 'exactly one finding');
      assert.equal(code, check.severity === 'wrong' ? 1 : 0);
      for (const identifier of people) assert.ok(!text.includes(identifier), text);
    });
  }

  test('as a command finds nothing in a database that is whole', async () => {
    assert.deepEqual(await auditByCommand(whole), {
      code: 0,
      stdout: 'Examined 3 resource providers, 1 consumers, 1 allocations.\nNothing is wrong.\n',
      stderr: '',
    });
  });

  test('as a command ends with 1 for what is wrong and with 0 for what is only odd', async () => {
    for (const [check, exitCode] of [
      [CHECKS.allocationWithoutConsumer, 1],
      [CHECKS.overCapacity, 0],
    ] as const) {
      const damage = DAMAGES.find((one) => one.check === check);
      assert.ok(damage !== undefined);
      const path = damaged(`command-${exitCode}.sqlite`, damage);
      const { text } = await auditOf(path);
      assert.deepEqual(await auditByCommand(path), { code: exitCode, stdout: text, stderr: '' });
      const { code, stdout } = await auditByCommand(path, '--json');
      assert.equal(code, exitCode);
      assert.deepEqual(JSON.parse(stdout), {
        examined: { providers: 3, consumers: exitCode === 1 ? 0 : 1, allocations: 1 },
        findings: [{ check, count: 1, providers: [uuids.child] }],
      });
      for (const identifier of people) assert.ok(!stdout.includes(identifier), stdout);
    }
  });
});
