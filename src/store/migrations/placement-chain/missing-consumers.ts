// Revision b5c396305c25 changes nothing: it refuses databases in which an allocation's consumer has no record yet.

import { statement } from '../../statement.ts';
import { SchemaError } from '../schema-error.ts';
import type { Revision } from './revision.ts';

const allocationWithoutConsumer = statement()(({ db }) =>
  db
    .selectFrom('allocations')
    .leftJoin('consumers', 'consumers.uuid', 'allocations.consumer_id')
    .select('allocations.id')
    .where('consumers.id', 'is', null)
    .limit(1),
);

export const missingConsumers: Revision = {
  revision: 'b5c396305c25',
  async check(connection) {
    if ((await connection.rows(allocationWithoutConsumer, {})).length === 0) return;
    throw new SchemaError(
      'There is at least one allocation record which is missing a consumer record. ' +
        'Run the "placement-manage db online_data_migrations" command.',
    );
  },
};
