// Rules about single files: how they open, how long and how they are named, and what does not stand in them.

import type { Project, ProjectFile } from './project.ts';
import { type Rule, sourceFiles, type Violation } from './rule.ts';

const OPENING_LINES_MAX = 6;
const LINES_MAX = 450;

/** The files of these rules say the words that they look for. */
function isTidyItself(path: string): boolean {
  return path.startsWith('test/tidy');
}

function isTypeScript({ source }: ProjectFile): boolean {
  return source !== null;
}

const opensWithComment: Rule = {
  name: `a file opens by saying what it is, in 1 to ${OPENING_LINES_MAX} lines`,
  check: (project) =>
    project.files
      .filter((file) => isTypeScript(file) && /^(?:src|test|scripts)\//.test(file.path))
      .flatMap(({ path, text }) => {
        const lines = text.split('\n').filter((line, index) => !(index < 2 && /^#!|^\/\/ SPDX-/.test(line)));
        // A drawing may follow the opening, after an empty comment line.
        const end = lines.findIndex((line) => !/^\/\/ \S/.test(line));
        if (end === 0) return [{ path, line: 1, problem: 'opens with no comment; say what the file is for' }];
        if (end <= OPENING_LINES_MAX) return [];
        return [{ path, line: 1, problem: `opens with ${end} lines of comment; ${OPENING_LINES_MAX} at most` }];
      }),
};

const fileLength: Rule = {
  name: `a file has at most ${LINES_MAX} lines`,
  check: (project) =>
    project.files.filter(isTypeScript).flatMap(({ path, text }) => {
      const lines = text.trimEnd().split('\n').length;
      if (lines <= LINES_MAX) return [];
      return [{ path, line: null, problem: `has ${lines} lines; which subjects are in it? One file for each` }];
    }),
};

const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/;

const names: Rule = {
  name: 'names of files and folders are in kebab-case',
  check: (project) =>
    project.files
      .filter(({ path }) => /^(?:src|test|docs|scripts|bench|client|console)\//.test(path))
      .filter(({ path }) => !path.split('/').every((part) => KEBAB_CASE.test(part) || part === 'README.md'))
      .map(({ path }) => ({ path, line: null, problem: 'is not in kebab-case' })),
};

/** A rule that no line of the files matches the pattern. */
function never(
  name: string,
  pattern: RegExp,
  problem: (found: string) => string,
  linesOf: (project: Project) => readonly { readonly path: string; readonly text: string }[],
): Rule {
  return {
    name,
    check: (project) =>
      linesOf(project).flatMap(({ path, text }) =>
        text.split('\n').flatMap((line, index): readonly Violation[] => {
          const found = pattern.exec(line)?.[0];
          return found === undefined ? [] : [{ path, line: index + 1, problem: problem(found.trim()) }];
        }),
      ),
  };
}

/** The code of src/, without comments and literals. */
function codeOfSource(project: Project) {
  return sourceFiles(project).map(({ path, source }) => ({ path, text: source?.code ?? '' }));
}

/** Everything that somebody wrote, as it stands. */
function everything(project: Project) {
  return project.files.filter(({ path }) => !isTidyItself(path) && path !== 'package-lock.json');
}

const FILE_RULES_BY_PATTERN: readonly Rule[] = [
  never(
    'nothing is left to do in the code',
    /\b(?:TODO|FIXME|HACK|XXX)\b/,
    (found) => `${found}: do it, or say it in an issue`,
    everything,
  ),
  never(
    'no path of a developer’s machine',
    /(?<![\w.$}-])\/(?:root|work|home\/[a-z][\w-]*|Users\/\w+)\//,
    (found) => `${found} exists on one machine only`,
    everything,
  ),
  never(
    'no any',
    /(?:[:<]|\bas\b|[^|]\||[^&]&)\s*any\b(?!\s*[(:.])|,\s*any\s*(?:\[\]|>)/,
    () => 'any switches the compiler off; unknown and a type guard keep it on',
    codeOfSource,
  ),
  never(
    'no cast through unknown',
    /\bas\s+unknown\s+as\b/,
    () => 'a cast through unknown silences the compiler',
    codeOfSource,
  ),
  never(
    'no compiler error is ignored',
    /@ts-(?:ignore|nocheck|expect-error)\b/,
    (found) => `${found} silences the compiler`,
    (project) => everything(project).filter(({ path }) => path.endsWith('.ts') && path.startsWith('src/')),
  ),
  never(
    'no assertion that something is not null',
    /[\w)\]]!(?=[.;,)\][]|\s*$|\s+(?:as|satisfies)\b)/,
    (found) => `${found} asserts what the compiler cannot see; handle null and undefined`,
    codeOfSource,
  ),
  never(
    'no console',
    /\bconsole\s*\./,
    () => 'the log is telemetry/logger.ts; commands write to process.stdout',
    codeOfSource,
  ),
];

export const FILE_RULES: readonly Rule[] = [opensWithComment, fileLength, names, ...FILE_RULES_BY_PATTERN];
