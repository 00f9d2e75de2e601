// What a database's tables are, as text that can be compared: columns in their order with type, nullability and default;
// then keys, constraints and indexes by name, sorted, since their order is nobody's concern.

import type { DatabaseHost, FixtureRows } from './database-server.ts';

/** Definitions by table name; sequences of PostgreSQL stand with the tables that own them. */
export type SchemaDescription = Readonly<Record<string, readonly string[]>>;

/** Describes all tables but those of Berth's own. */
export async function describeSchema(server: DatabaseHost, database: string): Promise<SchemaDescription> {
  const tables = await describeTables(server, database);
  return Object.fromEntries(Object.entries(tables).filter(([name]) => !name.startsWith('berth_')));
}

function describeTables(server: DatabaseHost, database: string): Promise<SchemaDescription> {
  switch (server.kind) {
    case 'sqlite':
      return describeSqlite(server, database);
    case 'mysql':
      return describeMysql(server, database);
    case 'postgresql':
      return describePostgresql(server, database);
  }
}

/** SQLite keeps the statements; apart from white space and quotes they are the description. */
async function describeSqlite(server: DatabaseHost, database: string): Promise<SchemaDescription> {
  const rows = await server.run(database, 'SELECT tbl_name, type, sql FROM sqlite_master WHERE sql IS NOT NULL;');
  const lines = rows.map(({ tbl_name: table, type, sql }) => {
    const text = String(sql)
      .replaceAll('"', '')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/ ?([(),]) ?/g, '$1');
    return { table: String(table), line: text, sorted: type !== 'table' };
  });
  return byTable(lines);
}

async function describeMysql(server: DatabaseHost, database: string): Promise<SchemaDescription> {
  const tables = await server.run(database, 'SHOW TABLES;');
  const lines = [];
  for (const row of tables) {
    const table = String(Object.values(row)[0]);
    const [shown] = await server.run(database, `SHOW CREATE TABLE ${table};`);
    const text = String(shown?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, '');
    for (const line of text.split('\n').slice(1)) {
      const definition = line.trim().replace(/,$/, '');
      lines.push({ table, line: definition, sorted: !definition.startsWith('`') });
    }
  }
  return byTable(lines);
}

const POSTGRESQL_COLUMNS = `
  SELECT table_name AS "table", false AS sorted, concat_ws(' ', column_name, data_type, character_maximum_length,
      'nullable', is_nullable, 'default', coalesce(column_default, 'none'),
      'sequence', coalesce(pg_get_serial_sequence(table_name, column_name), 'none')) AS line
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position;`;
const POSTGRESQL_KEYS = `
  SELECT conrelid::regclass::text AS "table", true AS sorted,
      conname || ' ' || pg_get_constraintdef(oid) AS line
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT tablename, true, indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'sequences', true, concat_ws(' ', sequencename, data_type, start_value, min_value, max_value,
      increment_by, cycle, cache_size) FROM pg_sequences WHERE schemaname = 'public' AND sequencename NOT LIKE 'berth%';`;

async function describePostgresql(server: DatabaseHost, database: string): Promise<SchemaDescription> {
  const columns = await server.run(database, POSTGRESQL_COLUMNS);
  const keys = await server.run(database, POSTGRESQL_KEYS);
  return byTable(asLines([...columns, ...keys]));
}

function asLines(rows: FixtureRows): readonly Line[] {
  return rows.map(({ table, line, sorted }) => ({ table: String(table), line: String(line), sorted: sorted === true }));
}

interface Line {
  readonly table: string;
  readonly line: string;
  /** False: its place among the others counts. */
  readonly sorted: boolean;
}

function byTable(lines: readonly Line[]): SchemaDescription {
  const tables = [...new Set(lines.map((line) => line.table))].sort();
  return Object.fromEntries(
    tables.map((table) => {
      const own = lines.filter((line) => line.table === table);
      const ordered = own.filter((line) => !line.sorted).map((line) => line.line);
      const sorted = own.filter((line) => line.sorted).map((line) => line.line);
      return [table, [...ordered, ...sorted.sort()]];
    }),
  );
}
