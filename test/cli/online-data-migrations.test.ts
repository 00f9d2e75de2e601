// The repairs of incomplete records: counted, bounded, rehearsed and logged without a name, as
// `placement-manage db online_data_migrations` and as `berth db repair`; beside the original where that is installed.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { BEFORE_CONSUMER_TYPES, newestDatabase, olderDatabase } from '../store/placement-database.ts';
import { type Outcome, runBerth, temporaryFolder } from '../support/berth-process.ts';
import type { DatabaseHost } from '../support/databases/database-server.ts';
import { forEachDatabase, type TestedDatabase } from '../support/databases/for-each-database.ts';
import { placementManage, skipWithoutPlacementManage } from '../support/databases/placement-manage.ts';
import { addIncompleteRecords, configurationFor, consumerUuid, runBoth, runOwn } from './old-programs.ts';

const PROJECT = 'the-project-of-nobody';
const USER = 'the-user-of-nobody';
const OWNER = `[placement]\nincomplete_consumer_project_id = ${PROJECT}\nincomplete_consumer_user_id = ${USER}`;

/** What is in the tables that repairs write, without times. */
async function contents(server: DatabaseHost, database: string) {
  return {
    providers: await server.run(
      database,
      'SELECT id, parent_provider_id, root_provider_id, generation FROM resource_providers ORDER BY id;',
    ),
    consumers: await server.run(
      database,
      `SELECT consumers.uuid, consumers.generation, projects.external_id AS project, users.external_id AS owner
       FROM consumers JOIN projects ON projects.id = consumers.project_id JOIN users ON users.id = consumers.user_id
       ORDER BY consumers.uuid;`,
    ),
    projects: await server.run(database, 'SELECT external_id FROM projects ORDER BY id;'),
    users: await server.run(database, 'SELECT external_id FROM users ORDER BY id;'),
  };
}

