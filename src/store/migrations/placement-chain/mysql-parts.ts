// Whether a table of MySQL or MariaDB has a part: asked of `information_schema`, for the databases' words `IF EXISTS` and
// `IF NOT EXISTS` are not the same everywhere.

import { type Kysely, sql } from 'kysely';
import type { Connection } from '../../connection.ts';
import { statement } from '../../statement.ts';
import type { Tables } from '../../tables.ts';
import type { SchemaPart } from './revision.ts';

interface Fact {
  readonly table_schema: string;
  readonly table_name: string;
  readonly name: string;
}

/** The parts that the current database has, by table and name. */
function partsOf(db: Kysely<Tables>, view: string, nameColumn: string) {
  const facts = sql<Fact>`(select table_schema, table_name, ${sql.ref(nameColumn)} as name
    from information_schema.${sql.ref(view)} where table_schema = database())`;
  return db.selectFrom(facts.as('facts'));
}

function exists(view: string, nameColumn: string) {
  return statement<{ table: string; name: string }>()(({ db, slot }) =>
    partsOf(db, view, nameColumn)
      .select('facts.name')
      .where('facts.table_name', '=', slot.table)
      .where('facts.name', '=', slot.name)
      .limit(1),
  );
}

const STATEMENTS = {
  table: exists('tables', 'table_name'),
  column: exists('columns', 'column_name'),
  index: exists('statistics', 'index_name'),
  constraint: exists('table_constraints', 'constraint_name'),
};

/** Whether the part is there. */
export async function hasPart(connection: Connection, { kind, table, name }: SchemaPart): Promise<boolean> {
  return (await connection.rows(STATEMENTS[kind], { table, name })).length > 0;
}
