// What a rule of the house is: a function from the project to what breaks it.

import type { Project, ProjectFile } from './project.ts';

export interface Violation {
  readonly path: string;
  /** From 1; null where the file as a whole is meant. */
  readonly line: number | null;
  /** What is wrong, and what to do instead. */
  readonly problem: string;
}

export interface Rule {
  /** As the test is called. */
  readonly name: string;
  check(project: Project): readonly Violation[];
}

/** The rooms' files. */
export function sourceFiles(project: Project): readonly ProjectFile[] {
  return project.files.filter(({ path }) => path.startsWith('src/'));
}

/** The room of a file in src/, e.g. `store`. */
export function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** `path:line: problem`, a line for each. */
export function describe(violations: readonly Violation[]): string {
  return violations
    .map(({ path, line, problem }) => `${path}${line === null ? '' : `:${line}`}: ${problem}`)
    .join('\n');
}
