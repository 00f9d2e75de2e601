// The change feed: who writes, and what each of their commits changed. Guards: see records/guards.ts.

import type { Migration } from './migration.ts';

export const changeFeed: Migration = {
  version: 1,
  name: 'change-feed',
  statements: ({ longText, ifNotExists }) => [
    `CREATE TABLE ${ifNotExists} berth_writers (
       id VARCHAR(36) NOT NULL PRIMARY KEY,
       last_seq BIGINT NOT NULL,
       registered_at VARCHAR(32) NOT NULL,
       seen_at VARCHAR(32) NOT NULL)`,
    `CREATE TABLE ${ifNotExists} berth_changes (
       writer_id VARCHAR(36) NOT NULL,
       seq BIGINT NOT NULL,
       providers ${longText} NOT NULL,
       names INTEGER NOT NULL,
       created_at VARCHAR(32) NOT NULL,
       PRIMARY KEY (writer_id, seq))`,
    `CREATE TABLE ${ifNotExists} berth_guards (
       name VARCHAR(64) NOT NULL PRIMARY KEY,
       version BIGINT NOT NULL,
       changed_at VARCHAR(32) NOT NULL)`,
  ],
};
