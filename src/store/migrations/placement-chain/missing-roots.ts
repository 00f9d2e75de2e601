// Revision 611cd6dffd7b changes nothing: it refuses databases in which a provider has no root yet.

import { statement } from '../../statement.ts';
import { SchemaError } from '../schema-error.ts';
import type { Revision } from './revision.ts';

const rootlessProvider = statement()(({ db }) =>
  db.selectFrom('resource_providers').select('id').where('root_provider_id', 'is', null).limit(1),
);

export const missingRoots: Revision = {
  revision: '611cd6dffd7b',
  async check(connection) {
    if ((await connection.rows(rootlessProvider, {})).length === 0) return;
    throw new SchemaError(
      'There is at least one resource provider table record which is missing its root provider id. ' +
        'Run the "placement-manage db online_data_migrations" command.',
    );
  },
};
