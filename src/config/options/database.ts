// [placement_database]: where the records are (operations §1.8.5). Those of pools and sessions
// concern database servers only.

import { optionGroup } from './option.ts';

export const databaseOptions = optionGroup('placement_database', [
  {
    name: 'connection',
    type: 'string',
    default: null,
    required: true,
    secret: true,
    status: 'effective',
    help: 'Database URL, as SQLAlchemy writes them, e.g. sqlite:////var/lib/berth/placement.sqlite.',
  },
  {
    name: 'connection_parameters',
    type: 'string',
    default: '',
    status: 'effective',
    help: 'More query parameters of the URL: k1=v1&k2=v2.',
  },
  {
    name: 'slave_connection',
    type: 'string',
    default: null,
    secret: true,
    status: 'accepted',
    help: 'A second database. Never read from: it could not show what was just written.',
  },
  {
    name: 'mysql_sql_mode',
    type: 'string',
    default: 'TRADITIONAL',
    status: 'effective',
    help: 'sql_mode of each MySQL session.',
  },
  {
    name: 'sqlite_synchronous',
    type: 'boolean',
    default: true,
    status: 'effective',
    help: 'False: SQLite does not wait for the disk, and a power cut may lose the last commits.',
  },
  {
    name: 'connection_recycle_time',
    type: 'integer',
    default: 3600,
    status: 'effective',
    help: 'Seconds after which a connection is replaced before its next use; -1: never.',
  },
  {
    name: 'max_pool_size',
    type: 'integer',
    default: null,
    status: 'effective',
    help: 'Connections kept per process; unset: 5; 0: no limit.',
  },
  {
    name: 'max_overflow',
    type: 'integer',
    default: null,
    status: 'effective',
    help: 'Further connections under load; unset: 10; -1: no limit.',
  },
  {
    name: 'pool_timeout',
    type: 'integer',
    default: null,
    status: 'effective',
    help: 'Seconds to wait for a free connection for reading; unset: 30. [berth] database_deadline bounds it too.',
  },
  {
    name: 'max_retries',
    type: 'integer',
    default: 10,
    status: 'effective',
    help: 'Attempts of the first connection; -1: for ever.',
  },
  {
    name: 'retry_interval',
    type: 'integer',
    default: 10,
    status: 'effective',
    help: 'Seconds between those attempts.',
  },
  {
    name: 'connection_debug',
    type: 'integer',
    default: 0,
    status: 'accepted',
    help: 'Log SQL and its results. They contain data of users, so Berth does not.',
  },
  {
    name: 'connection_trace',
    type: 'boolean',
    default: false,
    status: 'accepted',
    help: 'Names Python functions in comments of SQL. Concerns Python only.',
  },
  {
    name: 'sync_on_startup',
    type: 'boolean',
    default: false,
    status: 'effective',
    help: 'Create or migrate the schema before serving.',
  },
]);
