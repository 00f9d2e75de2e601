// The row of berth_writers that stands for others (change-feed.ts), where their writes are, or were, noted already.

import type { Migration } from './migration.ts';

export const laneOfOthers: Migration = {
  version: 3,
  name: 'lane-of-others',
  statements: () => [
    `INSERT INTO berth_writers (id, last_seq, registered_at, seen_at)
       SELECT '00000000-0000-0000-0000-000000000000', 0, changed_at, '9999-12-31 23:59:59.999999'
         FROM berth_guards
        WHERE name = 'foreign-changes'
          AND NOT EXISTS (SELECT 1 FROM berth_writers WHERE id = '00000000-0000-0000-0000-000000000000')`,
  ],
};
