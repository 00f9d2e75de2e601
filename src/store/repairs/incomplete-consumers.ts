// Allocations whose consumer has no record, from before consumers had any. Each such consumer gets one, with generation
// 0, no type, and the project and user that the operator configured for those who are unknown. The column for the type is
// not named: on a schema two revisions back there is none.

import { sql } from 'kysely';
import type { ConsumerUuid, ProjectId, UserId } from '../../domain/ids.ts';
import { ensureProject, ensureUser } from '../records/consumers.ts';
import { statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import { BATCH_MAX, type Repair } from './repair.ts';

const countUnknown = statement()(({ db }) =>
  db
    .selectFrom('allocations')
    .leftJoin('consumers', 'consumers.uuid', 'allocations.consumer_id')
    .select(({ fn }) => fn.count<number>('allocations.consumer_id').distinct().as('count'))
    .where('consumers.id', 'is', null),
);
const selectUnknown = statement()(({ db }) =>
  db
    .selectFrom('allocations')
    .leftJoin('consumers', 'consumers.uuid', 'allocations.consumer_id')
    .select('allocations.consumer_id as uuid')
    .distinct()
    .where('consumers.id', 'is', null)
    .limit(sql.lit(BATCH_MAX)),
);
const insertConsumer = statement<{ uuid: ConsumerUuid; project: ProjectId; user: UserId; now: Timestamp }>()(
  ({ db, slot, ifAbsent }) =>
    ifAbsent(
      db.insertInto('consumers').values({
        uuid: slot.uuid,
        project_id: slot.project,
        user_id: slot.user,
        generation: 0,
        created_at: slot.now,
      }),
    ),
);

export const incompleteConsumers: Repair = {
  name: 'create_incomplete_consumers',
  title: 'consumers without a record',
  async count(tx) {
    return Number((await tx.first(countUnknown, {}))?.count ?? 0);
  },
  async run(tx, max, { owner }) {
    // Also when there is nothing to do, as the original does.
    const project = await ensureProject(tx, owner.project);
    const user = await ensureUser(tx, owner.user);
    const unknown = (await tx.rows(selectUnknown, {})).slice(0, max);
    let repaired = 0;
    for (const { uuid } of unknown) {
      if (await tx.insert(insertConsumer, { uuid, project, user, now: tx.now })) repaired += 1;
    }
    return { found: unknown.length, repaired };
  },
};
