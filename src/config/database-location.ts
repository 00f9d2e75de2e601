// From a database URL to a place that can be connected to: the dialects' own query parameters are understood here
// (operations §1.9).

import { type DatabaseUrl, parseDatabaseUrl } from './database-url.ts';
import type { DatabaseLocation, DatabaseTls, ServerEndpoint, ServerLocation } from './settings.ts';

/** `problem` never contains a secret. */
export type DatabaseLocationResult =
  | { readonly location: DatabaseLocation; readonly problem?: never }
  | { readonly problem: string; readonly location?: never };

/** How long SQLite waits for another process's lock unless the URL says otherwise (operations §1.9). */
const BUSY_TIMEOUT_SECONDS = 5;
const TIMEOUT_SECONDS_MAX = 3600;
/** How long connecting to a server may take unless the URL says otherwise (operations §1.9). */
const CONNECT_TIMEOUT_SECONDS = 10;
const MYSQL_PORT = 3306;
const POSTGRESQL_PORT = 5432;
/** Where Debian's PostgreSQL has its socket. */
const POSTGRESQL_SOCKET_DIRECTORY = '/var/run/postgresql';

/** Where `connection` together with `connection_parameters` points to. */
export function databaseLocation(connection: string, parameters: string): DatabaseLocationResult {
  const { url, problem } = parseDatabaseUrl(connection, parameters);
  if (url === undefined) return { problem };
  switch (url.dialect) {
    case 'sqlite':
      return sqliteLocation(url);
    case 'mysql':
      return mysqlLocation(url);
    case 'postgresql':
      return postgresqlLocation(url);
  }
}

function sqliteLocation(url: DatabaseUrl): DatabaseLocationResult {
  if (url.username !== null || url.password !== null || url.host !== null || url.port !== null) {
    return {
      problem: 'a sqlite URL has no user, password, host or port: sqlite:///relative/path or sqlite:////absolute/path',
    };
  }
  if (url.database?.startsWith('file:')) return { problem: 'a sqlite URL names a path, not another URL (file:…)' };
  const timeout = seconds(url, 'timeout', BUSY_TIMEOUT_SECONDS);
  if (timeout === undefined) return { problem: `timeout is a number of seconds from 0 to ${TIMEOUT_SECONDS_MAX}` };
  const path = url.database === null || url.database === '' ? ':memory:' : url.database;
  return { location: { kind: 'sqlite', path, busyTimeoutMs: Math.round(timeout * 1000) } };
}

function mysqlLocation(url: DatabaseUrl): DatabaseLocationResult {
  if (last(url, 'read_default_file') !== null || last(url, 'read_default_group') !== null) {
    return { problem: 'read_default_file and read_default_group are not supported: write the values into the URL' };
  }
  const socketPath = last(url, 'unix_socket');
  const endpoint =
    socketPath === null ? { host: url.host ?? 'localhost', port: url.port ?? MYSQL_PORT } : { socketPath };
  return serverLocation(url, [endpoint], mysqlTls(url));
}

/** Any `ssl_…` parameter asks for TLS; a certificate authority asks for verification (operations §1.9). */
function mysqlTls(url: DatabaseUrl): DatabaseTls | null {
  if (truth(last(url, 'ssl_disabled')) === true) return null;
  const names = ['ssl_ca', 'ssl_capath', 'ssl_cert', 'ssl_key', 'ssl_cipher', 'ssl_check_hostname'];
  const switches = ['ssl_verify_cert', 'ssl_verify_identity'];
  const wanted =
    names.some((name) => last(url, name) !== null) || switches.some((name) => truth(last(url, name)) === true);
  if (!wanted) return null;
  const hasAuthority = last(url, 'ssl_ca') !== null || last(url, 'ssl_capath') !== null;
  const verifyIdentity = truth(last(url, 'ssl_verify_identity')) ?? false;
  const verifyCertificate = truth(last(url, 'ssl_verify_cert')) ?? (hasAuthority || verifyIdentity);
  return {
    caFile: last(url, 'ssl_ca'),
    certificateFile: last(url, 'ssl_cert'),
    keyFile: last(url, 'ssl_key'),
    verifyCertificate,
    verifyHost: verifyIdentity || (verifyCertificate && (truth(last(url, 'ssl_check_hostname')) ?? true)),
  };
}

