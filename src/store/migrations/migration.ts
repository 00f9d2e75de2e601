// A migration of Berth's own tables. Numbered without gaps; run once each, in order, under the write lock.

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}
