// From option values to Settings: units, edge values and what one option means for another.

import { buildKeystone } from './build-keystone-settings.ts';
import { databaseLocation } from './database-location.ts';
import type { OptionValues } from './option-values.ts';
import type {
  ApiSettings,
  BerthSettings,
  CorsSettings,
  DatabaseSettings,
  LimitSettings,
  PlacementSettings,
  PolicySettings,
  PoolSettings,
  RemotePolicySettings,
  Settings,
} from './settings.ts';

/** The longest time that timers of JavaScript can wait. */
const TIMER_MS_MAX = 2_147_483_647;

/**
 * The settings, or null when something is wrong; it has been reported to `values` then.
 *
 * @param purpose a command works without Keystone, so what is missing for that is no problem of its
 */
export function buildSettings(
  values: OptionValues,
  policyDirectories: readonly string[],
  purpose: 'service' | 'command',
): Settings | null {
  const database = buildDatabase(values);
  const api = buildApi(values);
  const settings = {
    placement: buildPlacement(values),
    api,
    keystone: purpose === 'service' && api.authStrategy === 'keystone' ? buildKeystone(values) : null,
    policy: buildPolicy(values, policyDirectories),
    cors: buildCors(values),
    enableProxyHeadersParsing: values.boolean('oslo_middleware', 'enable_proxy_headers_parsing'),
    log: { debug: values.boolean('DEFAULT', 'debug') },
    limits: buildLimits(values),
    berth: buildBerth(values),
  };
  return database === null ? null : { database, ...settings };
}

function buildDatabase(values: OptionValues): DatabaseSettings | null {
  const group = 'placement_database';
  const connection = values.string(group, 'connection');
  if (connection === null) {
    // Where something was written but cannot be used, that has been reported already.
    if (!values.isSet(group, 'connection')) {
      values.reject(group, 'connection', `value required for option connection in group [${group}]`);
    }
    return null;
  }
  const { location, problem } = databaseLocation(connection, values.string(group, 'connection_parameters') ?? '');
  if (location === undefined) {
    values.reject(group, 'connection', problem);
    return null;
  }
  return {
    connection: location,
    syncOnStartup: values.boolean(group, 'sync_on_startup'),
    sqliteSynchronous: values.boolean(group, 'sqlite_synchronous'),
    pool: buildPool(values),
  };
}

/** What SQLAlchemy takes when an option is empty (operations §1.8.5). */
const POOL_DEFAULTS = { size: 5, overflow: 10, timeoutSeconds: 30 };
/** `0` of `max_pool_size` and `-1` of `max_overflow` mean no limit; this many connections are as good as that. */
const CONNECTIONS_UNLIMITED = 100;

function buildPool(values: OptionValues): PoolSettings {
  const group = 'placement_database';
  const size = values.number(group, 'max_pool_size') ?? POOL_DEFAULTS.size;
  const overflow = values.number(group, 'max_overflow') ?? POOL_DEFAULTS.overflow;
  const attempts = values.number(group, 'max_retries') ?? 10;
  const unlimited = size <= 0 || overflow < 0;
  return {
    readConnectionsMax: unlimited ? CONNECTIONS_UNLIMITED : size + overflow,
    writeLanes: values.number('berth', 'write_lanes') ?? 1,
    deadlineMs: (values.number('berth', 'database_deadline') ?? 0) * 1000,
    startAttempts: attempts < 0 ? null : Math.max(attempts, 1),
    startIntervalMs: (values.number(group, 'retry_interval') ?? 10) * 1000,
    mysqlSqlMode: values.string(group, 'mysql_sql_mode') ?? '',
  };
}

function buildPlacement(values: OptionValues): PlacementSettings {
  const group = 'placement';
  const candidates = values.number(group, 'max_allocation_candidates') ?? -1;
  return {
    randomizeAllocationCandidates: values.boolean(group, 'randomize_allocation_candidates'),
    incompleteConsumerProjectId: values.string(group, 'incomplete_consumer_project_id') ?? '',
    incompleteConsumerUserId: values.string(group, 'incomplete_consumer_user_id') ?? '',
    maxAllocationCandidates: candidates < 0 ? null : Math.max(candidates, 1),
    generationStrategy:
      values.string(group, 'allocation_candidates_generation_strategy') === 'breadth-first'
        ? 'breadth-first'
        : 'depth-first',
  };
}

function buildApi(values: OptionValues): ApiSettings {
  return { authStrategy: values.string('api', 'auth_strategy') === 'noauth2' ? 'noauth2' : 'keystone' };
}

