// `placement-status upgrade check` under its old name: what it looks at, how it prints it, and its exit codes, as in
// operations §5.2 and as the original's own program has them where that is installed.

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { newestDatabase } from '../store/placement-database.ts';
import { type Outcome, temporaryFolder } from '../support/berth-process.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { placementManage, skipWithoutPlacementManage } from '../support/databases/placement-manage.ts';
import { sharedServer } from '../support/databases/shared-server.ts';
import { addIncompleteRecords, configurationFor, type Outcomes, runBoth, runOwn } from './old-programs.ts';

const ALL_WELL = `\
+-------------------------------------------+
| Upgrade Check Results                     |
+-------------------------------------------+
| Check: Missing Root Provider IDs          |
| Result: Success                           |
| Details: None                             |
+-------------------------------------------+
| Check: Incomplete Consumers               |
| Result: Success                           |
| Details: None                             |
+-------------------------------------------+
| Check: Policy File JSON to YAML Migration |
| Result: Success                           |
| Details: None                             |
+-------------------------------------------+
`;
const NOT_WELL = `\
+----------------------------------------------------------------------+
| Upgrade Check Results                                                |
+----------------------------------------------------------------------+
| Check: Missing Root Provider IDs                                     |
| Result: Failure                                                      |
| Details: There is at least one resource provider table record which  |
|   misses its root provider id. Run the "placement-manage db          |
|   online_data_migrations" command.                                   |
+----------------------------------------------------------------------+
| Check: Incomplete Consumers                                          |
| Result: Warning                                                      |
| Details: There are 2 incomplete consumers table records for existing |
|   allocations. Run the "placement-manage db                          |
|   online_data_migrations" command.                                   |
+----------------------------------------------------------------------+
| Check: Policy File JSON to YAML Migration                            |
| Result: Success                                                      |
| Details: None                                                        |
+----------------------------------------------------------------------+
`;

const CHECK = ['upgrade', 'check'];

function folderOf(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(folder.remove);
  return folder.path;
}

/** The check, on a database and with these lines in its configuration. */
function statusOn(folder: string, url: string, more = '', words: readonly string[] = CHECK): Promise<Outcome> {
  return runOwn('placement-status', ['--config-file', configurationFor(folder, 'placement', url, more), ...words]);
}

forEachDatabase('placement-status upgrade check', (database) => {
  test('finds nothing in a database that is whole, and ends with 0', async (t) => {
    const url = database.server.url(await newestDatabase(database.server));
    assert.deepEqual(await statusOn(folderOf(t), url), { code: 0, stdout: ALL_WELL, stderr: '' });
  });

  test('counts records that are not complete, and ends with the worst', async (t) => {
    const folder = folderOf(t);
    const name = await newestDatabase(database.server);
    await addIncompleteRecords(database.server, name, { providers: 1, consumers: 2 });
    const url = database.server.url(name);
    assert.deepEqual(await statusOn(folder, url), { code: 2, stdout: NOT_WELL, stderr: '' });
    await database.server.run(name, 'UPDATE resource_providers SET root_provider_id = id;');
    const { code, stdout } = await statusOn(folder, url, '', [...CHECK, '--json']);
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout), {
      name: 'Upgrade Check Results',
      checks: [
        { check: 'Missing Root Provider IDs', result: 0, details: null },
        {
          check: 'Incomplete Consumers',
          result: 1,
          details:
            'There are 2 incomplete consumers table records for existing allocations. ' +
            'Run the "placement-manage db online_data_migrations" command.',
        },
        { check: 'Policy File JSON to YAML Migration', result: 0, details: null },
      ],
    });
  });

  test('ends with 255 when the check itself fails, and says so on standard output', async (t) => {
    const { code, stdout, stderr } = await statusOn(
      folderOf(t),
      database.server.url(await database.server.createDatabase()),
    );
    assert.match(stdout, /^Error:\n\S/);
    assert.deepEqual([code, stderr], [255, '']);
  });
});

