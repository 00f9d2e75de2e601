// `placement-manage` under its old name: words, output and exit codes as in operations §5.1, and as the original's own
// program has them where that is installed.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { REVISIONS } from '../../src/store/migrations/placement-chain/index.ts';
import { newestDatabase, olderDatabase, revisionOf } from '../store/placement-database.ts';
import { type Outcome, temporaryFolder } from '../support/berth-process.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { placementManage, skipWithoutPlacementManage } from '../support/databases/placement-manage.ts';
import { describeSchema } from '../support/databases/schema-description.ts';
import { assertClean } from '../support/world.ts';
import { configurationFor, type Pair, runBoth, runOwn } from './old-programs.ts';

const NEWEST = String(REVISIONS.at(-1));
const DONE: Outcome = { code: 0, stdout: '', stderr: '' };

const manage = (...words: readonly string[]) => runOwn('placement-manage', words);

function folderOf(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(folder.remove);
  return folder.path;
}

/** A configuration on a SQLite file that does not exist yet. */
function sqliteIn(folder: string): { readonly configFile: string; readonly dataPath: string } {
  const dataPath = join(folder, 'placement.sqlite');
  return { configFile: configurationFor(folder, 'placement', `sqlite:///${dataPath}`), dataPath };
}

describe('placement-manage', () => {
  test('without a command prints its help and ends with 1, with db alone that of db and 0', async () => {
    const alone = await manage();
    assert.match(alone.stdout, /^usage: placement-manage /);
    assert.deepEqual([alone.code, alone.stderr], [1, '']);
    const db = await manage('db');
    assert.match(db.stdout, /^usage: placement-manage db .*\{sync,version,stamp,online_data_migrations\}/);
    assert.deepEqual([db.code, db.stderr], [0, '']);
  });

  test('needs no configuration for its help and its version', async () => {
    const help = await manage('--help');
    assert.deepEqual([help.code, help.stderr], [0, '']);
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.deepEqual(await manage('--version'), { ...DONE, stdout: `${manifest.version}\n` });
  });

  for (const [what, words] of [
    ['an unknown command', ['database']],
    ['a word too many', ['db', 'sync', 'now']],
    ['no revision to stamp', ['db', 'stamp']],
    ['a flag that it does not know', ['--verbose', 'db', 'version']],
    ['a flag behind the command', ['db', 'version', '--debug']],
    ['a flag without its value', ['--config-file']],
    ['a count that is missing', ['db', 'online_data_migrations', '--max-count']],
  ] as const) {
    test(`explains its usage on standard error and ends with 2: ${what}`, async () => {
      const { code, stdout, stderr } = await manage(...words);
      assert.match(stderr, /^usage: placement-manage .*\nplacement-manage[a-z_ ]*: error: .+\n$/);
      assert.deepEqual([code, stdout], [2, '']);
    });
  }

  test('says in one line what is wrong with the configuration, and ends with 1', async (t) => {
    const folder = folderOf(t);
    const empty = configurationFor(folder, 'empty', '');
    for (const [file, said] of [
      [join(folder, 'missing.conf'), /^placement-manage: Failed to find some config files: \S+missing\.conf\n$/],
      [empty, /^placement-manage: .*\[placement_database\] connection.*\n$/],
    ] as const) {
      const { code, stdout, stderr } = await manage('--config-file', file, 'db', 'sync');
      assert.match(stderr, said);
      assert.deepEqual([code, stdout], [1, '']);
    }
  });

  test('reads every file that is named, and a directory where it is named; options of the log are flags', async (t) => {
    const folder = folderOf(t);
    const { configFile, dataPath } = sqliteIn(folder);
    const elsewhere = configurationFor(folder, 'elsewhere', `sqlite:///${folder}/missing/x.sqlite`);
    const logFile = join(folder, 'manage.log');
    assert.deepEqual(
      await manage(
        '--config-file',
        elsewhere,
        `--config-file=${configFile}`,
        '-d',
        '--log-file',
        logFile,
        'db',
        'sync',
      ),
      DONE,
    );
    assert.ok(existsSync(dataPath), 'the last file wins');
  });

  test('db sync makes the tables and nothing in them: the standard names come with the service', async (t) => {
    const { configFile, dataPath } = sqliteIn(folderOf(t));
    assert.deepEqual(await manage('--config-file', configFile, 'db', 'version'), { ...DONE, stdout: 'None\n' });
    assert.equal(existsSync(dataPath), false, 'to ask for the version makes nothing');
    for (let time = 0; time < 2; time += 1)
      assert.deepEqual(await manage('--config-file', configFile, 'db', 'sync'), DONE);
    assert.deepEqual(await manage('--config-file', configFile, 'db', 'version'), { ...DONE, stdout: `${NEWEST}\n` });
    await assertClean(dataPath);
  });
});