function table(...rows: readonly (readonly [name: string, found: string, completed: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const rule = `+${'-'.repeat(width + 2)}+-------------+-----------+\n`;
  const head = `| ${'Migration'.padStart(9 + Math.ceil((width - 9) / 2)).padEnd(width)} | Total Found | Completed |\n`;
  const body = rows.map(([name, ...cells]) => {
    const padded = name.padStart(name.length + Math.floor((width - name.length) / 2)).padEnd(width);
    return `| ${padded} | ${cells.join(' | ')} |\n`;
  });
  return `${rule}${head}${rule}${body.join('')}${rule}`;
}

const ROOTS = 'set_root_provider_ids';
const CONSUMERS = 'create_incomplete_consumers';

forEachDatabase('the repairs of incomplete records', (database: TestedDatabase) => {
  const folder = temporaryFolder();
  after(folder.remove);

  /** A database with so many incomplete records, and the commands on it. */
  async function incomplete(providers: number, consumers: number, revision?: string) {
    const { server } = database;
    const name = revision === undefined ? await newestDatabase(server) : await olderDatabase(server, revision);
    await addIncompleteRecords(server, name, { providers, consumers });
    const configFile = configurationFor(folder.path, name, server.url(name), OWNER);
    const logFile = join(folder.path, `${name}.log`);
    return {
      name,
      logFile,
      contents: () => contents(server, name),
      migrations: (...words: readonly string[]): Promise<Outcome> =>
        runOwn('placement-manage', [
          ...['--config-file', configFile, '--log-file', logFile],
          ...['db', 'online_data_migrations', ...words],
        ]),
      repair: (...words: readonly string[]): Promise<Outcome> =>
        runBerth(['db', 'repair', '--config-file', configFile, ...words]),
    };
  }

  test('all at once, in batches of 50, on a schema from before consumers had types', async () => {
    const old = await incomplete(3, 60, BEFORE_CONSUMER_TYPES);
    assert.deepEqual(await old.migrations(), {
      code: 0,
      stdout:
        'Running batches of 50 until complete\n' +
        `3 rows matched query ${ROOTS}, 3 migrated\n` +
        `47 rows matched query ${CONSUMERS}, 47 migrated\n` +
        `13 rows matched query ${CONSUMERS}, 13 migrated\n` +
        table([ROOTS, '     3     ', '    3    '], [CONSUMERS, '     60    ', '    60   ']),
      stderr: '',
    });
    const { providers, consumers, projects, users } = await old.contents();
    assert.deepEqual(
      providers,
      [1, 2, 3].map((id) => ({ id, parent_provider_id: null, root_provider_id: id, generation: 3 })),
    );
    assert.deepEqual(
      consumers,
      Array.from({ length: 60 }, (_, index) => ({
        uuid: consumerUuid(index + 1),
        generation: 0,
        project: PROJECT,
        owner: USER,
      })),
    );
    assert.deepEqual([projects, users], [[{ external_id: PROJECT }], [{ external_id: USER }]]);

    const log = readFileSync(old.logFile, 'utf8');
    const batches = log.split('\n').filter((line) => line.includes('"repaired"'));
    assert.equal(batches.length, 3, log);
    assert.match(log, new RegExp(`"repair":"${CONSUMERS}","found":47,"repaired":47`));
    assert.doesNotMatch(log, /d1c0f8a2|of-nobody/, 'the log names nobody');
  });

  test('a bounded number at a time: 1 says to call again, 0 that nothing is left', async () => {
    const old = await incomplete(3, 4);
    const calls: Outcome[] = [];
    for (let call = 0; call < 4; call += 1) calls.push(await old.migrations('--max-count', '3'));
    assert.deepEqual(
      calls.map(({ code, stdout }) => [code, ...stdout.split('\n').filter((line) => line.includes('matched'))]),
      [
        [1, `3 rows matched query ${ROOTS}, 3 migrated`],
        [1, `3 rows matched query ${CONSUMERS}, 3 migrated`],
        [1, `1 rows matched query ${CONSUMERS}, 1 migrated`],
        [0],
      ],
    );
    assert.equal(calls[0]?.stdout.includes(`| ${CONSUMERS}`), false, 'the second was not called: the first used it up');
    assert.equal((await old.contents()).consumers.length, 4);
  });

  test('a rehearsal counts, changes nothing, and writes no log', async () => {
    const old = await incomplete(2, 60);
    const before = await old.contents();
    for (const [words, found] of [
      [[], 60],
      [['--max-count', '10'], 8],
    ] as const) {
      const { code, stdout, stderr } = await old.migrations('--dry-run', ...words);
      assert.match(stdout, new RegExp(`2 rows matched query ${ROOTS}, 0 migrated\n`));
      assert.match(stdout, new RegExp(`${found} rows matched query ${CONSUMERS}, 0 migrated\n`));
      assert.deepEqual([code, stderr], [0, '']);
    }
    assert.deepEqual(await old.repair('--dry-run', '--max-count', '5'), {
      code: 1,
      stdout: 'resource providers without a root: 2, would repair 2\nconsumers without a record: 60, would repair 3\n',
      stderr: '',
    });
    assert.deepEqual(await old.contents(), before);
    assert.equal(existsSync(old.logFile) ? readFileSync(old.logFile, 'utf8') : '', '');
  });

  test('as berth db repair: what was there, what was done, what is left', async () => {
    const old = await incomplete(2, 5);
    assert.deepEqual(await old.repair('--max-count', '4'), {
      code: 1,
      stdout:
        'resource providers without a root: 2, repaired 2, left 0\n' +
        'consumers without a record: 5, repaired 2, left 3\n',
      stderr: '',
    });
    const done = 'resource providers without a root: 0, repaired 0, left 0\nconsumers without a record: ';
    assert.deepEqual(await old.repair(), { code: 0, stdout: `${done}3, repaired 3, left 0\n`, stderr: '' });
    assert.deepEqual(await old.repair(), { code: 0, stdout: `${done}0, repaired 0, left 0\n`, stderr: '' });
    const { code, stderr } = await old.repair('--max-count', '0');
    assert.deepEqual([code, stderr], [2, 'berth: --max-count must be a whole number, 1 or more\n']);
  });

  test('what cannot be repaired is said with 2, and the log tells why without a name', async () => {
    const old = await incomplete(1, 2);
    await database.server.run(old.name, 'DROP TABLE users;');
    const { code, stdout, stderr } = await old.migrations();
    assert.equal(
      stdout,
      `Running batches of 50 until complete\n1 rows matched query ${ROOTS}, 1 migrated\n` +
        `${`Error attempting to run ${CONSUMERS}\n`.repeat(2)}` +
        `${table([ROOTS, '     1     ', '    1    '], [CONSUMERS, '     0     ', '    0    '])}` +
        'Some migrations failed unexpectedly. Check log for details.\n',
    );
    assert.deepEqual([code, stderr], [2, '']);
    const log = readFileSync(old.logFile, 'utf8');
    assert.match(log, new RegExp(`"level":"error".*"repair":"${CONSUMERS}"`));
    assert.doesNotMatch(log, /d1c0f8a2|of-nobody/);
  });

  test('a provider without a root that has a parent gets the root of its tree', async () => {
    const old = await incomplete(3, 1);
    const { server } = database;
    await server.run(old.name, 'UPDATE resource_providers SET root_provider_id = id WHERE id = 1;');
    await server.run(old.name, 'UPDATE resource_providers SET parent_provider_id = 1 WHERE id = 3;');
    assert.equal((await old.repair()).code, 0);
    assert.deepEqual(
      (await old.contents()).providers.map(({ root_provider_id: root }) => root),
      [1, 2, 1],
    );
  });
});

describe('beside the original', { skip: skipWithoutPlacementManage() }, () => {
  forEachDatabase('online_data_migrations', (database) => {
    const folder = temporaryFolder();
    after(folder.remove);

    test('prints the same, ends with the same, and leaves the same', async () => {
      const { server } = database;
      const made: string[] = [];
      for (const who of ['own', 'original']) {
        const name = await server.createDatabase();
        await placementManage(server.url(name), ['db', 'sync']);
        await addIncompleteRecords(server, name, { providers: 3, consumers: 130 });
        configurationFor(folder.path, `${database.kind}-${who}`, server.url(name), OWNER);
        made.push(name);
      }
      const pair = {
        own: join(folder.path, `${database.kind}-own.conf`),
        original: join(folder.path, `${database.kind}-original.conf`),
      };
      for (const words of [['--max-count', '2'], ['--max-count', '11'], [], ['--max-count', '7']]) {
        const { own, original } = await runBoth('placement-manage', pair, ['db', 'online_data_migrations', ...words]);
        assert.deepEqual([own.code, own.stdout], [original.code, original.stdout], words.join(' '));
      }
      const [own = '', original = ''] = made;
      assert.deepEqual(await contents(server, own), await contents(server, original));
      assert.equal((await contents(server, own)).consumers.length, 130);
    });
  });
});
