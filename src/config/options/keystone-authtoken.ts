// [keystone_authtoken]: how tokens are validated (operations §1.8.6). What the service logs in with may stand in a section
// of its own, so those options can be made for any section.

import { type Option, optionGroup } from './option.ts';

const GROUP = 'keystone_authtoken';
const former = (...names: readonly string[]) => names.map((name) => ({ group: GROUP, name }));

/** What is said once when an option of the shared cache is set. */
const NO_SHARED_CACHE = 'has no effect: each Berth process remembers validated tokens by itself';

const serverOptions = optionGroup(GROUP, [
  {
    name: 'www_authenticate_uri',
    type: 'string',
    default: null,
    status: 'effective',
    formerNames: former('auth_uri'),
    help: 'Address of Keystone that clients are shown in WWW-Authenticate.',
  },
  {
    name: 'auth_section',
    type: 'string',
    default: null,
    status: 'effective',
    help: 'Another section that holds auth_type and the credentials.',
  },
  {
    name: 'interface',
    type: 'string',
    default: 'internal',
    form: { pattern: /^(public|internal|admin)(URL)?$/, description: 'public, internal or admin' },
    status: 'effective',
    help: 'Which Identity endpoint of the catalog validates tokens: public, internal or admin.',
  },
  { name: 'region_name', type: 'string', default: null, status: 'effective', help: 'Region of that endpoint.' },
  { name: 'auth_version', type: 'string', default: null, status: 'accepted', help: 'Only v3 exists.' },
  {
    name: 'service_type',
    type: 'string',
    default: null,
    status: 'effective',
    help: 'Set to placement to let application credentials with access rules in.',
  },
  {
    name: 'http_connect_timeout',
    type: 'integer',
    default: null,
    min: 1,
    status: 'effective',
    help: 'Seconds until a request to Keystone fails; unset: 10.',
  },
  {
    name: 'http_request_max_retries',
    type: 'integer',
    default: 3,
    status: 'effective',
    help: 'Further attempts when the connection fails.',
  },
  { name: 'cafile', type: 'string', default: null, status: 'effective', help: 'Certificates to trust, in PEM.' },
  { name: 'certfile', type: 'string', default: null, status: 'effective', help: 'Client certificate.' },
  { name: 'keyfile', type: 'string', default: null, status: 'effective', help: 'Key of the client certificate.' },
  { name: 'insecure', type: 'boolean', default: false, status: 'effective', help: 'True: do not verify TLS.' },
  {
    name: 'include_service_catalog',
    type: 'boolean',
    default: true,
    status: 'effective',
    help: 'False: ask Keystone to leave the catalog out.',
  },
  {
    name: 'service_token_roles',
    type: 'list',
    default: ['service'],
    status: 'effective',
    help: 'Any of these roles makes a service token count.',
  },
  {
    name: 'service_token_roles_required',
    type: 'boolean',
    default: true,
    status: 'effective',
    help: 'Refuse service tokens that have none of these roles.',
  },
  {
    name: 'delay_auth_decision',
    type: 'boolean',
    default: false,
    status: 'accepted',
    help: 'Leave the refusal to the application.',
  },
  { name: 'enforce_token_bind', type: 'string', default: 'permissive', status: 'accepted', help: 'Obsolete.' },
  { name: 'cache', type: 'string', default: null, status: 'accepted', help: 'A cache in the WSGI environment.' },
]);

