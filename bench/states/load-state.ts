// Writes a state straight into the tables of a fresh database, before any service reads it: thousands of rows a statement,
// so that a million providers take seconds. The schema is the one that both services share.

import { DatabaseSync } from 'node:sqlite';
import type { DatabaseHost } from '../../test/support/databases/database-server.ts';
import type { State, StateProvider } from './state.ts';

const ROWS_PER_STATEMENT = 500;
const PROVIDERS_PER_TRANSACTION = 5_000;
const NOW = "'2026-01-01 00:00:00'";

interface Names {
  readonly table: 'resource_classes' | 'traits' | 'placement_aggregates';
  readonly column: 'name' | 'uuid';
  readonly ids: Map<string, number>;
}

/** The database has its tables, and in them the standard names and nothing else. */
export async function loadState(host: DatabaseHost, database: string, state: State): Promise<void> {
  const classes = await names(host, database, 'resource_classes', 'name');
  const traits = await names(host, database, 'traits', 'name');
  const aggregates = await names(host, database, 'placement_aggregates', 'uuid');
  const tables = {
    resource_providers: new Rows(
      'resource_providers',
      'id, uuid, name, generation, root_provider_id, parent_provider_id',
    ),
    inventories: new Rows(
      'inventories',
      'resource_provider_id, resource_class_id, total, reserved, min_unit, max_unit, step_size, allocation_ratio',
    ),
    traits: new Rows('resource_provider_traits', 'resource_provider_id, trait_id'),
    aggregates: new Rows('resource_provider_aggregates', 'resource_provider_id, aggregate_id'),
  };
  const writer = host.kind === 'sqlite' ? openFile(host.url(database)) : openServer(host, database);
  const write = () => writer.write(Object.values(tables).flatMap((rows) => rows.take()));
  let index = 0;
  for (const provider of state.providers()) {
    for (const name of Object.keys(provider.inventories)) await ensure(host, database, classes, name);
    for (const name of provider.traits) await ensure(host, database, traits, name);
    for (const uuid of provider.aggregates) await ensure(host, database, aggregates, uuid);
    addProvider(tables, index, provider, { classes, traits, aggregates });
    index += 1;
    if (index % PROVIDERS_PER_TRANSACTION === 0) await write();
  }
  await write();
  writer.close();
}

interface Writer {
  write(statements: readonly string[]): Promise<void>;
  close(): void;
}

function openServer(host: DatabaseHost, database: string): Writer {
  return {
    async write(statements) {
      if (statements.length > 0) await host.run(database, ['BEGIN;', ...statements, 'COMMIT;'].join('\n'));
    },
    close() {},
  };
}

/** One connection with a large cache: the indexes of a million UUIDs are written to all over. */
function openFile(url: string): Writer {
  const file = new DatabaseSync(url.replace('sqlite:///', ''), { enableForeignKeyConstraints: false });
  for (const setting of ['synchronous = OFF', 'cache_size = -1000000']) file.exec(`PRAGMA ${setting}`);
  return {
    async write(statements) {
      file.exec('BEGIN');
      for (const statement of statements) file.exec(statement);
      file.exec('COMMIT');
    },
    close: () => file.close(),
  };
}

function addProvider(
  tables: Readonly<Record<'resource_providers' | 'inventories' | 'traits' | 'aggregates', Rows>>,
  index: number,
  provider: StateProvider,
  known: Readonly<Record<'classes' | 'traits' | 'aggregates', Names>>,
): void {
  const id = index + 1;
  const parent = provider.parent === null ? 'NULL' : provider.parent + 1;
  tables.resource_providers.add(`${id}, '${provider.uuid}', '${provider.name}', 1, ${provider.root + 1}, ${parent}`);
  for (const [name, { total, allocationRatio = 1 }] of Object.entries(provider.inventories)) {
    const resourceClass = known.classes.ids.get(name);
    tables.inventories.add(`${id}, ${resourceClass}, ${total}, 0, 1, ${total}, 1, ${allocationRatio}`);
  }
  for (const trait of provider.traits) tables.traits.add(`${id}, ${known.traits.ids.get(trait)}`);
  for (const uuid of provider.aggregates) tables.aggregates.add(`${id}, ${known.aggregates.ids.get(uuid)}`);
}

/** Rows of a table that are yet to be written. */
class Rows {
  readonly #head: string;
  #rows: string[] = [];

  constructor(table: string, columns: string) {
    this.#head = `INSERT INTO ${table} (created_at, ${columns}) VALUES`;
  }

  add(values: string): void {
    this.#rows.push(`(${NOW}, ${values})`);
  }

  /** The statements that write them. */
  take(): readonly string[] {
    const texts: string[] = [];
    for (let start = 0; start < this.#rows.length; start += ROWS_PER_STATEMENT) {
      texts.push(`${this.#head} ${this.#rows.slice(start, start + ROWS_PER_STATEMENT).join()};`);
    }
    this.#rows = [];
    return texts;
  }
}

async function names(
  host: DatabaseHost,
  database: string,
  table: Names['table'],
  column: Names['column'],
): Promise<Names> {
  const rows = await host.run(database, `SELECT id, ${column} AS name FROM ${table};`);
  return { table, column, ids: new Map(rows.map(({ id, name }) => [String(name), Number(id)])) };
}

/** Makes a name that is not there yet: a custom one, or an aggregate. */
async function ensure(host: DatabaseHost, database: string, known: Names, name: string): Promise<void> {
  if (known.ids.has(name)) return;
  const { table, column } = known;
  await host.run(database, `INSERT INTO ${table} (created_at, ${column}) VALUES (${NOW}, '${name}');`);
  const [row] = await host.run(database, `SELECT id FROM ${table} WHERE ${column} = '${name}';`);
  known.ids.set(name, Number(row?.id));
}
