// Statements: built with Kysely, compiled once per dialect, run with named parameters. The text of a statement never
// depends on a value: every value is a bound parameter.

import {
  type Compilable,
  type Expression,
  type InsertQueryBuilder,
  type InsertResult,
  type Kysely,
  type RawBuilder,
  type SqlBool,
  sql,
} from 'kysely';
import type { BoundValue, Dialect, ListValue } from './dialect.ts';
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
  /** `column` (`table.column`) is among the values of the list parameter `name`. */
  within(column: `${keyof Tables}.${string}`, name: ListName<Parameters>): Expression<SqlBool>;
  /** Makes an insert do nothing where an equal row is there; see {@link Dialect.ifAbsent}. */
  ifAbsent<Table extends keyof Tables>(
    query: InsertQueryBuilder<Tables, Table, InsertResult>,
  ): InsertQueryBuilder<Tables, Table, InsertResult>;
  /** Locks the rows that the query reads until the transaction ends, where transactions can overlap. */
  forUpdate<Query extends { forUpdate(): Query }>(query: Query): Query;
}

/** A statement text with its parameters in order: names of parameters, or constants of the statement itself. */
export interface CompiledStatement {
  readonly text: string;
  readonly order: readonly (Slot | { readonly constant: BoundValue })[];
}

/** A text that can be prepared, and the values for it. */
export interface BoundStatement {
  readonly text: string;
  readonly values: BoundValue[];
}

/** A change as a text, and how many rows must match; null: any number. */
export interface BoundChange extends BoundStatement {
  readonly rows: number | null;
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
      ifAbsent: (insert) => dialect.ifAbsent(insert),
      forUpdate: (select) => (dialect.serialWrites ? select : select.forUpdate()),
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

/** The text and the values in its order. Texts vary only with the lengths of lists, and then by powers of two. */
export function bind(dialect: Dialect, compiled: CompiledStatement, parameters: NamedValues): BoundStatement {
  const values: BoundValue[] = [];
  const counts: number[] = [];
  for (const entry of compiled.order) {
    const before = values.length;
    if (!(entry instanceof Slot)) values.push(entry.constant);
    else if (!entry.list) values.push(boundValue(parameters[entry.name]));
    else if (dialect.bindList !== null) values.push(dialect.bindList(listOf(parameters, entry.name)));
    else values.push(...padded(listOf(parameters, entry.name)));
    counts.push(values.length - before);
  }
  if (values.length === counts.length) return { text: compiled.text, values };
  return { text: madeOnce(compiled, `values:${counts}`, () => expanded(compiled.text, counts)), values };
}

const textsMade = new WeakMap<CompiledStatement, Map<string, string>>();

/** A text that is made of a statement's own: the same again for the same form. */
function madeOnce(compiled: CompiledStatement, form: string, make: () => string): string {
  let texts = textsMade.get(compiled);
  if (texts === undefined) {
    texts = new Map();
    textsMade.set(compiled, texts);
  }
  let text = texts.get(form);
  if (text === undefined) {
    text = make();
    texts.set(form, text);
  }
  return text;
}

/**
 * Rows that one text inserts or changes at most. A text for every number up to that is prepared in time, which the server
 * has to keep; to make up each number of a few texts would take several round trips instead of one.
 */
const ROWS_AT_ONCE = 64;
const PLACEHOLDER = /\?|\$\d+/g;
/** An insert of one row: what comes before the row's placeholders, and these. */
const ONE_ROW = /^(.* values )(\([^()]*\))(.*)$/is;
/** A change of one row: what is changed, and the condition. */
const ONE_CHANGE = /^(.*) where (.*)$/is;

/** An insert of one row as inserts of as many as there are parameters for, some at a time. */
export function* bindRows(
  dialect: Dialect,
  compiled: CompiledStatement,
  parametersOfRows: readonly NamedValues[],
): Generator<BoundChange> {
  for (const some of someAtATime(parametersOfRows)) yield bindSome(dialect, compiled, some);
}

function bindSome(
  dialect: Dialect,
  compiled: CompiledStatement,
  parametersOfRows: readonly NamedValues[],
): BoundChange {
  const rows = parametersOfRows.length;
  const text = madeOnce(compiled, `rows:${rows}`, () => {
    const [, head, row, tail = ''] = ONE_ROW.exec(compiled.text) ?? [];
    if (head === undefined || row === undefined) throw new TypeError('not an insert of one row');
    const places = parametersOfRows.map((_, index) => numberedFrom(row, index * compiled.order.length));
    return `${head}${places.join(', ')}${tail}`;
  });
  return { text, rows, values: parametersOfRows.flatMap((parameters) => bind(dialect, compiled, parameters).values) };
}

/**
 * A change of one row as changes of several, some at a time. Their parameters differ in the condition alone, and no row
 * meets two of the conditions.
 */
export function* bindChanges(
  dialect: Dialect,
  compiled: CompiledStatement,
  parametersOfRows: readonly NamedValues[],
): Generator<BoundChange> {
  const { head, condition, inHead } = partsOfChange(compiled);
  const inCondition = compiled.order.length - inHead;
  for (const some of someAtATime(parametersOfRows)) {
    const text = madeOnce(compiled, `changes:${some.length}`, () => {
      const conditions = some.map((_, index) => `(${numberedFrom(condition, index * inCondition)})`);
      return `${head} where ${conditions.join(' or ')}`;
    });
    const values = some.map((parameters) => bind(dialect, compiled, parameters).values);
    const inOrder = [...(values[0]?.slice(0, inHead) ?? []), ...values.flatMap((all) => all.slice(inHead))];
    yield { text, rows: some.length, values: inOrder };
  }
}

/** A change of one row, taken apart. */
interface PartsOfChange {
  readonly head: string;
  readonly condition: string;
  /** Parameters of the head. */
  readonly inHead: number;
}

const partsKnown = new WeakMap<CompiledStatement, PartsOfChange>();

function partsOfChange(compiled: CompiledStatement): PartsOfChange {
  const known = partsKnown.get(compiled);
  if (known !== undefined) return known;
  const [, head, condition] = ONE_CHANGE.exec(compiled.text) ?? [];
  if (head === undefined || condition === undefined) throw new TypeError('not a change of one row');
  const parts = { head, condition, inHead: (head.match(PLACEHOLDER) ?? []).length };
  partsKnown.set(compiled, parts);
  return parts;
}

/** The same in their order, as many at a time as one text may hold. */
function* someAtATime<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += ROWS_AT_ONCE) yield items.slice(from, from + ROWS_AT_ONCE);
}

