// The project as the house's rules see it: its files, taken apart, and its manifest. Made from the work tree, or in the
// tests of the rules from a few lines of text.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { lineAt, type SourceText, takeApart } from './source-text.ts';

export interface Import {
  readonly line: number;
  /** As written: `./x.ts`, `node:fs`, `pino`. */
  readonly specifier: string;
  /** Path in the project that a relative specifier means; null for packages and Node's own modules. */
  readonly target: string | null;
  /** What stands between `import` and `from`; empty for an import for its effects. */
  readonly clause: string;
  /** `import type`: nothing of the module is loaded. */
  readonly typeOnly: boolean;
}

export interface ProjectFile {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Null for what is not TypeScript. */
  readonly source: (SourceText & { readonly imports: readonly Import[] }) | null;
}

export interface Project {
  readonly files: readonly ProjectFile[];
  readonly byPath: ReadonlyMap<string, ProjectFile>;
}

const LEFT_OUT = new Set(['.git', 'node_modules', 'dist', 'var', '.cache']);
const READ = /\.(?:ts|json|md|ya?ml|html|css|js|sh|conf)$|^(?:bin|\.ci)\/|^LICENSE$/;
const IMPORT = /\b(?:import|export)\s+(type\s+)?([^'";=]*?)\s*\bfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g;

/** Makes a project of texts by path. */
export function projectOf(texts: Readonly<Record<string, string>>): Project {
  const files = Object.entries(texts).map(([path, text]) => projectFile(path, text));
  return { files, byPath: new Map(files.map((file) => [file.path, file])) };
}

/** Reads the work tree. */
export function readProject(root: string): Project {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => READ.test(path) && !path.split('/').some((part) => LEFT_OUT.has(part)))
    .sort();
  return projectOf(Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])));
}

function projectFile(path: string, text: string): ProjectFile {
  if (!path.endsWith('.ts')) return { path, text, source: null };
  const source = takeApart(text);
  return { path, text, source: { ...source, imports: importsOf(path, source) } };
}

function importsOf(path: string, { code, withoutComments: text }: SourceText): readonly Import[] {
  // What stands in a string only looks like an import.
  const found = [...text.matchAll(IMPORT)].filter((match) => /[ie]/.test(code[match.index] ?? ''));
  return found.map((match) => {
    const specifier = match[3] ?? match[4] ?? '';
    return {
      line: lineAt(text.slice(0, match.index)),
      specifier,
      target: specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : null,
      typeOnly: match[1] !== undefined,
      clause: match[2] ?? '',
    };
  });
}
