// A step of OpenStack Placement's own chain of schema revisions. What it does is data, per database; a step that only
// checks has no statements.

import type { Connection } from '../../connection.ts';

export interface Revision {
  /** What `alembic_version` holds once the step is done. */
  readonly revision: string;
  /** Throws SchemaError, with what the operator must do first, when the records are not ready for the step. */
  readonly check?: (connection: Connection) => Promise<void>;
  readonly changes?: SchemaChanges;
}

export interface SchemaChanges {
  readonly sqlite: readonly string[];
  readonly postgresql: readonly string[];
  readonly mysql: readonly MysqlChange[];
}

/** MySQL and MariaDB commit each of these by itself: one that an earlier run has done must be recognised. */
export interface MysqlChange {
  readonly text: string;
  /** What the text adds or drops. */
  readonly part: SchemaPart;
  readonly effect: 'adds' | 'drops';
}

/** Something that a table has or has not. */
export interface SchemaPart {
  readonly kind: 'table' | 'column' | 'index' | 'constraint';
  readonly table: string;
  /** For a table its own name again. */
  readonly name: string;
}