/** Placeholders that have numbers go on from that of another row. */
function numberedFrom(row: string, offset: number): string {
  return row.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + offset}`);
}

/** Repeats the last value until the length is a power of two, so that few texts are prepared. */
function padded(values: readonly ListValue[]): readonly BoundValue[] {
  const last = values.at(-1);
  if (last === undefined) return [null];
  const length = 2 ** Math.ceil(Math.log2(values.length));
  return [...values, ...Array.from({ length: length - values.length }, () => last)];
}

/** Gives each placeholder as many as it has values. Statement texts hold no other question marks. */
function expanded(text: string, counts: readonly number[]): string {
  const parts = text.split('?');
  return parts.reduce(
    (whole, part, index) =>
      whole +
      Array(counts[index - 1])
        .fill('?')
        .join(', ') +
      part,
  );
}

function listOf(parameters: NamedValues, name: string): readonly ListValue[] {
  const value = parameters[name];
  if (!Array.isArray(value) || !value.every(isListValue)) throw new TypeError(`parameter ${name} must be a list`);
  return value;
}

function isListValue(value: unknown): value is ListValue {
  return typeof value === 'string' || typeof value === 'number';
}

function boundValue(value: unknown): BoundValue {
  if (value === null || isListValue(value)) return value;
  throw new TypeError(`a ${typeof value} cannot be bound to a statement`);
}

function slots<Parameters>(): Slots<Parameters> {
  const proxy = new Proxy(Object.create(null), {
    get: (_target, name) => sql`${new Slot(String(name), false)}`,
  });
  // The proxy answers every name; the type says which names a statement may use.
  return proxy;
}
