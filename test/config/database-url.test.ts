// Database URLs as operators write them (operations §1.9).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { databaseLocation } from '../../src/config/database-location.ts';
import { parseDatabaseUrl } from '../../src/config/database-url.ts';

type Parts = Readonly<{
  dialect?: string;
  driver?: string | null;
  user?: string | null;
  password?: string | null;
  host?: string | null;
  port?: number | null;
  database?: string | null;
  query?: Readonly<Record<string, readonly string[]>>;
}>;

const good: readonly (readonly [url: string, parts: Parts])[] = [
  [
    'mysql+pymysql://placement:pw@db.example.com/placement?charset=utf8',
    {
      dialect: 'mysql',
      driver: 'pymysql',
      user: 'placement',
      password: 'pw',
      host: 'db.example.com',
      port: null,
      database: 'placement',
      query: { charset: ['utf8'] },
    },
  ],
  ['mariadb://u@h:3307/d', { dialect: 'mysql', driver: null, user: 'u', password: null, host: 'h', port: 3307 }],
  ['mysql://u:a/b?c#d:e@h/d', { password: 'a/b?c#d:e', host: 'h', database: 'd' }],
  ['mysql://u:p%40%2Fw@h/d', { password: 'p@/w' }],
  ['mysql://u%3Ax:p@h/d', { user: 'u:x' }],
  ['mysql://a+b:c+d@h/d', { user: 'a+b', password: 'c+d' }],
  ['mysql://u:p%zz%4@h/d', { password: 'p%zz%4' }],
  ['mysql://u:%C3%A4@h/d', { password: 'ä' }],
  ['mysql://u:p@w@h/d', { password: 'p', host: 'w@h' }],
  ['mysql://u:@h/d', { user: 'u', password: '' }],
  ['postgresql+psycopg2://u:p@[2001:db8::1]:5432/d', { dialect: 'postgresql', host: '2001:db8::1', port: 5432 }],
  ['postgresql:///placement', { user: null, host: null, database: 'placement' }],
  ['postgres://h/d', { dialect: 'postgresql' }],
  ['postgresql://h/a%20b', { database: 'a%20b' }],
  ['postgresql://h/d?host=h1:5432&host=h2&x=&y&z=a+b%26', { query: { host: ['h1:5432', 'h2'], z: ['a b&'] } }],
  [
    'mysql:///d?unix_socket=/run/mysqld/mysqld.sock',
    { host: null, query: { unix_socket: ['/run/mysqld/mysqld.sock'] } },
  ],
  ['mysql://h?charset=utf8', { host: 'h', database: null, query: { charset: ['utf8'] } }],
  ['sqlite://', { dialect: 'sqlite', host: null, database: null }],
  ['sqlite:///', { database: '' }],
  ['sqlite:///a@b:c.db', { user: null, database: 'a@b:c.db' }],
  ['sqlite+pysqlite:////abs/path.db', { driver: 'pysqlite', database: '/abs/path.db' }],
];

for (const [text, parts] of good) {
  test(`database URL ${text}`, () => {
    const { url, problem } = parseDatabaseUrl(text);
    assert.equal(problem, undefined);
    const all = { ...url, user: url?.username, query: Object.fromEntries(url?.query ?? []) };
    for (const [name, value] of Object.entries(parts)) {
      assert.deepEqual(Object.entries(all).find(([key]) => key === name)?.[1], value, name);
    }
  });
}

const bad: readonly (readonly [url: string, problem: RegExp])[] = [
  ['', /database URL/],
  ['placement', /database URL/],
  [' mysql://h/d', /database URL/],
  ['my-sql://h/d', /database URL/],
  ['MySQL+PyMySQL://h/d', /unknown database 'MySQL'/],
  ['oracle://h/d', /unknown database 'oracle'/],
  ['mysql+://h/d', /unknown driver/],
  ['sqlite+aiosqlite:///d', /unknown driver/],
  ['mysql://h:port/d', /port/],
  ['mysql://[::1/d', /port|database URL/],
];

for (const [text, problem] of bad) {
  test(`no database URL: ${JSON.stringify(text)}`, () => {
    assert.match(parseDatabaseUrl(text).problem ?? '', problem);
  });
}