function buildPolicy(values: OptionValues, searchDirectories: readonly string[]): PolicySettings {
  const group = 'oslo_policy';
  const file = values.string(group, 'policy_file');
  return {
    enforceScope: values.boolean(group, 'enforce_scope'),
    enforceNewDefaults: values.boolean(group, 'enforce_new_defaults'),
    policyFile: file === '' ? null : file,
    policyFileFallback: values.isSet(group, 'policy_file') ? null : 'policy.json',
    policyDirs: (values.list(group, 'policy_dirs') ?? []).filter((directory) => directory !== ''),
    searchDirectories,
    defaultRule: values.string(group, 'policy_default_rule') ?? '',
    remote: buildRemote(values),
  };
}

function buildRemote(values: OptionValues): RemotePolicySettings {
  const group = 'oslo_policy';
  const isJson = values.string(group, 'remote_content_type') === 'application/json';
  return {
    contentType: isJson ? 'application/json' : 'application/x-www-form-urlencoded',
    verifyServerCertificate: values.boolean(group, 'remote_ssl_verify_server_crt'),
    caFile: values.string(group, 'remote_ssl_ca_crt_file'),
    clientCertificateFile: values.string(group, 'remote_ssl_client_crt_file'),
    clientKeyFile: values.string(group, 'remote_ssl_client_key_file'),
    timeoutMs: Math.min(Math.round((values.number(group, 'remote_timeout') ?? 60) * 1000), TIMER_MS_MAX),
  };
}

function buildCors(values: OptionValues): CorsSettings | null {
  const allowedOrigins = values.list('cors', 'allowed_origin') ?? [];
  if (allowedOrigins.length === 0) return null;
  return {
    allowedOrigins,
    allowCredentials: values.boolean('cors', 'allow_credentials'),
    maxAgeSeconds: values.number('cors', 'max_age') ?? 3600,
    allowMethods: values.list('cors', 'allow_methods') ?? [],
    allowHeaders: values.list('cors', 'allow_headers') ?? [],
    exposeHeaders: values.list('cors', 'expose_headers') ?? [],
  };
}

function buildLimits(values: OptionValues): LimitSettings {
  const limits = {
    bodyBytesMax: requiredNumber(values, 'body_bytes_max'),
    headerBytesMax: requiredNumber(values, 'header_bytes_max'),
    urlBytesMax: requiredNumber(values, 'url_bytes_max'),
    queryParametersMax: requiredNumber(values, 'query_parameters_max'),
    jsonDepthMax: requiredNumber(values, 'json_depth_max'),
    requestTimeoutMs: requiredNumber(values, 'request_timeout') * 1000,
    connectionsMax: requiredNumber(values, 'connections_max'),
    admission: {
      concurrentRequestsMax: requiredNumber(values, 'concurrent_requests_max'),
      waitingRequestsMax: requiredNumber(values, 'waiting_requests_max'),
      waitingTimeMaxMs: Math.min(requiredNumber(values, 'waiting_time_max') * 1000, TIMER_MS_MAX),
      overloadDelayMs: Math.min(requiredNumber(values, 'overload_delay') * 1000, TIMER_MS_MAX),
    },
  };
  if (limits.urlBytesMax >= limits.headerBytesMax) {
    const reason = `url_bytes_max (${limits.urlBytesMax}) must be less than header_bytes_max (${limits.headerBytesMax})`;
    values.reject('berth', values.isSet('berth', 'url_bytes_max') ? 'url_bytes_max' : 'header_bytes_max', reason);
  }
  return limits;
}

function buildBerth(values: OptionValues): BerthSettings {
  return {
    host: values.string('berth', 'host') ?? '',
    port: requiredNumber(values, 'port'),
    mountPrefix: (values.string('berth', 'mount_prefix') ?? '').replace(/\/$/, ''),
    allowRemoteNoauth: values.boolean('berth', 'allow_remote_noauth'),
    search: {
      searchStepsMax: requiredNumber(values, 'search_steps_max'),
      requestGroupsMax: requiredNumber(values, 'request_groups_max'),
      candidatesMax: requiredNumber(values, 'candidates_max'),
    },
    metrics: values.boolean('berth', 'metrics'),
    modelAuditIntervalMs: requiredNumber(values, 'model_audit_interval') * 1000 || null,
    workers: requiredNumber(values, 'workers'),
  };
}

/** A number of [berth]; unlike others these cannot be empty. */
function requiredNumber(values: OptionValues, name: string): number {
  const number = values.number('berth', name);
  if (number === null) values.reject('berth', name, 'a number is expected');
  return number ?? 0;
}