describe('placement-status', () => {
  /** A whole SQLite database of the test's. */
  async function wholeUrl(): Promise<string> {
    const server = await sharedServer('sqlite');
    return server.url(await newestDatabase(server));
  }

  test('calls a policy file in JSON a failure, one that only looks like it by its name not', async (t) => {
    const folder = folderOf(t);
    const url = await wholeUrl();
    for (const [name, text, expected] of [
      ['policy.json', '{"admin_api": "role:admin"}', 2],
      ['empty.yaml', '{}\n', 2],
      ['yaml.json', 'admin_api: role:admin\n', 0],
      ['missing.json', null, 0],
    ] as const) {
      const path = join(folder, name);
      if (text !== null) writeFileSync(path, text);
      const { code, stdout } = await statusOn(folder, url, `[oslo_policy]\npolicy_file = ${path}`);
      assert.equal(code, expected, `${name}: ${stdout}`);
      if (expected === 2)
        assert.match(stdout, /\| Details: .*JSON-formatted.*deprecated[\s\S]*oslopolicy-convert-json-to-/);
    }
  });

  test('makes no database', async (t) => {
    const folder = folderOf(t);
    const { code } = await statusOn(folder, `sqlite:///${folder}/none.sqlite`);
    assert.equal(code, 255);
    assert.equal(existsSync(join(folder, 'none.sqlite')), false);
  });

  for (const [what, words] of [
    ['no command', []],
    ['an unknown command', ['downgrade', 'check']],
    ['no word behind upgrade', ['upgrade']],
    ['a word too many', ['upgrade', 'check', 'twice']],
    ['a flag that only placement-manage has', ['--version']],
  ] as const) {
    test(`explains its usage on standard error and ends with 2: ${what}`, async () => {
      const { code, stdout, stderr } = await runOwn('placement-status', words);
      assert.match(stderr, /^usage: placement-status .*\nplacement-status[a-z ]*: error: .+\n$/);
      assert.deepEqual([code, stdout], [2, '']);
    });
  }
});

describe('placement-status beside the original', { skip: skipWithoutPlacementManage() }, () => {
  const folder = temporaryFolder();
  after(folder.remove);

  /** Asks both about databases that the original made, with the same records in them. */
  async function both(
    name: string,
    records: { providers: number; consumers: number } | null,
    more = '',
    words = CHECK,
  ) {
    const server = await sharedServer('sqlite');
    const database = await server.createDatabase();
    const url = server.url(database);
    await placementManage(url, ['db', 'sync']);
    if (records !== null) await addIncompleteRecords(server, database, records);
    const configFile = configurationFor(folder.path, name, url, more);
    return runBoth('placement-status', { own: configFile, original: configFile }, words);
  }

  const assertSame = ({ own, original }: Outcomes) => {
    assert.deepEqual([own.code, own.stdout], [original.code, original.stdout]);
  };

  test('prints the same and ends with the same', async () => {
    assertSame(await both('whole', null));
    assertSame(await both('broken', { providers: 2, consumers: 123 }));
    assertSame(await both('any-word', { providers: 1, consumers: 1 }, '', ['upgrade', 'whatever']));
  });

  test('finds the same policy files wanting, in words of its own', async () => {
    for (const [name, text] of [
      ['json', '{"admin_api": "role:admin"}'],
      ['yaml', 'admin_api: role:admin\n'],
    ] as const) {
      const path = join(folder.path, `${name}.policy`);
      writeFileSync(path, text);
      const { own, original } = await both(name, null, `[oslo_policy]\npolicy_file = ${path}`);
      const results = (stdout: string) => stdout.match(/^\| (?:Check|Result): .*?(?= *\|$)/gm);
      assert.deepEqual([own.code, results(own.stdout)], [original.code, results(original.stdout)]);
    }
  });
});
