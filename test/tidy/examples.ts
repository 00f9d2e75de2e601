// For every rule a few lines that break it, and a small project that keeps all of them although a careless rule would
// object.

export interface BrokenExample {
  /** Part of the rule's name. */
  readonly rule: string;
  readonly files: Readonly<Record<string, string>>;
  /** What the rule must say, with the place. */
  readonly problem: RegExp;
}

const manifest = (dependencies: object, devDependencies: object = {}) =>
  JSON.stringify({ dependencies, devDependencies });
const lines = (count: number) => 'x;\n'.repeat(count);

export const BROKEN: readonly BrokenExample[] = [
  {
    rule: 'follow the arrows',
    files: { 'src/domain/a.ts': "import { store } from '../store/store.ts';\n" },
    problem: /^src\/domain\/a\.ts:1: domain may import no other room; this imports src\/store\/store\.ts$/,
  },
  {
    rule: 'follow the arrows',
    files: { 'src/store/a.ts': "// a\nimport type { Answer } from '../http/answer.ts';\n" },
    problem: /^src\/store\/a\.ts:2: store may import only config, timing, domain/,
  },
  {
    rule: 'follow the arrows',
    files: { 'src/http/a.ts': "import {\n  Model,\n} from '../model/model.ts';\n" },
    problem: /a\.ts:1: of model, http may import src\/model\/reader\.ts only/,
  },
  {
    rule: 'follow the arrows',
    files: { 'src/store/a.ts': "import { load } from '../config/load-settings.ts';\n" },
    problem: /of config, store may import src\/config\/settings\.ts only/,
  },
  {
    rule: 'follow the arrows',
    files: { 'src/operations/a.ts': "const { x } = await import('../http/server.ts');\n" },
    problem: /operations may import only .* this imports src\/http\/server\.ts/,
  },
  {
    rule: 'follow the arrows',
    files: { 'src/domain/a.ts': "export { x } from '../../test/support/x.ts';\n" },
    problem: /test\/support\/x\.ts, which is outside src\//,
  },
  { rule: 'follow the arrows', files: { 'src/helpers/a.ts': '' }, problem: /src\/helpers is no room/ },
  {
    rule: 'in a circle',
    files: {
      'src/model/a.ts': "import { b } from './b.ts';",
      'src/model/b.ts': "import type { C } from './c.ts';",
      'src/model/c.ts': "export * from './a.ts';",
    },
    problem: /a\.ts → src\/model\/b\.ts → src\/model\/c\.ts → src\/model\/a\.ts/,
  },
  {
    rule: 'is reached from',
    files: { 'src/cli/main.ts': "import './used.ts';", 'src/cli/used.ts': '', 'src/model/unused.ts': '' },
    problem: /^src\/model\/unused\.ts: nothing that src\/cli\/main\.ts imports leads here; remove it or use it$/,
  },
  {
    rule: 'sockets only',
    files: { 'src/store/a.ts': "import { connect } from 'node:net';" },
    problem: /src\/store\/a\.ts:1: node:net opens sockets/,
  },
  {
    rule: 'sockets only',
    files: { 'src/policy/a.ts': "import { request as ask } from 'node:https';" },
    problem: /node:https opens sockets/,
  },
  {
    rule: 'sockets only',
    files: { 'src/auth/a.ts': "import { isIP, createServer } from 'node:net';" },
    problem: /node:net opens sockets/,
  },
  {
    rule: 'neither read nor write',
    files: { 'src/domain/a.ts': "import { readFileSync } from 'node:fs';" },
    problem: /imports node:fs; domain does no I\/O/,
  },
  {
    rule: 'neither read nor write',
    files: { 'src/candidates/a.ts': 'const size = process.env.SIZE;' },
    problem: /a\.ts:1: process\. reaches outside/,
  },
  { rule: 'neither read nor write', files: { 'src/model/a.ts': "\nawait fetch('x');" }, problem: /a\.ts:2: fetch\(/ },
  {
    rule: 'SQL only',
    files: { 'src/operations/a.ts': 'tx.rows(`SELECT id FROM t WHERE a = 1`);' },
    problem: /src\/operations\/a\.ts:1: a text of SQL/,
  },
  {
    rule: 'SQL only',
    files: { 'src/cli/a.ts': "run('UPDATE consumers SET generation = 1')" },
    problem: /a text of SQL/,
  },
  { rule: 'SQL only', files: { 'src/cli/a.ts': "import { sql } from 'kysely';" }, problem: /kysely is for src\/store/ },
  {
    rule: 'SQL only',
    files: { 'src/cli/a.ts': "import mysql from 'mysql2/promise';" },
    problem: /mysql2\/promise is for/,
  },
  {
    rule: 'opens by saying',
    files: { 'src/model/a.ts': 'export const a = 1;\n' },
    problem: /a\.ts:1: opens with no comment/,
  },
  { rule: 'opens by saying', files: { 'test/a.test.ts': '\n// late\n' }, problem: /opens with no comment/ },
  {
    rule: 'opens by saying',
    files: { 'src/model/a.ts': `${'// A line.\n'.repeat(7)}export {};\n` },
    problem: /opens with 7 lines of comment; 6 at most/,
  },
  { rule: 'at most 450 lines', files: { 'src/model/a.ts': lines(451) }, problem: /a\.ts: has 451 lines/ },
  { rule: 'kebab-case', files: { 'src/model/bitSet.ts': '' }, problem: /bitSet\.ts: is not in kebab-case/ },
  { rule: 'kebab-case', files: { 'test/Model/bit-set.test.ts': '' }, problem: /is not in kebab-case/ },
  { rule: 'left to do', files: { 'src/model/a.ts': '// a\n// TODO: later\n' }, problem: /a\.ts:2: TODO: do it/ },
  { rule: 'left to do', files: { 'docs/a.md': 'FIXME' }, problem: /docs\/a\.md:1: FIXME/ },
  {
    rule: 'developer’s machine',
    files: { 'bin/berth': 'cd /work/main/x' },
    problem: /bin\/berth:1: \/work\/ exists on one/,
  },
  { rule: 'developer’s machine', files: { 'README.md': 'in `/home/ann/berth`' }, problem: /\/home\/ann\/ exists/ },
  { rule: 'no any', files: { 'src/model/a.ts': 'function f(x: any) {}' }, problem: /a\.ts:1: any switches/ },
  { rule: 'no any', files: { 'src/model/a.ts': 'const x: Map<string, any[]> = y;' }, problem: /any switches/ },
  { rule: 'no any', files: { 'src/model/a.ts': 'f(x as any);' }, problem: /any switches/ },
  { rule: 'through unknown', files: { 'src/model/a.ts': 'y = x as unknown as Y;' }, problem: /a cast through unknown/ },
  {
    rule: 'is ignored',
    files: { 'src/model/a.ts': '// @ts-ignore because\nx;' },
    problem: /a\.ts:1: @ts-ignore silences/,
  },
  { rule: 'is ignored', files: { 'src/model/a.ts': '// @ts-expect-error\nx;' }, problem: /@ts-expect-error/ },
  { rule: 'not null', files: { 'src/model/a.ts': 'const first = list[0]!;' }, problem: /\]! asserts/ },
  { rule: 'not null', files: { 'src/model/a.ts': 'map.get(key)!.size' }, problem: /\)! asserts/ },
  { rule: 'no console', files: { 'src/model/a.ts': "console.log('x');" }, problem: /a\.ts:1: the log is/ },
  {
    rule: 'handed to a log',
    files: { 'src/http/a.ts': "logger.info({ status, consumerUuid }, 'claimed');" },
    problem: /a\.ts:1: hands consumerUuid to logger\.info/,
  },
  {
    rule: 'handed to a log',
    files: { 'src/http/a.ts': 'x;\nlogger.warn(\n  message(caller.userId),\n);' },
    problem: /a\.ts:2: hands userId to logger\.warn/,
  },
  {
    rule: 'handed to a log',
    files: { 'src/http/a.ts': 'logRequest(logger, { status: answer(x), project: p });' },
    problem: /hands project to logRequest/,
  },
  {
    rule: 'handed to a log',
    files: { 'src/telemetry/a.ts': 'claims.labels({ user_id: caller.id }).inc();' },
    problem: /hands user_id to \.labels/,
  },
  {
    rule: 'kind of an error',
    files: {
      'src/domain/errors/a.ts': "declareError('thing.gone', 404, () => '');",
      'src/domain/errors/b.ts': "\ndeclareError(\n  'thing.gone', 409, () => '');",
    },
    problem: /b\.ts:2: 'thing\.gone' is declared in src\/domain\/errors\/a\.ts:1 already/,
  },
  {
    rule: 'kind of an error',
    files: { 'src/domain/a.ts': "declareError('ThingGone', 404, f)" },
    problem: /not of that form/,
  },
  { rule: 'pinned', files: { 'package.json': manifest({ pino: '^10.4.0' }) }, problem: /pino is '\^10\.4\.0'/ },
  {
    rule: 'pinned',
    files: { 'package.json': manifest({}, { typescript: 'latest' }) },
    problem: /typescript is 'latest'/,
  },
  {
    rule: 'lists in dependencies',
    files: { 'package.json': manifest({}, { ajv: '8.0.0' }), 'src/http/a.ts': "import x from 'ajv/dist/2020.js';" },
    problem: /src\/http\/a\.ts:1: ajv is not among the dependencies/,
  },
  {
    rule: 'lock file',
    files: { 'package-lock.json': '{\n  "resolved": "https://registry.example/x.tgz"\n}' },
    problem: /package-lock\.json:2: names where/,
  },
];