const cacheOptions = optionGroup(GROUP, [
  {
    name: 'memcached_servers',
    type: 'list',
    default: null,
    status: 'accepted',
    formerNames: former('memcache_servers'),
    warning: NO_SHARED_CACHE,
    help: 'host:port of shared token caches. Not used: each process has a cache of its own.',
  },
  {
    name: 'token_cache_time',
    type: 'integer',
    default: 300,
    status: 'effective',
    help: 'Seconds a validated token is remembered, at most until it expires; 0 and below: not at all.',
  },
  {
    name: 'memcache_security_strategy',
    type: 'string',
    default: 'None',
    choices: ['None', 'MAC', 'ENCRYPT'],
    anyCase: true,
    status: 'accepted',
    help: 'Protection of what is in the shared cache.',
  },
  {
    name: 'memcache_secret_key',
    type: 'string',
    default: null,
    secret: true,
    status: 'accepted',
    help: 'Key of that protection.',
  },
  { name: 'memcache_use_advanced_pool', type: 'boolean', default: true, status: 'accepted', help: 'Python only.' },
  {
    name: 'memcache_pool_dead_retry',
    type: 'integer',
    default: 300,
    status: 'accepted',
    help: 'Seconds a dead cache server is left alone.',
  },
  { name: 'memcache_pool_maxsize', type: 'integer', default: 10, status: 'accepted', help: 'Connections per server.' },
  {
    name: 'memcache_pool_socket_timeout',
    type: 'integer',
    default: 3,
    status: 'accepted',
    help: 'Seconds to wait for a cache server.',
  },
  {
    name: 'memcache_pool_unused_timeout',
    type: 'integer',
    default: 60,
    status: 'accepted',
    help: 'Seconds an unused connection is kept.',
  },
  {
    name: 'memcache_pool_conn_get_timeout',
    type: 'integer',
    default: 10,
    status: 'accepted',
    help: 'Seconds to wait for a free connection.',
  },
  { name: 'memcache_sasl_enabled', type: 'boolean', default: false, status: 'accepted', help: 'Log in with SASL.' },
  { name: 'memcache_username', type: 'string', default: '', status: 'accepted', help: 'User of SASL.' },
  {
    name: 'memcache_password',
    type: 'string',
    default: '',
    secret: true,
    status: 'accepted',
    help: 'Password of SASL.',
  },
  { name: 'memcache_tls_enabled', type: 'boolean', default: false, status: 'accepted', help: 'Use TLS.' },
  { name: 'memcache_tls_cafile', type: 'string', default: null, status: 'accepted', help: 'Certificates to trust.' },
  { name: 'memcache_tls_certfile', type: 'string', default: null, status: 'accepted', help: 'Client certificate.' },
  { name: 'memcache_tls_keyfile', type: 'string', default: null, status: 'accepted', help: 'Key of that certificate.' },
  { name: 'memcache_tls_allowed_ciphers', type: 'string', default: null, status: 'accepted', help: 'TLS ciphers.' },
]);

/** What `auth_section` moves to another section, for that section. */
export function loginOptions(group: string): readonly Option[] {
  const former = (...names: readonly string[]) => names.map((name) => ({ group, name }));
  return optionGroup(group, [
    {
      name: 'auth_type',
      type: 'string',
      default: null,
      status: 'effective',
      formerNames: former('auth_plugin'),
      help: 'How the service logs in: password, v3password or v3applicationcredential.',
    },
    { name: 'auth_url', type: 'string', default: null, status: 'effective', help: 'Base URL of Identity.' },
    {
      name: 'username',
      type: 'string',
      default: null,
      status: 'effective',
      formerNames: former('user_name', 'user-name'),
      help: 'User that the service logs in as.',
    },
    { name: 'user_id', type: 'string', default: null, status: 'effective', help: 'The same by id.' },
    { name: 'user_domain_name', type: 'string', default: null, status: 'effective', help: 'Domain of the user.' },
    { name: 'user_domain_id', type: 'string', default: null, status: 'effective', help: 'The same by id.' },
    {
      name: 'password',
      type: 'string',
      default: null,
      secret: true,
      status: 'effective',
      help: 'Password of the user.',
    },
    {
      name: 'project_name',
      type: 'string',
      default: null,
      status: 'effective',
      formerNames: former('tenant_name', 'tenant-name'),
      help: 'Project that the service logs in to.',
    },
    {
      name: 'project_id',
      type: 'string',
      default: null,
      status: 'effective',
      formerNames: former('tenant_id'),
      help: 'The same by id.',
    },
    { name: 'project_domain_name', type: 'string', default: null, status: 'effective', help: 'Domain of the project.' },
    { name: 'project_domain_id', type: 'string', default: null, status: 'effective', help: 'The same by id.' },
    {
      name: 'default_domain_name',
      type: 'string',
      default: null,
      status: 'effective',
      help: 'Domain where none is named.',
    },
    { name: 'default_domain_id', type: 'string', default: null, status: 'effective', help: 'The same by id.' },
    { name: 'system_scope', type: 'string', default: null, status: 'effective', help: 'Log in to the system: all.' },
    { name: 'domain_id', type: 'string', default: null, status: 'effective', help: 'Log in to a domain.' },
    { name: 'domain_name', type: 'string', default: null, status: 'effective', help: 'The same by name.' },
    { name: 'trust_id', type: 'string', default: null, status: 'effective', help: 'Log in by a trust.' },
    {
      name: 'application_credential_id',
      type: 'string',
      default: null,
      status: 'effective',
      help: 'Application credential.',
    },
    {
      name: 'application_credential_name',
      type: 'string',
      default: null,
      status: 'effective',
      help: 'The same by name.',
    },
    {
      name: 'application_credential_secret',
      type: 'string',
      default: null,
      secret: true,
      status: 'effective',
      help: 'Secret of the application credential.',
    },
  ]);
}

export const keystoneOptions = [...serverOptions, ...cacheOptions, ...loginOptions(GROUP)];
