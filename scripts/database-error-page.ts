// The part of docs/database-errors.md that is made from the tables of the store: every code of every database with the
// plan for it. The rest of the page is written by hand around it.

import { readFileSync } from 'node:fs';
import type { DatabaseErrorPlan, KnownDatabaseError } from '../src/store/database-errors.ts';
import { MYSQL_ERRORS } from '../src/store/mysql/errors.ts';
import { POSTGRESQL_ERRORS } from '../src/store/postgresql/errors.ts';
import { SQLITE_ERRORS } from '../src/store/sqlite/errors.ts';

export const DATABASE_ERROR_PAGE = new URL('../docs/database-errors.md', import.meta.url);

const BEGIN = '<!-- The table is made from src/store/*/errors.ts by `npm run docs`. Change it there. -->\n';
const END = '<!-- End of the table. -->\n';

const ACTIONS: Readonly<Record<DatabaseErrorPlan, string>> = {
  'run-again': 'runs the transaction again',
  reconnect: 'runs it again on a new connection',
  unavailable: '503',
  bug: '500',
};

const DATABASES: readonly (readonly [name: string, known: readonly KnownDatabaseError[]])[] = [
  ['MariaDB, MySQL', MYSQL_ERRORS],
  ['PostgreSQL', POSTGRESQL_ERRORS],
  ['SQLite', SQLITE_ERRORS],
];

/** The page as it is, with the table as it should be. */
export function databaseErrorPage(): string {
  const page = readFileSync(DATABASE_ERROR_PAGE, 'utf8');
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('docs/database-errors.md has lost the marks around its table');
  return `${page.slice(0, begin)}${BEGIN}\n${table()}\n${page.slice(end)}`;
}

function table(): string {
  const rows = DATABASES.flatMap(([name, known]) =>
    known.map(({ code, plan, meaning }) => [name, `\`${code}\``, meaning, ACTIONS[plan]]),
  );
  const columns = ['Database', 'Code', 'What it is', 'What Berth does'];
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