/** `host` and `port` of the query win over the authority, several hosts are tried in order, a path is a socket. */
function postgresqlLocation(url: DatabaseUrl): DatabaseLocationResult {
  const hosts = (url.query.get('host') ?? []).flatMap((value) => value.split(','));
  const ports = (url.query.get('port') ?? []).flatMap((value) => value.split(','));
  if (ports.some((port) => !/^\d+$/.test(port))) return { problem: 'a number is expected as port' };
  const named = hosts.length > 0 ? hosts : [url.host ?? POSTGRESQL_SOCKET_DIRECTORY];
  const endpoints = named.map((text, index): ServerEndpoint => {
    const port = Number(ports[index] ?? ports.at(-1) ?? url.port ?? POSTGRESQL_PORT);
    if (text.startsWith('/')) return { socketPath: `${text}/.s.PGSQL.${port}` };
    const [, host = text, ownPort = port] = /^([^:]+):(\d+)$/.exec(text) ?? [];
    return { host, port: Number(ownPort) };
  });
  const mode = last(url, 'sslmode') ?? 'prefer';
  const tls = postgresqlTls(url, mode);
  if (tls === undefined) {
    return { problem: 'sslmode is one of disable, allow, prefer, require, verify-ca, verify-full' };
  }
  return serverLocation(url, endpoints, tls);
}

/** `allow` and `prefer`, which promise nothing, are taken as no TLS. Undefined: there is no such mode. */
function postgresqlTls(url: DatabaseUrl, mode: string): DatabaseTls | null | undefined {
  const files = {
    caFile: last(url, 'sslrootcert'),
    certificateFile: last(url, 'sslcert'),
    keyFile: last(url, 'sslkey'),
  };
  switch (mode) {
    case 'disable':
    case 'allow':
    case 'prefer':
      return null;
    case 'require':
      // As libpq has it: with a root certificate at hand, `require` verifies like `verify-ca`.
      return { ...files, verifyCertificate: files.caFile !== null, verifyHost: false };
    case 'verify-ca':
      return { ...files, verifyCertificate: true, verifyHost: false };
    case 'verify-full':
      return { ...files, verifyCertificate: true, verifyHost: true };
    default:
      return undefined;
  }
}

function serverLocation(
  url: DatabaseUrl,
  endpoints: readonly ServerEndpoint[],
  tls: DatabaseTls | null,
): DatabaseLocationResult {
  if (url.dialect === 'sqlite') return { problem: 'SQLite has no server' };
  if (url.database === null || url.database === '') return { problem: 'the URL names no database: …//host/database' };
  const connectTimeout = seconds(url, 'connect_timeout', CONNECT_TIMEOUT_SECONDS);
  if (connectTimeout === undefined || connectTimeout === 0) {
    return { problem: `connect_timeout is a number of seconds, more than 0, at most ${TIMEOUT_SECONDS_MAX}` };
  }
  const location: ServerLocation = {
    kind: url.dialect,
    endpoints,
    user: url.username,
    password: url.password,
    database: url.database,
    tls,
    connectTimeoutMs: Math.round(connectTimeout * 1000),
  };
  return { location };
}

/** The last value of a query parameter, or null. */
function last(url: DatabaseUrl, name: string): string | null {
  return url.query.get(name)?.at(-1) ?? null;
}

/** A number of seconds, or undefined when the text is none. */
function seconds(url: DatabaseUrl, name: string, otherwise: number): number | undefined {
  const text = last(url, name) ?? String(otherwise);
  const number = Number(text);
  const valid = /^\s*[+-]?[\d.]+\s*$/.test(text) && number >= 0 && number <= TIMEOUT_SECONDS_MAX;
  return valid ? number : undefined;
}

/** A switch of the driver, which the reference takes for true whenever it is not empty; here it is what it says. */
function truth(text: string | null): boolean | null {
  return text === null ? null : /^(true|1|on|yes)$/i.test(text.trim());
}
