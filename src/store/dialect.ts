// What differs between databases in the text of a statement. One small implementation per database folder.

import type { Expression, Kysely, RawBuilder, SqlBool } from 'kysely';
import type { Tables } from './tables.ts';

export interface Dialect {
  readonly name: 'sqlite';
  /** Builds and compiles statements; never runs one. */
  readonly builder: Kysely<Tables>;
  /** `expression` is one of the values of a list that is bound as one parameter, so that the text never varies. */
  within(expression: Expression<unknown>, list: RawBuilder<unknown>): Expression<SqlBool>;
  /** How a list is bound to its one parameter. */
  encodeList(values: readonly unknown[]): BoundValue;
}

/** What can be bound to a parameter. */
export type BoundValue = string | number | null;
