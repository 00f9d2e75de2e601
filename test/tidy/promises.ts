// Rules about what the whole project promises: silence about people in logs and metrics, one catalogue of errors, and
// dependencies that are the same tomorrow.

import type { Project, ProjectFile } from './project.ts';
import { type Rule, sourceFiles, type Violation } from './rule.ts';
import { lineAt } from './source-text.ts';

const LOG_CALL = /\b(?:log|logger)\s*\??\.\s*(?:trace|debug|info|warn|error|fatal)\s*\(|\blogRequest\s*\(/g;
const METRIC_CALL = /\.\s*(?:labels|inc|observe|startTimer)\s*\(/g;
/** A member, a variable or a label with one of these in its name. */
const PEOPLE = /(?:consumer|project|user|tenant|token|password|credential|secret)(?!Count|s?Max|Type)\w*/i;

const silentAboutPeople: Rule = {
  name: 'no consumer, project, user, token or password is handed to a log or a metric',
  check: (project) =>
    sourceFiles(project).flatMap(({ path, source }) => {
      if (source === null) return [];
      const calls = [...source.code.matchAll(LOG_CALL), ...source.code.matchAll(METRIC_CALL)];
      return calls.flatMap((call): readonly Violation[] => {
        const open = call.index + call[0].length - 1;
        const before = source.code.slice(0, call.index);
        if (/\bfunction\s*$/.test(before)) return [];
        const found = PEOPLE.exec(source.code.slice(open, closingOf(source.code, open)))?.[0];
        if (found === undefined) return [];
        return [
          {
            path,
            line: lineAt(before),
            problem: `hands ${found} to ${call[0].replace('(', '')}: nobody is named there`,
          },
        ];
      });
    }),
};

/** The index of the parenthesis that closes the one at `open`. */
function closingOf(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    if (code[at] === '(') depth += 1;
    if (code[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return code.length;
}

const DECLARATION = /\bdeclareError\s*\(\s*'([^']*)'/g;

const errorKinds: Rule = {
  name: 'the kind of an error is subject.what_is_wrong, and declared once',
  check: (project) => {
    const first = new Map<string, string>();
    return sourceFiles(project).flatMap(({ path, source }) => {
      const text = source?.withoutComments ?? '';
      return [...text.matchAll(DECLARATION)].flatMap((match): readonly Violation[] => {
        const kind = match[1] ?? '';
        const line = lineAt(text.slice(0, match.index));
        const earlier = first.get(kind);
        first.set(kind, earlier ?? `${path}:${line}`);
        if (!/^[a-z_]+\.[a-z0-9_]+$/.test(kind)) return [{ path, line, problem: `'${kind}' is not of that form` }];
        return earlier === undefined ? [] : [{ path, line, problem: `'${kind}' is declared in ${earlier} already` }];
      });
    });
  },
};

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

const exactDependencies: Rule = {
  name: 'dependencies are pinned to one version',
  check: (project) => {
    const file = project.byPath.get('package.json');
    if (file === undefined) return [];
    return dependenciesOf(file)
      .filter(({ version }) => !EXACT.test(version))
      .map(({ name, version }) => ({
        path: file.path,
        line: null,
        problem: `${name} is '${version}'; name one version`,
      }));
  },
};

const declaredDependencies: Rule = {
  name: 'src/ imports only what package.json lists in dependencies',
  check: (project) => {
    const file = project.byPath.get('package.json');
    const listed = file === undefined ? [] : dependenciesOf(file);
    const runtime = new Set(listed.filter(({ kind }) => kind === 'dependencies').map(({ name }) => name));
    return sourceFiles(project).flatMap(({ path, source }) =>
      (source?.imports ?? []).flatMap(({ line, specifier, target }): readonly Violation[] => {
        if (target !== null || specifier.startsWith('node:')) return [];
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        return runtime.has(name) ? [] : [{ path, line, problem: `${name} is not among the dependencies` }];
      }),
    );
  },
};

interface Dependency {
  readonly kind: 'dependencies' | 'devDependencies';
  readonly name: string;
  readonly version: string;
}

function dependenciesOf({ text }: ProjectFile): readonly Dependency[] {
  const manifest: unknown = JSON.parse(text);
  return (['dependencies', 'devDependencies'] as const).flatMap((kind) => {
    const listed = memberOf(manifest, kind);
    if (typeof listed !== 'object' || listed === null) return [];
    return Object.entries(listed).map(([name, version]) => ({ kind, name, version: String(version) }));
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

const lockNamesNoHost: Rule = {
  name: 'the lock file names no registry',
  check: (project: Project) => {
    const lock = project.byPath.get('package-lock.json');
    return (lock?.text ?? '').split('\n').flatMap((line, index) => {
      if (!/"resolved"\s*:/.test(line)) return [];
      return [
        {
          path: 'package-lock.json',
          line: index + 1,
          problem: 'names where it was loaded from; npm config: omit-lockfile-registry-resolved',
        },
      ];
    });
  },
};

export const PROMISE_RULES: readonly Rule[] = [
  silentAboutPeople,
  errorKinds,
  exactDependencies,
  declaredDependencies,
  lockNamesNoHost,
];
