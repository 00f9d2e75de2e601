// [api], [placement], [workarounds], [cors], [oslo_middleware], [profiler]: what the service answers and how
// (operations §1.8.2 to §1.8.4, §1.8.8 to §1.8.10).

import { optionGroup } from './option.ts';

const NO_ONE = '00000000-0000-0000-0000-000000000000';

const apiOptions = optionGroup('api', [
  {
    name: 'auth_strategy',
    type: 'string',
    default: 'keystone',
    choices: ['keystone', 'noauth2'],
    status: 'effective',
    formerNames: [{ group: 'DEFAULT', name: 'auth_strategy' }],
    help: 'Who says who is calling: Keystone, or (noauth2) the caller itself, for tests and closed networks.',
  },
]);

const placementOptions = optionGroup('placement', [
  {
    name: 'randomize_allocation_candidates',
    type: 'boolean',
    default: false,
    status: 'effective',
    help: 'Shuffle allocation candidates; with a limit, the answer is a random sample.',
  },
  {
    name: 'incomplete_consumer_project_id',
    type: 'string',
    default: NO_ONE,
    identifies: true,
    status: 'effective',
    help: 'Project recorded for allocations written below microversion 1.8.',
  },
  {
    name: 'incomplete_consumer_user_id',
    type: 'string',
    default: NO_ONE,
    identifies: true,
    status: 'effective',
    help: 'User recorded for allocations written below microversion 1.8.',
  },
  {
    name: 'allocation_conflict_retry_count',
    type: 'integer',
    default: 10,
    status: 'accepted',
    help: 'Attempts of an allocation write that loses a race. Berth tries until [berth] database_deadline, however often that is.',
  },
  {
    name: 'max_allocation_candidates',
    type: 'integer',
    default: -1,
    status: 'effective',
    help: 'Most candidates that are generated, before limit and sampling; negative: no bound; 0 acts as 1.',
  },
  {
    name: 'allocation_candidates_generation_strategy',
    type: 'string',
    default: 'depth-first',
    choices: ['depth-first', 'breadth-first'],
    status: 'effective',
    help: 'Order in which trees are visited; only visible together with a bound.',
  },
]);

const workaroundOptions = optionGroup('workarounds', [
  {
    name: 'optimize_for_wide_provider_trees',
    type: 'boolean',
    default: false,
    status: 'accepted',
    help: 'A faster search for wide trees. The search of Berth needs no switch for it.',
  },
]);

const corsOptions = optionGroup('cors', [
  {
    name: 'allowed_origin',
    type: 'list',
    default: null,
    status: 'effective',
    help: 'Origins whose pages may call the API from a browser; unset or empty: CORS is off.',
  },
  { name: 'allow_credentials', type: 'boolean', default: true, status: 'effective', help: 'Allow credentials.' },
  { name: 'max_age', type: 'integer', default: 3600, status: 'effective', help: 'Seconds a preflight may be cached.' },
  {
    name: 'allow_methods',
    type: 'list',
    default: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'],
    status: 'effective',
    help: 'Methods a page may use.',
  },
  {
    name: 'allow_headers',
    type: 'list',
    default: [
      'X-Auth-Token',
      'X-Openstack-Request-Id',
      'X-Identity-Status',
      'X-Roles',
      'X-Service-Catalog',
      'X-User-Id',
      'X-Tenant-Id',
      'OpenStack-API-Version',
    ],
    status: 'effective',
    help: 'Request headers a page may send.',
  },
  {
    name: 'expose_headers',
    type: 'list',
    default: ['X-Auth-Token', 'X-Openstack-Request-Id', 'X-Subject-Token', 'X-Service-Token', 'OpenStack-API-Version'],
    status: 'effective',
    help: 'Response headers a page may read.',
  },
]);

const middlewareOptions = optionGroup('oslo_middleware', [
  {
    name: 'enable_proxy_headers_parsing',
    type: 'boolean',
    default: false,
    status: 'effective',
    help: 'Trust Forwarded and X-Forwarded-* headers. Turn it on only behind a proxy that sets them.',
  },
]);

const profilerOptions = optionGroup('profiler', [
  {
    name: 'enabled',
    type: 'boolean',
    default: false,
    status: 'accepted',
    help: 'OSProfiler, which Berth does not have.',
  },
  {
    name: 'hmac_keys',
    type: 'string',
    default: null,
    secret: true,
    status: 'accepted',
    help: 'Keys of OSProfiler, which Berth does not have.',
  },
]);

export const serviceOptions = [
  ...apiOptions,
  ...placementOptions,
  ...workaroundOptions,
  ...corsOptions,
  ...middlewareOptions,
  ...profilerOptions,
];
