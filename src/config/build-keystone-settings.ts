// From [keystone_authtoken] to KeystoneSettings (operations §1.8.6). What is missing or contradicts itself is reported at
// the start, all of it at once: the reference starts without it and then fails on every request.

import type { OptionValues } from './option-values.ts';
import { loginOptions } from './options/keystone-authtoken.ts';
import type {
  KeystoneDomain,
  KeystoneLogin,
  KeystoneScope,
  KeystoneSettings,
  KeystoneTlsSettings,
  KeystoneUser,
} from './settings.ts';

const GROUP = 'keystone_authtoken';
/** The reference waits for ever. With three more attempts and their pauses this stays within a request's time. */
const REQUEST_TIMEOUT_SECONDS = 10;
const CACHE_SECONDS_MAX = 24 * 60 * 60;

const AUTH_TYPES = ['password', 'v3password', 'v3applicationcredential'] as const;
type AuthType = (typeof AUTH_TYPES)[number];

/** The settings, or null when something is wrong; it has been reported to `values` then. */
export function buildKeystone(values: OptionValues): KeystoneSettings | null {
  const section = loginSection(values);
  const authUrl = buildAuthUrl(values, section);
  const authType = buildAuthType(values, section);
  const login = authType === null ? null : buildLogin(values, section, authType);
  const wwwAuthenticateUri = buildWwwAuthenticateUri(values, authUrl);
  checkSharedCache(values);
  if (authUrl === null || login === null || wwwAuthenticateUri === null) return null;
  return {
    authUrl,
    // The other types name their version; only this one finds out (operations §2.3).
    discoverVersion: authType === 'password',
    login,
    endpoint: { interface: buildInterface(values), region: filled(values, GROUP, 'region_name') },
    wwwAuthenticateUri,
    serviceType: filled(values, GROUP, 'service_type'),
    includeServiceCatalog: values.boolean(GROUP, 'include_service_catalog'),
    serviceTokenRoles: (values.list(GROUP, 'service_token_roles') ?? []).filter((role) => role !== ''),
    serviceTokenRolesRequired: values.boolean(GROUP, 'service_token_roles_required'),
    tokenCacheMs: buildTokenCacheMs(values),
    requestTimeoutMs: (values.number(GROUP, 'http_connect_timeout') ?? REQUEST_TIMEOUT_SECONDS) * 1000,
    retriesMax: Math.max(values.number(GROUP, 'http_request_max_retries') ?? 0, 0),
    tls: buildTls(values),
  };
}

/** Where auth_type, auth_url and the credentials stand. */
function loginSection(values: OptionValues): string {
  const named = filled(values, GROUP, 'auth_section')?.trim();
  if (named === undefined || named === '') return GROUP;
  // Section names but [DEFAULT] are read without regard to case (operations §1.3).
  const section = named === 'DEFAULT' ? named : named.toLowerCase();
  values.adopt(loginOptions(section));
  return section;
}

function buildAuthType(values: OptionValues, section: string): AuthType | null {
  const written = filled(values, section, 'auth_type');
  if (written === null) return missing(values, section, 'auth_type', `one of ${AUTH_TYPES.join(', ')}`);
  const type = AUTH_TYPES.find((each) => each === written);
  if (type === undefined) values.reject(section, 'auth_type', `Valid values are [${AUTH_TYPES.join(', ')}]`);
  return type ?? null;
}

function buildAuthUrl(values: OptionValues, section: string): string | null {
  const written = filled(values, section, 'auth_url');
  if (written === null) return missing(values, section, 'auth_url', 'the base URL of Identity');
  const url = URL.parse(written);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    const reason = 'a URL that begins with http:// or https:// and has no user and password in it is expected';
    values.reject(section, 'auth_url', reason, written.includes('@') ? 'mask' : 'show');
    return null;
  }
  return `${url.origin}${url.pathname}`;
}

function buildLogin(values: OptionValues, section: string, authType: AuthType): KeystoneLogin | null {
  if (authType === 'v3applicationcredential') return buildApplicationCredential(values, section);
  const defaultDomain = authType === 'password' ? domainOf(values, section, 'default_domain') : null;
  const user = buildUser(values, section, authType, defaultDomain);
  const password =
    values.string(section, 'password') ?? missing(values, section, 'password', `with auth_type = ${authType}`);
  const scope = buildScope(values, section, authType, defaultDomain);
  if (user === null || password === null || scope === null) return null;
  return { method: 'password', user, password, scope };
}

function buildApplicationCredential(values: OptionValues, section: string): KeystoneLogin | null {
  const id = filled(values, section, 'application_credential_id');
  const name = filled(values, section, 'application_credential_name');
  const wanted = 'with auth_type = v3applicationcredential';
  const secret =
    filled(values, section, 'application_credential_secret') ??
    missing(values, section, 'application_credential_secret', wanted);
  const scopes = writtenScopes(values, section);
  if (scopes.length > 0) {
    values.warn(`[${section}] ${scopes.join(', ')} without effect: an application credential has its own project`);
  }
  if (id !== null) return secret === null ? null : { method: 'application-credential', id, secret };
  if (name === null) {
    return missing(
      values,
      section,
      'application_credential_id',
      `${wanted}, or application_credential_name and its user`,
    );
  }
  const user = buildUser(values, section, 'application_credential_name', null);
  return user === null || secret === null ? null : { method: 'named-application-credential', name, user, secret };
}