const locations: readonly (readonly [url: string, path: string | undefined, busyTimeoutMs?: number])[] = [
  ['sqlite://', ':memory:'],
  ['sqlite:///', ':memory:'],
  ['sqlite:///:memory:', ':memory:'],
  ['sqlite:///rel/path.db', 'rel/path.db'],
  ['sqlite:////abs/path.db', '/abs/path.db'],
  ['sqlite:////abs/a%20b.db', '/abs/a%20b.db'],
  ['sqlite:///a.db?timeout=30', 'a.db', 30_000],
  ['sqlite:///a.db?timeout=0.25&other=1', 'a.db', 250],
  ['sqlite:///a.db?timeout=soon', undefined],
  ['sqlite:///a.db?timeout=-1', undefined],
  ['sqlite://host/a.db', undefined],
  ['sqlite://user@/a.db', undefined],
  ['sqlite://:1/a.db', undefined],
  ['sqlite:///file:a.db?uri=true', undefined],
];

for (const [url, path, busyTimeoutMs = 5000] of locations) {
  test(`${url} is ${path ?? 'refused'}`, () => {
    const expected = path === undefined ? undefined : { kind: 'sqlite', path, busyTimeoutMs };
    assert.deepEqual(databaseLocation(url, '').location, expected);
  });
}

const serverLocations: readonly (readonly [url: string, expected: Readonly<Record<string, unknown>> | undefined])[] = [
  ['mysql+pymysql://u:p@h/d', { kind: 'mysql', endpoints: [{ host: 'h', port: 3306 }], user: 'u', password: 'p' }],
  ['mysql://u@/d?unix_socket=/run/m.sock', { endpoints: [{ socketPath: '/run/m.sock' }] }],
  ['mysql://h/d?connect_timeout=3', { connectTimeoutMs: 3000 }],
  ['mysql://h/d?connect_timeout=soon', undefined],
  ['mysql://h/', undefined],
  ['mysql://h/d?read_default_file=/etc/my.cnf', undefined],
  ['mysql://h/d', { tls: null }],
  [
    'mysql://h/d?ssl_ca=/ca.pem',
    { tls: { caFile: '/ca.pem', certificateFile: null, keyFile: null, verifyCertificate: true, verifyHost: true } },
  ],
  [
    'mysql://h/d?ssl_ca=/ca.pem&ssl_check_hostname=false',
    { tls: { caFile: '/ca.pem', certificateFile: null, keyFile: null, verifyCertificate: true, verifyHost: false } },
  ],
  [
    'mysql://h/d?ssl_cert=/c.pem&ssl_key=/k.pem',
    {
      tls: {
        caFile: null,
        certificateFile: '/c.pem',
        keyFile: '/k.pem',
        verifyCertificate: false,
        verifyHost: false,
      },
    },
  ],
  ['mysql://h/d?ssl_ca=/ca.pem&ssl_disabled=true', { tls: null }],
  ['postgresql://h:5433/d', { kind: 'postgresql', endpoints: [{ host: 'h', port: 5433 }], tls: null }],
  ['postgresql:///d', { endpoints: [{ socketPath: '/var/run/postgresql/.s.PGSQL.5432' }] }],
  ['postgresql:///d?host=/tmp/pg&port=5433', { endpoints: [{ socketPath: '/tmp/pg/.s.PGSQL.5433' }] }],
  [
    'postgresql:///d?host=h1:5432&host=h2:5433',
    {
      endpoints: [
        { host: 'h1', port: 5432 },
        { host: 'h2', port: 5433 },
      ],
    },
  ],
  [
    'postgresql://h/d?sslmode=verify-full&sslrootcert=/ca.pem',
    { tls: { caFile: '/ca.pem', certificateFile: null, keyFile: null, verifyCertificate: true, verifyHost: true } },
  ],
  ['postgresql://h/d?sslmode=maybe', undefined],
  ['postgresql:///d?host=h&port=x', undefined],
];

for (const [url, expected] of serverLocations) {
  test(`${url} is ${expected === undefined ? 'refused' : JSON.stringify(expected)}`, () => {
    const { location } = databaseLocation(url, '');
    if (expected === undefined) assert.equal(location, undefined);
    else assert.partialDeepStrictEqual(location, expected);
  });
}

test('any text is parsed or refused, and a refusal never shows the password', () => {
  const unit = fc.constantFrom('@', ':', '/', '?', '#', '[', ']', '%', '4', '0', 'a', '&', '=', '+', '.');
  fc.assert(
    fc.property(fc.constantFrom('mysql', 'sqlite', 'postgresql', 'MYSQL'), fc.string({ unit }), (name, rest) => {
      const { problem } = databaseLocation(`${name}://u:hidden${rest}`, rest);
      assert.doesNotMatch(problem ?? '', /hidden/);
    }),
  );
});
