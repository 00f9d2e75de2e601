// [placement_database], and what [berth] adds to it: on SQLite, and with a PostgreSQL or a MariaDB that is asked which
// connections it has.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { syncSchema, withConnection } from '../../src/cli/open-store.ts';
import { statement } from '../../src/store/statement.ts';
import { type ConfiguredService, folderFor, loadSections, startConfigured } from '../support/configured-service.ts';
import { skipWithout } from '../support/databases/available-databases.ts';
import type { DatabaseHost } from '../support/databases/database-server.ts';
import { sharedServer } from '../support/databases/shared-server.ts';
import { expectStatus } from '../support/world.ts';
import { sampleIn } from '../telemetry/metrics-service.ts';
import type { SkippableEffect } from './effect.ts';

const skipPostgresql = skipWithout('postgresql');
const skipMysql = skipWithout('mysql');

interface OnServer {
  readonly service: ConfiguredService;
  readonly server: DatabaseHost;
  readonly database: string;
}

async function onServer(t: TestContext, kind: 'mysql' | 'postgresql', sections: string): Promise<OnServer> {
  const server = await sharedServer(kind);
  const database = await server.createDatabase();
  const connection = `[placement_database]\nconnection = ${server.url(database)}\n`;
  const service = await startConfigured(t, `${connection}${sections}`);
  return { service, server, database };
}

/** A setting of a session that Berth opens on SQLite. */
async function pragma(t: TestContext, name: string, lines: string): Promise<unknown> {
  const folder = folderFor(t);
  const { settings } = loadSections(folder, `[placement_database]\n${lines}`);
  await syncSchema(settings.database);
  const ask = statement()(({ db }) => ({
    compile: () => sql<Readonly<Record<string, unknown>>>`PRAGMA ${sql.raw(name)}`.compile(db),
  }));
  const [row] = await withConnection(settings.database, (connection) => connection.rows(ask, {}));
  return Object.values(row ?? {})[0];
}

/** Process ids of the server for Berth's sessions. */
async function sessions({ server, database }: OnServer): Promise<readonly string[]> {
  const rows = await server.run(
    'postgres',
    `SELECT pid FROM pg_stat_activity WHERE datname = '${database}' AND query NOT LIKE '%pg_stat_activity%';`,
  );
  return rows.map(({ pid }) => String(pid));
}

const read = ({ service }: OnServer) => service.client.get(`/allocations/${randomUUID()}`);

