// The change feed: who writes, and what each of their commits changed (ARCHITECTURE.md, "The change feed").

import type { Migration } from './migration.ts';

export const changeFeed: Migration = {
  version: 1,
  name: 'change-feed',
  statements: [
    `CREATE TABLE berth_writers (
       id INTEGER NOT NULL PRIMARY KEY,
       token VARCHAR(36) NOT NULL,
       last_seq BIGINT NOT NULL,
       registered_at VARCHAR(32) NOT NULL,
       seen_at VARCHAR(32) NOT NULL)`,
    `CREATE TABLE berth_changes (
       writer_id INTEGER NOT NULL,
       seq BIGINT NOT NULL,
       providers TEXT NOT NULL,
       names INTEGER NOT NULL,
       created_at VARCHAR(32) NOT NULL,
       PRIMARY KEY (writer_id, seq))`,
  ],
};
