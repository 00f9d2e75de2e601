// From option values to Settings: units, edge values and what one option means for another.

import { resolve } from 'node:path';
import { buildKeystone } from './build-keystone-settings.ts';
import { databaseLocation } from './database-location.ts';
import type { OptionValues } from './option-values.ts';
import type {
  ApiSettings,
  BerthSettings,
  CorsSettings,
  DatabaseSettings,
  IdentifierSettings,
  LimitSettings,
  ListenerTlsSettings,
  LogSettings,
  PlacementSettings,
  PolicySettings,
  PoolSettings,
  RemotePolicySettings,
  Settings,
  SocketSettings,
} from './settings.ts';

/** The longest time that timers of JavaScript can wait. */
const TIMER_MS_MAX = 2_147_483_647;

/**
 * The settings, or null when something is wrong; it has been reported to `values` then.
 *
 * @param programName what a log file in `log_dir` is named after
 * @param purpose a command works without Keystone, so what is missing for that is no problem of its
 */
export function buildSettings(
  values: OptionValues,
  policyDirectories: readonly string[],
  purpose: 'service' | 'command',
  programName: string,
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
    log: buildLog(values, programName),
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
  const waitSeconds = values.number(group, 'pool_timeout') ?? POOL_DEFAULTS.timeoutSeconds;
  const recycleSeconds = values.number(group, 'connection_recycle_time') ?? -1;
  const unlimited = size <= 0 || overflow < 0;
  return {
    readConnectionsMax: unlimited ? CONNECTIONS_UNLIMITED : size + overflow,
    readWaitMaxMs: Math.min(Math.max(waitSeconds, 0) * 1000, TIMER_MS_MAX),
    connectionAgeMaxMs: recycleSeconds < 0 ? null : recycleSeconds * 1000,
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
    caFile: values.string(group, 'remote_ssl_ca_crt_file') || null,
    clientCertificateFile: values.string(group, 'remote_ssl_client_crt_file') || null,
    clientKeyFile: values.string(group, 'remote_ssl_client_key_file') || null,
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
    unsentBytesMax: requiredNumber(values, 'unsent_bytes_max'),
    admission: {
      concurrentRequestsMax: requiredNumber(values, 'concurrent_requests_max'),
      waitingRequestsMax: requiredNumber(values, 'waiting_requests_max'),
      waitingTimeMaxMs: requiredSeconds(values, 'waiting_time_max'),
      overloadDelayMs: requiredSeconds(values, 'overload_delay'),
    },
  };
  if (limits.urlBytesMax >= limits.headerBytesMax) {
    const reason = `url_bytes_max (${limits.urlBytesMax}) must be less than header_bytes_max (${limits.headerBytesMax})`;
    values.reject('berth', values.isSet('berth', 'url_bytes_max') ? 'url_bytes_max' : 'header_bytes_max', reason);
  }
  return limits;
}

/** The shortest key that nobody guesses. */
const KEY_LENGTH_MIN = 16;

function buildLog(values: OptionValues, programName: string): LogSettings {
  const file = values.string('DEFAULT', 'log_file') || null;
  const directory = values.string('DEFAULT', 'log_dir') || null;
  return {
    debug: values.boolean('DEFAULT', 'debug'),
    options: values.boolean('DEFAULT', 'log_options'),
    file: directory === null ? file : resolve(directory, file ?? `${programName}.log`),
    stderr: values.boolean('DEFAULT', 'use_stderr'),
    identifiers: buildIdentifiers(values),
  };
}

function buildIdentifiers(values: OptionValues): IdentifierSettings {
  const kind = values.string('berth', 'log_identifiers');
  if (kind === 'plain') return { kind };
  if (kind !== 'hashed') return { kind: 'none' };
  const key = values.string('berth', 'log_identifiers_key') ?? '';
  if (key.length < KEY_LENGTH_MIN) {
    const reason = `log_identifiers = hashed needs a key of at least ${KEY_LENGTH_MIN} characters`;
    values.reject('berth', 'log_identifiers_key', reason);
  }
  return { kind, key };
}

function buildSocket(values: OptionValues): SocketSettings | null {
  const path = values.string('berth', 'socket');
  return path === null ? null : { path, mode: Number.parseInt(values.string('berth', 'socket_mode') ?? '', 8) };
}

function buildListenerTls(values: OptionValues): ListenerTlsSettings | null {
  const certificateFile = values.string('berth', 'tls_certificate') || null;
  const keyFile = values.string('berth', 'tls_key') || null;
  if (certificateFile === null && keyFile === null) return null;
  if (certificateFile === null || keyFile === null) {
    const missing = certificateFile === null ? 'tls_certificate' : 'tls_key';
    values.reject('berth', missing, 'tls_certificate and tls_key go together');
    return null;
  }
  return { certificateFile, keyFile };
}

function buildBerth(values: OptionValues): BerthSettings {
  return {
    host: values.string('berth', 'host') ?? '',
    port: requiredNumber(values, 'port'),
    socket: buildSocket(values),
    tls: buildListenerTls(values),
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
function requiredNumber(values: OptionValues, name: string, kind: 'a whole number' | 'a number' = 'a whole number') {
  const number = values.number('berth', name);
  if (number === null) values.reject('berth', name, `${kind} is expected`);
  return number ?? 0;
}

/** Seconds of [berth], with fractions, as milliseconds. */
function requiredSeconds(values: OptionValues, name: string): number {
  return Math.min(requiredNumber(values, name, 'a number') * 1000, TIMER_MS_MAX);
}
