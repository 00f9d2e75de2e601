// Records a revision of the schema without running anything, for databases whose tables are there but whose revision is
// not recorded, or wrongly (operations §5.1).

import type { Connection } from '../../connection.ts';
import { statement } from '../../statement.ts';
import { SchemaError } from '../schema-error.ts';
import { REVISIONS } from './index.ts';

const forget = statement()(({ db }) => db.deleteFrom('alembic_version'));
const record = statement<{ revision: string }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('alembic_version').values({ version_num: slot.revision })),
);

/**
 * The revision that an operator's word means: `head`, a revision, or a beginning that only one of them has; null for
 * `base`, which is before all of them. Throws {@link SchemaError} for anything else.
 */
export function revisionNamed(word: string): string | null {
  if (word === 'base') return null;
  if (word === 'head' || word === 'heads') return REVISIONS.at(-1) ?? null;
  const meant = REVISIONS.filter((revision) => revision.startsWith(word));
  const [only, ...others] = meant;
  if (only === undefined || others.length > 0) throw new SchemaError(`Can't locate revision identified by '${word}'`);
  return only;
}

/** Records the revision in place of whatever is recorded; null: none. */
export async function stampRevision(connection: Connection, revision: string | null): Promise<void> {
  if (!(await connection.tableNames()).has('alembic_version')) {
    await connection.command(
      'CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))',
    );
  }
  await connection.command(connection.dialect.name === 'mysql' ? 'START TRANSACTION' : 'BEGIN');
  try {
    await connection.change(forget, {});
    if (revision !== null) await connection.insert(record, { revision });
    await connection.command('COMMIT');
  } catch (error) {
    await connection.command('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