function buildUser(
  values: OptionValues,
  section: string,
  reason: string,
  defaultDomain: KeystoneDomain | null,
): KeystoneUser | null {
  const id = filled(values, section, 'user_id');
  if (id !== null) return { id };
  const name = filled(values, section, 'username');
  if (name === null) return missing(values, section, 'username', `or user_id, with ${reason}`);
  const domain = domainOf(values, section, 'user_domain') ?? defaultDomain;
  if (domain === null) return missing(values, section, 'user_domain_name', 'or user_domain_id, with username');
  return { name, domain };
}

/** Exactly one scope: a token without any has no catalog, and Identity would not be found in it. */
function buildScope(
  values: OptionValues,
  section: string,
  authType: AuthType,
  defaultDomain: KeystoneDomain | null,
): KeystoneScope | null {
  const [first, ...more] = writtenScopes(values, section);
  if (first === undefined) {
    return missing(values, section, 'project_name', `or another scope, with auth_type = ${authType}`);
  }
  if (more.length > 0) {
    values.reject(section, first, `only one scope can be logged in to, but there is also ${more.join(', ')}`);
    return null;
  }
  switch (first) {
    case 'project_name':
      return buildProject(values, section, defaultDomain);
    case 'domain_name': {
      const domain = domainOf(values, section, 'domain');
      return domain === null ? null : { kind: 'domain', domain };
    }
    case 'trust_id':
      return { kind: 'trust', trustId: filled(values, section, 'trust_id') ?? '' };
    case 'system_scope':
      if (filled(values, section, 'system_scope') === 'all') return { kind: 'system' };
      values.reject(section, 'system_scope', 'Valid values are [all]');
      return null;
  }
}

function buildProject(
  values: OptionValues,
  section: string,
  defaultDomain: KeystoneDomain | null,
): KeystoneScope | null {
  const id = filled(values, section, 'project_id');
  if (id !== null) return { kind: 'project', project: { id } };
  const name = filled(values, section, 'project_name') ?? '';
  const domain = domainOf(values, section, 'project_domain') ?? defaultDomain;
  if (domain === null)
    return missing(values, section, 'project_domain_name', 'or project_domain_id, with project_name');
  return { kind: 'project', project: { name, domain } };
}

type ScopeOption = 'project_name' | 'domain_name' | 'trust_id' | 'system_scope';

/** The scopes that are set, each by one of its names. */
function writtenScopes(values: OptionValues, section: string): readonly ScopeOption[] {
  const isSet = (...names: readonly string[]) => names.some((name) => filled(values, section, name) !== null);
  const scopes: ScopeOption[] = [];
  if (isSet('project_name', 'project_id')) scopes.push('project_name');
  if (isSet('domain_name', 'domain_id')) scopes.push('domain_name');
  if (isSet('trust_id')) scopes.push('trust_id');
  if (isSet('system_scope')) scopes.push('system_scope');
  return scopes;
}

/** A domain by `<prefix>_id` or else `<prefix>_name`. */
function domainOf(values: OptionValues, section: string, prefix: string): KeystoneDomain | null {
  const id = filled(values, section, `${prefix}_id`);
  if (id !== null) return { id };
  const name = filled(values, section, `${prefix}_name`);
  return name === null ? null : { name };
}

function buildWwwAuthenticateUri(values: OptionValues, authUrl: string | null): string | null {
  const written = filled(values, GROUP, 'www_authenticate_uri');
  if (written === null) {
    values.warn(
      `[${GROUP}] www_authenticate_uri is not set; clients are shown auth_url, which may be an inner address`,
    );
    return authUrl === null ? null : authUrl.replace(/\/v3\/?$/, '');
  }
  // It goes into a header as it is.
  if (/^[\x20-\x7e]*$/.test(written)) return written;
  values.reject(GROUP, 'www_authenticate_uri', 'one line of ASCII characters is expected');
  return null;
}

function buildInterface(values: OptionValues): 'public' | 'internal' | 'admin' {
  const written = (values.string(GROUP, 'interface') ?? '').replace(/URL$/, '');
  return written === 'public' || written === 'admin' ? written : 'internal';
}

/** In the reference 0 means for ever; nobody can want that. */
function buildTokenCacheMs(values: OptionValues): number {
  const seconds = values.number(GROUP, 'token_cache_time') ?? 0;
  return Math.min(Math.max(seconds, 0), CACHE_SECONDS_MAX) * 1000;
}

function buildTls(values: OptionValues): KeystoneTlsSettings {
  const certificateFile = filled(values, GROUP, 'certfile');
  const keyFile = filled(values, GROUP, 'keyfile');
  if (certificateFile === null && keyFile !== null) {
    values.warn(`[${GROUP}] keyfile without effect: there is no certfile`);
  }
  return {
    caFile: filled(values, GROUP, 'cafile'),
    certificateFile,
    keyFile: certificateFile === null ? null : keyFile,
    verify: !values.boolean(GROUP, 'insecure'),
  };
}

function checkSharedCache(values: OptionValues): void {
  const strategy = values.string(GROUP, 'memcache_security_strategy');
  if (strategy === 'None' || filled(values, GROUP, 'memcache_secret_key') !== null) return;
  missing(values, GROUP, 'memcache_secret_key', `with memcache_security_strategy = ${strategy}`);
}

/** Reports that an option has to be set. */
function missing(values: OptionValues, group: string, name: string, about: string): null {
  values.reject(group, name, `value required for option ${name} in group [${group}]: ${about}`);
  return null;
}

/** Text, or null when there is none or it is empty. */
function filled(values: OptionValues, group: string, name: string): string | null {
  const text = values.string(group, name);
  return text === '' ? null : text;
}
