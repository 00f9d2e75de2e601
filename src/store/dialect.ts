// What differs between databases in the text of a statement. One small implementation per database folder.

import type { Expression, InsertQueryBuilder, InsertResult, Kysely, RawBuilder, SqlBool } from 'kysely';
import type { Tables, Timestamp } from './tables.ts';

export type DialectName = 'sqlite' | 'mysql' | 'postgresql';

export interface Dialect {
  readonly name: DialectName;
  /** Builds and compiles statements; never runs one. */
  readonly builder: Kysely<Tables>;
  /** `expression` is one of the values of a list parameter. */
  within(expression: Expression<unknown>, list: RawBuilder<unknown>): Expression<SqlBool>;
  /** Binds a list to its one parameter; null where the text has a placeholder for each value instead. */
  readonly bindList: ((values: readonly ListValue[]) => BoundValue) | null;
  /** Makes an insert do nothing where an equal row is there, if the text can say so; the driver tells otherwise. */
  ifAbsent<Table extends keyof Tables>(
    query: InsertQueryBuilder<Tables, Table, InsertResult>,
  ): InsertQueryBuilder<Tables, Table, InsertResult>;
  /** Whether write transactions exclude each other by themselves, so that neither row locks nor guards are needed. */
  readonly serialWrites: boolean;
  /** The moment as this database stores it, without rounding it up. */
  timestamp(date: Date): Timestamp;
}

export type ListValue = string | number;

/** What can be bound to a parameter. */
export type BoundValue = string | number | null | readonly ListValue[];
