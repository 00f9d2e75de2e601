// Rules about what may import what: the arrows of ARCHITECTURE.md, no circles, no dead files, and the edges of the
// house (sockets, files, databases) each in their own room.

import { type Rule, roomOf, sourceFiles, type Violation } from './rule.ts';

/** For each room, the rooms that it may import, types included. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  timing: [],
  store: ['config', 'timing', 'domain'],
  model: ['timing', 'domain'],
  candidates: ['model', 'domain'],
  auth: ['config', 'domain'],
  config: ['domain'],
  policy: ['auth', 'config', 'domain'],
  telemetry: ['domain'],
  operations: ['store', 'model', 'candidates', 'config', 'domain'],
  http: ['operations', 'candidates', 'model', 'auth', 'policy', 'telemetry', 'config', 'timing', 'domain'],
  cli: ['http', 'operations', 'candidates', 'store', 'model', 'auth', 'policy', 'telemetry', 'config', 'domain'],
};

/** Of these rooms the others may see the shapes of data only. */
const ONLY_THESE_FILES: Readonly<Record<string, readonly string[]>> = {
  'http → model': ['src/model/reader.ts'],
  'http → config': ['src/config/settings.ts'],
  'auth → config': ['src/config/settings.ts'],
  'policy → config': ['src/config/settings.ts'],
  'operations → config': ['src/config/settings.ts'],
  'store → config': ['src/config/settings.ts'],
};

const importDirections: Rule = {
  name: 'imports follow the arrows between the rooms',
  check: (project) =>
    sourceFiles(project).flatMap(({ path, source }) => {
      const room = roomOf(path);
      const allowed = ARROWS[room];
      if (allowed === undefined)
        return [{ path, line: null, problem: `src/${room} is no room; ARCHITECTURE.md lists them` }];
      return (source?.imports ?? []).flatMap(({ line, target }): readonly Violation[] => {
        if (target === null || roomOf(target) === room) return [];
        const other = roomOf(target);
        if (!target.startsWith('src/')) return [{ path, line, problem: `imports ${target}, which is outside src/` }];
        if (!allowed.includes(other)) {
          const list = allowed.length === 0 ? 'no other room' : `only ${allowed.join(', ')}`;
          return [{ path, line, problem: `${room} may import ${list}; this imports ${target}` }];
        }
        const files = ONLY_THESE_FILES[`${room} → ${other}`];
        if (files === undefined || files.includes(target)) return [];
        return [
          { path, line, problem: `of ${other}, ${room} may import ${files.join(', ')} only; this imports ${target}` },
        ];
      });
    }),
};

const noCycles: Rule = {
  name: 'no file imports itself, directly or in a circle',
  check: (project) => {
    const violations: Violation[] = [];
    const done = new Set<string>();
    const visit = (path: string, way: readonly string[]) => {
      const start = way.indexOf(path);
      if (start !== -1) {
        violations.push({
          path,
          line: null,
          problem: `imports go in a circle: ${[...way.slice(start), path].join(' → ')}`,
        });
        return;
      }
      if (done.has(path)) return;
      for (const { target } of project.byPath.get(path)?.source?.imports ?? []) {
        if (target !== null) visit(target, [...way, path]);
      }
      done.add(path);
    };
    for (const { path } of sourceFiles(project)) visit(path, []);
    return violations;
  },
};

const ENTRANCE = 'src/cli/main.ts';

const noDeadFiles: Rule = {
  name: `every file of src/ is reached from ${ENTRANCE}`,
  check: (project) => {
    const reached = new Set<string>();
    const visit = (path: string) => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { target } of project.byPath.get(path)?.source?.imports ?? []) if (target !== null) visit(target);
    };
    visit(ENTRANCE);
    return sourceFiles(project)
      .filter(({ path }) => !reached.has(path))
      .map(({ path }) => ({
        path,
        line: null,
        problem: `nothing that ${ENTRANCE} imports leads here; remove it or use it`,
      }));
  },
};

