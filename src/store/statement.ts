// Statements: built with Kysely, compiled once per dialect, run with named parameters. The text of a statement never
// depends on a value: every value is a bound parameter, and a list is bound as one parameter too.

import {
  type Compilable,
  type Expression,
  type Kysely,
  type RawBuilder,
  type ReferenceExpression,
  type SqlBool,
  sql,
} from 'kysely';
import type { BoundValue, Dialect } from './dialect.ts';
import type { Tables } from './tables.ts';

/** Values of a statement's parameters, by name. */
export type NamedValues = Readonly<Record<string, unknown>>;

/** Names of the parameters that are lists. */
type ListName<Parameters> = {
  [Name in keyof Parameters]: Parameters[Name] extends readonly unknown[] ? Name : never;
}[keyof Parameters] &
  string;

/** Stand-ins for the parameters while a statement is built. */
export type Slots<Parameters> = { readonly [Name in keyof Parameters]: RawBuilder<Parameters[Name]> };

export interface StatementBuilder<Parameters> {
  readonly db: Kysely<Tables>;
  readonly slot: Slots<Parameters>;
  /** `column` is among the values of the list parameter `name`. */
  within(column: ReferenceExpression<Tables, keyof Tables> & string, name: ListName<Parameters>): Expression<SqlBool>;
}

/** A statement text with its parameters in order: names of parameters, or constants of the statement itself. */
export interface CompiledStatement {
  readonly text: string;
  readonly order: readonly (Slot | { readonly constant: BoundValue })[];
}

/** Marks the place of a named parameter among the compiled parameters. */
class Slot {
  readonly name: string;
  readonly list: boolean;
  constructor(name: string, list: boolean) {
    this.name = name;
    this.list = list;
  }
}

/** A statement with parameters of type `Parameters` and result rows of type `Row`. */
export class Statement<Parameters, Row> {
  readonly #build: (builder: StatementBuilder<Parameters>) => Compilable<Row>;
  readonly #compiled = new Map<Dialect, CompiledStatement>();

  constructor(build: (builder: StatementBuilder<Parameters>) => Compilable<Row>) {
    this.#build = build;
  }

  /** The text for this dialect; compiled at first use. */
  compiled(dialect: Dialect): CompiledStatement {
    const known = this.#compiled.get(dialect);
    if (known !== undefined) return known;
    const query = this.#build({
      db: dialect.builder,
      slot: slots<Parameters>(),
      within: (column, name) => dialect.within(sql.ref(column), sql`${new Slot(name, true)}`),
    }).compile();
    const compiled = {
      text: query.sql,
      order: query.parameters.map((parameter) =>
        parameter instanceof Slot ? parameter : { constant: boundValue(parameter) },
      ),
    };
    this.#compiled.set(dialect, compiled);
    return compiled;
  }
}

/** The rows of a statement. */
export type RowOf<Of> = Of extends Statement<infer _Parameters, infer Row> ? Row : never;

/**
 * Declares a statement: `statement<{uuid: string}>()(({db, slot}) => db.selectFrom('t').where('uuid', '=', slot.uuid))`.
 * The two calls let TypeScript take the parameters as given and infer the rows.
 */
export function statement<Parameters = Record<never, never>>() {
  return <Row>(build: (builder: StatementBuilder<Parameters>) => Compilable<Row>): Statement<Parameters, Row> =>
    new Statement(build);
}

/** The values of a statement's parameters in the order of its text. */
export function bind(dialect: Dialect, compiled: CompiledStatement, parameters: NamedValues): BoundValue[] {
  return compiled.order.map((entry) => {
    if (!(entry instanceof Slot)) return entry.constant;
    const value = parameters[entry.name];
    if (entry.list) {
      if (!Array.isArray(value)) throw new TypeError(`parameter ${entry.name} must be a list`);
      return dialect.encodeList(value);
    }
    return boundValue(value);
  });
}

function boundValue(value: unknown): BoundValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`a ${typeof value} cannot be bound to a statement`);
}

function slots<Parameters>(): Slots<Parameters> {
  const proxy = new Proxy(Object.create(null), {
    get: (_target, name) => sql`${new Slot(String(name), false)}`,
  });
  // The proxy answers every name; the type says which names a statement may use.
  return proxy;
}
