// Database URLs by SQLAlchemy's grammar (operations §1.9), not by WHATWG's: real passwords contain raw `/`, `?`, `#`.
// Every dialect is parsed to a value; which of them can be served is decided in database-location.ts.

export interface DatabaseUrl {
  readonly dialect: 'sqlite' | 'mysql' | 'postgresql';
  /** The part after `+`, a matter of Python. */
  readonly driver: string | null;
  readonly username: string | null;
  readonly password: string | null;
  /** Without the brackets of an IPv6 address. */
  readonly host: string | null;
  readonly port: number | null;
  /** Not percent-decoded. */
  readonly database: string | null;
  /** Each name once, with all its values in order. */
  readonly query: ReadonlyMap<string, readonly string[]>;
}

/** `problem` never contains any part of the URL but its dialect. */
export type DatabaseUrlResult =
  | { readonly url: DatabaseUrl; readonly problem?: never }
  | { readonly problem: string; readonly url?: never };

const DIALECTS: ReadonlyMap<string, DatabaseUrl['dialect']> = new Map([
  ['sqlite', 'sqlite'],
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
  ['postgresql', 'postgresql'],
  // Not a name that SQLAlchemy knows, but what everything else around PostgreSQL writes.
  ['postgres', 'postgresql'],
]);

const FORM = 'a database URL such as sqlite:////path/to/file or mysql+pymysql://user:password@host/database';

/** Parses a URL; `parameters` (`k1=v1&k2=v2`) are added to its query. */
export function parseDatabaseUrl(text: string, parameters = ''): DatabaseUrlResult {
  const name = /^([A-Za-z0-9_+]+):\/\//.exec(text);
  if (name?.[1] === undefined) return { problem: `${FORM} is expected` };
  const [dialectName = '', ...driverParts] = name[1].split('+');
  const dialect = DIALECTS.get(dialectName);
  if (dialect === undefined) {
    return {
      problem: `unknown database '${dialectName}'; known are ${[...DIALECTS.keys()].join(', ')}, in lower case`,
    };
  }
  const driver = driverParts.length > 0 ? driverParts.join('+') : null;
  if (driver !== null && !/^[a-z0-9_]+$/.test(driver))
    return { problem: `unknown driver '${driver}' of ${dialectName}` };
  if (dialect === 'sqlite' && driver !== null && driver !== 'pysqlite') {
    return { problem: `unknown driver '${driver}' of sqlite; write sqlite:// or sqlite+pysqlite://` };
  }

  const afterName = text.slice(name[0].length);
  const user = splitUser(afterName);
  const address = splitAddress(user.rest);
  if (address === null) return { problem: `${FORM} is expected` };
  if (address.port !== null && !/^\d+$/.test(address.port)) return { problem: 'a number is expected as port' };
  return {
    url: {
      dialect,
      driver,
      username: user.username === null ? null : percentDecode(user.username),
      password: user.password === null ? null : percentDecode(user.password),
      host: address.host,
      port: address.port === null ? null : Number(address.port),
      database: address.database,
      query: parseQuery(address.query, parameters),
    },
  };
}

interface UserPart {
  readonly username: string | null;
  readonly password: string | null;
  readonly rest: string;
}

/** `username [":" password] "@"`, if it is there: a password reaches to the first `@`, whatever is in between. */
function splitUser(text: string): UserPart {
  const end = text.search(/[:/]/);
  if (end >= 0 && text[end] === ':') {
    const at = text.indexOf('@', end);
    if (at >= 0) return { username: text.slice(0, end), password: text.slice(end + 1, at), rest: text.slice(at + 1) };
  }
  const at = text.lastIndexOf('@', end < 0 ? text.length : end);
  if (at < 0) return { username: null, password: null, rest: text };
  return { username: text.slice(0, at), password: null, rest: text.slice(at + 1) };
}

interface AddressPart {
  readonly host: string | null;
  readonly port: string | null;
  readonly database: string | null;
  readonly query: string;
}

/** `[host [":" port]] ["/" database] ["?" query]`, or null when the text is none. */
function splitAddress(text: string): AddressPart | null {
  const match = /^(?:\[([^/?]+)\]|([^/:?]+))?(?::([^/?]*))?(?:\/([^?]*))?(?:\?(.*))?$/s.exec(text);
  if (match === null) return null;
  const [, bracketed, plain, port, database, query] = match;
  return {
    host: bracketed ?? plain ?? null,
    port: port === undefined || port === '' ? null : port,
    database: database ?? null,
    query: query ?? '',
  };
}

function parseQuery(...texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const query = new Map<string, string[]>();
  for (const pair of texts.flatMap((text) => text.split('&'))) {
    const equals = pair.indexOf('=');
    if (equals < 0 || equals === pair.length - 1) continue;
    const name = formDecode(pair.slice(0, equals));
    const values = query.get(name) ?? [];
    values.push(formDecode(pair.slice(equals + 1)));
    query.set(name, values);
  }
  return query;
}

function formDecode(text: string): string {
  return percentDecode(text.replaceAll('+', ' '));
}

/** Decodes every well-formed `%xx` as UTF-8 and leaves anything else alone. */
function percentDecode(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}
