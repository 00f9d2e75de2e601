// The triggers that note what others write, in each database's own words. Berth's own write connections carry a mark that
// keeps the triggers quiet; SQLite knows no such mark, and there a change that is reported twice is merely loaded once.
// They must never fail: a trigger that does would fail the other service's write.

import type { DialectName } from '../dialect.ts';

/** A session variable of Berth's write connections on MySQL, and the statement that sets it. */
const MYSQL_MARK = '@berth_writer';
export const MARK_MYSQL_SESSION = `SET ${MYSQL_MARK} = 1`;
/** A setting of Berth's write connections on PostgreSQL, and the start-up option that makes it. */
const POSTGRESQL_MARK = 'berth.writer';
export const POSTGRESQL_SESSION_MARK = `-c ${POSTGRESQL_MARK}=on`;

interface Watched {
  readonly table: string;
  /** The column that names the provider; null where a change is one of names. */
  readonly provider: string | null;
}

/** All that the model is made of. Aggregates have no changes of their own: one is made before its first member. */
const WATCHED: readonly Watched[] = [
  { table: 'resource_providers', provider: 'id' },
  { table: 'inventories', provider: 'resource_provider_id' },
  { table: 'allocations', provider: 'resource_provider_id' },
  { table: 'resource_provider_traits', provider: 'resource_provider_id' },
  { table: 'resource_provider_aggregates', provider: 'resource_provider_id' },
  { table: 'traits', provider: null },
  { table: 'resource_classes', provider: null },
];

const EVENTS = [
  { event: 'INSERT', row: 'NEW' },
  { event: 'UPDATE', row: 'NEW' },
  { event: 'DELETE', row: 'OLD' },
] as const;

export interface TriggerSet {
  readonly names: readonly string[];
  /** Statements, each to be committed by itself: a lock is then held on one table at a time. */
  readonly install: readonly string[];
  readonly remove: readonly string[];
}

/** What is installed on a database of that kind. */
export function triggerSet(dialect: DialectName): TriggerSet {
  switch (dialect) {
    case 'sqlite':
      return oneForEachEvent((insert) => `BEGIN ${insert}; END`);
    case 'mysql':
      return oneForEachEvent((insert) => `FOR EACH ROW IF ${MYSQL_MARK} IS NULL THEN ${insert}; END IF`);
    case 'postgresql':
      return postgresqlTriggers();
  }
}

function oneForEachEvent(body: (insert: string) => string): TriggerSet {
  const triggers = WATCHED.flatMap(({ table, provider }) =>
    EVENTS.map(({ event, row }) => {
      const name = `berth_${table}_${event.toLowerCase()}`;
      const value = provider === null ? 'NULL' : `${row}.${provider}`;
      const insert = `INSERT INTO berth_foreign_changes (provider_id) VALUES (${value})`;
      return { name, create: `CREATE TRIGGER ${name} AFTER ${event} ON ${table} ${body(insert)}` };
    }),
  );
  const drop = (name: string) => `DROP TRIGGER IF EXISTS ${name}`;
  return {
    names: triggers.map(({ name }) => name),
    install: triggers.flatMap(({ name, create }) => [drop(name), create]),
    remove: triggers.map(({ name }) => drop(name)),
  };
}

/** Rights and search path of who installs it: the other service need not know the table. */
const POSTGRESQL_FUNCTION = `CREATE OR REPLACE FUNCTION berth_note_foreign_change() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_ARGV[0] = 'name' THEN
    INSERT INTO berth_foreign_changes (provider_id) VALUES (NULL);
  ELSIF TG_ARGV[0] = 'provider' THEN
    INSERT INTO berth_foreign_changes (provider_id) VALUES (CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END);
  ELSE
    INSERT INTO berth_foreign_changes (provider_id)
      VALUES (CASE WHEN TG_OP = 'DELETE' THEN OLD.resource_provider_id ELSE NEW.resource_provider_id END);
  END IF;
  RETURN NULL;
END $$`;

function postgresqlTriggers(): TriggerSet {
  const triggers = WATCHED.map(({ table, provider }) => {
    const name = `berth_${table}`;
    const kind = provider === null ? 'name' : provider === 'id' ? 'provider' : 'part';
    return {
      name,
      drop: `DROP TRIGGER IF EXISTS ${name} ON ${table}`,
      create: `CREATE TRIGGER ${name} AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW
        WHEN (current_setting('${POSTGRESQL_MARK}', true) IS DISTINCT FROM 'on')
        EXECUTE FUNCTION berth_note_foreign_change('${kind}')`,
    };
  });
  return {
    names: triggers.map(({ name }) => name),
    install: [POSTGRESQL_FUNCTION, ...triggers.flatMap(({ drop, create }) => [drop, create])],
    remove: [...triggers.map(({ drop }) => drop), 'DROP FUNCTION IF EXISTS berth_note_foreign_change()'],
  };
}