export const KEPT: Readonly<Record<string, string>> = {
  'package.json': manifest({ pino: '10.4.0' }, { typescript: '7.0.2' }),
  'package-lock.json': '{ "integrity": "sha512-abc" }',
  'src/cli/main.ts': `#!/usr/bin/env node
// Starts it. See the docs.
import { METHODS } from 'node:http';
import { pino } from 'pino';
import '../auth/loopback.ts';
import '../domain/names.ts';
import '../model/kept.ts';
import names from '../domain/names.json' with { type: 'json' };
logger.info({ address, providers, status, durationMs }, 'no consumer, user or token is named here');
logger.error({ err, route: match.path }, 'unexpected');
if (a !== b && !c) throw new Error('Select one; update it, or delete it from the list.');
`,
  'src/auth/loopback.ts':
    "// Which addresses are near.\nimport { BlockList, isIP } from 'node:net';\nimport type { Socket } from 'node:net';\n",
  'src/domain/names.json': '{}',
  'src/domain/names.ts': `// Names. Any of them, as any: text.
//
//   a drawing ──► may follow
//     of any length
//   1
//   2
//   3
const alternatives = x ? NEVER : any(alternatives);\nconst [first, any] = f(all, any, x && any);
const text = "import { a } from '../store/a.ts'; console.log(x as any)";
const path = \`/resource_providers/\${uuid}/framework/x\`;
`,
  'src/model/kept.ts':
    "// Kept.\nimport { setImmediate } from 'node:timers/promises';\nthis.process.next(); const done = !waiting.length;\n",
};
