// A migration of Berth's own tables. Numbered without gaps; run once each, in order, under a lock of the database.
// Each only adds: an older Berth beside a newer one must go on working. What is to go, goes in a later release.

/** The words in which databases differ. */
export interface DdlWords {
  /** A text of more than 64 KiB. */
  readonly longText: string;
  /** `IF NOT EXISTS` where the database's DDL commits by itself, so that a run cut short can be repeated. */
  readonly ifNotExists: string;
  /** A column that is the key and counts up by itself. SQLite gives the number of the last row again once that is gone. */
  readonly growingId: string;
}

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: (words: DdlWords) => readonly string[];
}