const SOCKET_MODULES = /^node:(?:net|http|https|http2|tls|dgram)$/;
/** Outside http: the few files that ask another server; nobody is served there. */
const ASKS_OTHER_SERVERS: ReadonlySet<string> = new Set([
  'src/auth/keystone/client.ts',
  'src/auth/keystone/tls.ts',
  'src/policy/remote-check.ts',
  'src/store/mysql/connection.ts',
  'src/store/postgresql/connection.ts',
]);
/** Of those modules, what is a table or a calculation and opens nothing. */
const NO_SOCKET = new Set(['BlockList', 'isIP', 'isIPv4', 'isIPv6', 'METHODS', 'STATUS_CODES']);

const socketsInHttp: Rule = {
  name: 'sockets only in src/http',
  check: (project) =>
    sourceFiles(project)
      .filter(({ path }) => roomOf(path) !== 'http' && !ASKS_OTHER_SERVERS.has(path))
      .flatMap(({ path, source }) =>
        (source?.imports ?? [])
          .filter(
            ({ specifier, clause, typeOnly }) =>
              !typeOnly && SOCKET_MODULES.test(specifier) && !namesOf(clause).every(opensNothing),
          )
          .map(({ line, specifier }) => ({ path, line, problem: `${specifier} opens sockets, which is for src/http` })),
      ),
};

function namesOf(clause: string): readonly string[] {
  const names = clause.replace(/[{}]/g, '').split(',');
  return names.map((name) => name.trim().split(/\s/)[0] ?? '').filter((name, index) => name !== '' || index === 0);
}

function opensNothing(name: string): boolean {
  return NO_SOCKET.has(name);
}

const PURE_ROOMS = new Set(['domain', 'candidates', 'model']);
/** Node's modules that neither read nor write anything outside the process. */
const PURE_MODULES = new Set(['node:assert/strict', 'node:timers/promises', 'node:util']);
const OUTSIDE = /(?<![\w.#])(?:process|fetch|require|Deno|Bun)\s*[.(]/;

const noInputOutput: Rule = {
  name: 'domain, candidates and model neither read nor write anything',
  check: (project) =>
    sourceFiles(project)
      .filter(({ path }) => PURE_ROOMS.has(roomOf(path)))
      .flatMap(({ path, source }) => {
        const imports = (source?.imports ?? [])
          .filter(({ specifier, target }) => target === null && !PURE_MODULES.has(specifier))
          .map(({ line, specifier }) => ({ path, line, problem: `imports ${specifier}; ${roomOf(path)} does no I/O` }));
        const globals = (source?.code ?? '').split('\n').flatMap((text, index) => {
          const found = OUTSIDE.exec(text)?.[0];
          return found === undefined
            ? []
            : [{ path, line: index + 1, problem: `${found} reaches outside the process` }];
        });
        return [...imports, ...globals];
      }),
};

const DATABASE_MODULES = /^(?:kysely|mysql2|pg|node:sqlite)(?:\/|$)/;
const SQL =
  /\b(?:SELECT\s+[\w*"`(]|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|(?:CREATE|ALTER|DROP)\s+(?:TABLE|INDEX|DATABASE)|BEGIN\s+IMMEDIATE|(?:ROLLBACK|RELEASE)\s+\w|SAVEPOINT\s|PRAGMA\s)/;

const sqlInStore: Rule = {
  name: 'SQL only in src/store',
  check: (project) =>
    sourceFiles(project)
      .filter(({ path }) => roomOf(path) !== 'store')
      .flatMap(({ path, source }) => {
        if (source === null) return [];
        const imports = source.imports
          .filter(({ specifier }) => DATABASE_MODULES.test(specifier))
          .map(({ line, specifier }) => ({ path, line, problem: `${specifier} is for src/store` }));
        const texts = source.literals
          .filter(({ text }) => SQL.test(text))
          .map(({ line }) => ({ path, line, problem: 'a text of SQL; SQL is for src/store' }));
        return [...imports, ...texts];
      }),
};

export const ROOM_RULES: readonly Rule[] = [
  importDirections,
  noCycles,
  noDeadFiles,
  socketsInHttp,
  noInputOutput,
  sqlInStore,
];