forEachDatabase('placement-manage', (database) => {
  const folder = temporaryFolder();
  after(folder.remove);
  const onDatabase = (name: string) => {
    const configFile = configurationFor(folder.path, name, database.server.url(name));
    return (...words: readonly string[]) => manage('--config-file', configFile, 'db', ...words);
  };

  test('db sync makes the schema of the newest revision in an empty database, silently', async () => {
    const name = await database.server.createDatabase();
    const db = onDatabase(name);
    assert.deepEqual(await db('version'), { ...DONE, stdout: 'None\n' });
    assert.deepEqual(await db('sync'), DONE);
    assert.deepEqual(await db('version'), { ...DONE, stdout: `${NEWEST}\n` });
    const [traits] = await database.server.run(name, 'SELECT count(*) AS count FROM traits;');
    assert.equal(Number(traits?.count), 0);
  });

  test('db sync brings an older database to the newest revision', async () => {
    const name = await olderDatabase(database.server, 'b5c396305c25');
    assert.deepEqual(await onDatabase(name)('sync'), DONE);
    assert.equal(await revisionOf(database.server, name), NEWEST);
  });

  test('db sync says why it is blocked, and what to run, and ends with 1', async () => {
    const name = await olderDatabase(database.server, 'b4ed3a175331');
    await database.server.run(
      name,
      "INSERT INTO resource_providers (id, uuid, name, generation) VALUES (1, 'd1c0f8a2-7f0e-4d0c-9a3e-000000000001', 'one', 3);",
    );
    const db = onDatabase(name);
    const { code, stdout, stderr } = await db('sync');
    assert.match(stderr, /^placement-manage: There is at least one resource provider.*online_data_migrations.*\n$/);
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal((await db('online_data_migrations')).code, 0);
    assert.deepEqual(await db('sync'), DONE);
    assert.equal(await revisionOf(database.server, name), NEWEST);
  });

  test('db stamp records a revision and runs nothing', async () => {
    const name = await newestDatabase(database.server);
    const schema = await describeSchema(database.server, name);
    const db = onDatabase(name);
    for (const [word, recorded] of [
      ['b4ed3a175331', 'b4ed3a175331'],
      ['422', '422ece571366'],
      ['6', '611cd6dffd7b'],
      ['base', 'None'],
      ['head', NEWEST],
    ] as const) {
      assert.deepEqual(await db('stamp', word), DONE, word);
      assert.deepEqual(await db('version'), { ...DONE, stdout: `${recorded}\n` }, word);
    }
    assert.deepEqual(await describeSchema(database.server, name), schema);
  });

  test('db stamp refuses what is no revision, or the beginning of two, and leaves what is recorded', async () => {
    const name = await newestDatabase(database.server);
    const db = onDatabase(name);
    for (const word of ['b', 'zzz', 'a082b8bb98d0a', '']) {
      const { code, stdout, stderr } = await db('stamp', word);
      assert.equal(stderr, `placement-manage: Can't locate revision identified by '${word}'\n`);
      assert.deepEqual([code, stdout], [1, '']);
    }
    assert.equal(await revisionOf(database.server, name), NEWEST);
  });
});

describe('placement-manage beside the original', { skip: skipWithoutPlacementManage() }, () => {
  const folder = temporaryFolder();
  after(folder.remove);
  const urlOf = (name: string) => `sqlite:///${folder.path}/${name}.sqlite`;
  const pair: Pair = {
    own: configurationFor(folder.path, 'own', urlOf('own')),
    original: configurationFor(folder.path, 'original', urlOf('original')),
  };

  /** The first word of what was said; the texts of usage are each program's own. */
  const opening = (text: string) => /^\S+: \S+|^\S+/.exec(text)?.[0] ?? '';

  for (const words of [[], ['db'], ['db', 'sing'], ['db', 'stamp'], ['--verbose', 'db', 'version']]) {
    test(`has its exit code, and its help in the same place: ${words.join(' ') || 'no word'}`, async () => {
      const { own, original } = await runBoth('placement-manage', pair, words);
      assert.equal(own.code, original.code);
      assert.equal(opening(own.stdout), opening(original.stdout));
      assert.equal(opening(own.stderr), opening(original.stderr));
    });
  }

  test('says the same on an empty database and on one of its making', async () => {
    const same = async (...words: readonly string[]) => {
      const { own, original } = await runBoth('placement-manage', pair, ['db', ...words]);
      assert.deepEqual([own.code, own.stdout], [original.code, original.stdout], words.join(' '));
    };
    await same('version');
    await same('sync');
    // What is head depends on the release, so it is set to one that both know.
    for (const revision of ['422', 'b', 'base']) {
      await same('stamp', revision);
      await same('version');
    }
    for (const count of ['0', '1.5']) await same('online_data_migrations', '--max-count', count);
  });

  test('leaves a database that the original goes on with', async () => {
    const url = urlOf('handed-over');
    const configFile = configurationFor(folder.path, 'handed-over', url);
    await placementManage(url, ['db', 'sync']);
    assert.deepEqual(await manage('--config-file', configFile, 'db', 'stamp', '422'), DONE);
    assert.equal(await placementManage(url, ['db', 'version']), '422ece571366\n');
  });
});