export const databaseEffects: readonly SkippableEffect[] = [
  {
    options: ['[placement_database] connection', '[placement_database] sync_on_startup'],
    shows: 'the database is there, and has its tables, or the start is refused',
    proof: async (t) => {
      const folder = folderFor(t);
      const path = join(folder, 'other.sqlite');
      const connection = `[placement_database]\nconnection = sqlite:///${path}\n`;
      await assert.rejects(startConfigured(t, `${connection}sync_on_startup = false`, folder), /db sync/);
      await startConfigured(t, connection, folder);
      assert.ok(existsSync(path) && !existsSync(join(folder, 'placement.sqlite')));
    },
  },
  {
    options: ['[placement_database] connection_parameters', '[placement_database] sqlite_synchronous'],
    shows: 'what the sessions are set to',
    proof: async (t) => {
      assert.equal(await pragma(t, 'busy_timeout', 'connection_parameters = timeout=15.5'), 15_500);
      assert.notEqual(await pragma(t, 'synchronous', ''), 0);
      assert.equal(await pragma(t, 'synchronous', 'sqlite_synchronous = false'), 0);
    },
  },
  {
    options: ['[placement_database] mysql_sql_mode'],
    shows: 'sessions ask for that mode',
    skip: skipMysql,
    proof: async (t) => {
      const server = await sharedServer('mysql');
      await server.run('', "SET GLOBAL log_output = 'TABLE';\nSET GLOBAL general_log = 1;\n");
      try {
        await onServer(t, 'mysql', 'mysql_sql_mode = TRADITIONAL,ANSI_QUOTES');
        const rows = await server.run(
          '',
          "SELECT 1 FROM mysql.general_log WHERE argument LIKE 'SET %sql_mode%TRADITIONAL,ANSI_QUOTES%';",
        );
        assert.ok(rows.length > 0);
      } finally {
        await server.run('', 'SET GLOBAL general_log = 0;\n');
      }
    },
  },
  {
    options: ['[placement_database] connection_recycle_time'],
    shows: 'an older connection is replaced before its next use',
    skip: skipPostgresql,
    proof: async (t) => {
      const one = 'max_pool_size = 1\nmax_overflow = 0\n';
      for (const [seconds, replaced] of [
        ['0', true],
        ['-1', false],
      ] as const) {
        const on = await onServer(t, 'postgresql', `${one}connection_recycle_time = ${seconds}\n`);
        expectStatus(await read(on), 200);
        const before = await sessions(on);
        expectStatus(await read(on), 200);
        const after = await sessions(on);
        assert.equal(!before.every((pid) => after.includes(pid)), replaced);
      }
    },
  },
  {
    options: ['max_pool_size', 'max_overflow', 'pool_timeout'].map((name) => `[placement_database] ${name}`),
    shows: 'so many reads at a time have a connection, and others do not wait for one for ever',
    skip: skipPostgresql,
    proof: async (t) => {
      for (const [lines, connections] of [
        ['max_pool_size = 1\nmax_overflow = 0', 1],
        ['max_pool_size = 1\nmax_overflow = 2', 3],
      ] as const) {
        const on = await onServer(t, 'postgresql', `${lines}\npool_timeout = 1\n[berth]\ndatabase_deadline = 600\n`);
        const lock = await holdLock(on);
        const reads = Array.from({ length: connections + 1 }, () => read(on));
        // Those with a connection wait for the lock; the one without is told to come again.
        expectStatus(await Promise.race(reads), 503);
        lock.release();
        const statuses = (await Promise.all(reads)).map(({ status }) => status).sort();
        assert.deepEqual(statuses, [...Array(connections).fill(200), 503]);
      }
    },
  },
  {
    options: ['[berth] write_lanes'],
    shows: 'so many connections write',
    skip: skipPostgresql,
    proof: async (t) => {
      for (const lanes of [1, 3]) {
        const { service } = await onServer(t, 'postgresql', `[berth]\nwrite_lanes = ${lanes}\n`);
        const metrics = String((await service.client.get('/berth/metrics')).body);
        assert.equal(sampleIn(metrics, 'berth_write_lanes'), lanes);
      }
    },
  },
  {
    options: ['[placement_database] max_retries', '[placement_database] retry_interval'],
    shows: 'a database that is not there yet is waited for, so often and so long',
    proof: { file: 'test/faults/start.test.ts', title: 'is waited for, and a wrong address is refused at once' },
  },
  {
    options: ['[berth] database_deadline'],
    shows: 'a request that waits for the database longer than that is answered 503, while others still wait',
    proof: async (t) => {
      const folder = folderFor(t);
      const path = join(folder, 'one.sqlite');
      const start = (seconds: number) =>
        startConfigured(
          t,
          `[placement_database]\nconnection = sqlite:///${path}\n[berth]\ndatabase_deadline = ${seconds}`,
        );
      const services = [await start(1), await start(600)];
      const other = new DatabaseSync(path);
      other.exec('BEGIN IMMEDIATE');
      const writes = services.map(({ client }, index) => client.put(`/traits/CUSTOM_${index}`));
      expectStatus(await Promise.race(writes), 503);
      other.exec('ROLLBACK');
      other.close();
      assert.deepEqual(
        (await Promise.all(writes)).map(({ status }) => status),
        [503, 201],
      );
    },
  },
];

/** Keeps everyone from reading consumers until it is released. */
async function holdLock({ server, database }: OnServer): Promise<{ release(): void }> {
  const holder = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'postgres', database });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE consumers, allocations IN ACCESS EXCLUSIVE MODE');
  return { release: () => void holder.end() };
}
