// Everything that was assigned, from all sources, and which of it holds for an option (operations §1.1, §1.5, §1.7).
// Flags beat the environment, which beats files; the last file wins, and within a file the current name beats old ones.

import { readFileSync } from 'node:fs';
import { type ConfigurationProblem, MASK, type Source } from './configuration-error.ts';
import type { Environment } from './find-files.ts';
import { type Assignment, type LineProblem, parseIniFile } from './ini-file.ts';
import type { Option } from './options/option.ts';
import { isSecretName } from './options.ts';

/** The text that holds for an option, from one source. */
export interface AssignedText {
  readonly text: string;
  readonly source: Source;
  /** The old name it was found under; null for the current one. */
  readonly formerName: { readonly group: string; readonly name: string } | null;
}

interface FileAssignments {
  readonly path: string;
  readonly assignments: readonly Assignment[];
}

export class Assignments {
  readonly #files: readonly FileAssignments[];
  readonly #environment: Environment;
  readonly #flags: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigurationProblem[];

  /** `flags`: values from the command line by `group.name`. */
  constructor(paths: readonly string[], environment: Environment, flags: ReadonlyMap<string, string>) {
    const problems: ConfigurationProblem[] = [];
    this.#files = paths.map((path) => readAssignments(path, problems));
    this.#environment = environment;
    this.#flags = flags;
    this.problems = problems;
  }

  /** The texts that hold: none, one, or for a `multi` option all of them in order. */
  of(option: Option): readonly AssignedText[] {
    const flag = this.#flags.get(`${option.group}.${option.name}`);
    if (flag !== undefined) return [{ text: flag, source: { kind: 'flag' }, formerName: null }];
    const variable = `OS_${option.group.toUpperCase()}__${option.name.toUpperCase()}`;
    const value = this.#environment[variable];
    if (value !== undefined) {
      const source: Source = { kind: 'environment', variable };
      // A list in one variable: the reference would take it apart into single characters.
      const texts = option.type === 'multi' ? value.split(',').map((item) => item.trim()) : [value];
      return texts.map((text) => ({ text, source, formerName: null }));
    }
    if (option.type === 'multi') return this.#files.flatMap((file) => find(file, option));
    return (
      this.#files
        .toReversed()
        .map((file) => find(file, option).slice(-1))
        .find((found) => found.length > 0) ?? []
    );
  }

  /** Every place in files that assigns to this name, whether or not it is an option. */
  inFiles(group: string, name: string): readonly Source[] {
    return this.#files.flatMap((file) => lookUp(file, group, name).map(({ line }) => fileSource(file, line)));
  }

  /** All names that files assign to in a section, each with its first place. */
  namesIn(group: string): ReadonlyMap<string, Source> {
    const names = new Map<string, Source>();
    for (const file of this.#files) {
      for (const { section, key, line } of file.assignments) {
        if (section === group && !names.has(key)) names.set(key, fileSource(file, line));
      }
    }
    return names;
  }
}

function find(file: FileAssignments, option: Option): readonly AssignedText[] {
  const names = [{ group: option.group, name: option.name, former: false }];
  for (const former of option.formerNames ?? []) names.push({ ...former, former: true });
  for (const { group, name, former } of names) {
    const found = lookUp(file, group, name);
    if (found.length > 0) {
      const formerName = former ? { group, name } : null;
      return found.map(({ value, line }) => ({ text: value, source: fileSource(file, line), formerName }));
    }
  }
  return [];
}

function lookUp(file: FileAssignments, group: string, name: string): readonly Assignment[] {
  return file.assignments.filter((assignment) => assignment.section === group && assignment.key === name);
}

function fileSource(file: FileAssignments, line: number): Source {
  return { kind: 'file', path: file.path, line };
}

function readAssignments(path: string, problems: ConfigurationProblem[]): FileAssignments {
  const fails = (reason: string) => {
    problems.push({ source: null, option: null, value: null, reason: `Failed to read ${path}: ${reason}` });
    return { path, assignments: [] };
  };
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return fails(error instanceof Error ? error.message : String(error));
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fails('it is not UTF-8 text');
  }
  const parsed = parseIniFile(text);
  for (const problem of parsed.problems) problems.push(lineProblem(path, problem));
  return { path, assignments: parsed.assignments };
}

function lineProblem(path: string, { line, reason, text, openKey }: LineProblem): ConfigurationProblem {
  const shown = openKey !== null && isSecretName(openKey) ? MASK : maskUrlPassword(text);
  return {
    source: { kind: 'file', path, line },
    option: null,
    value: shown,
    reason: `Failed to parse ${path}: at ${path}:${line}, ${reason}: '${shown}'`,
  };
}

/** A line that fits nowhere may still be a connection URL that slipped out of its place. */
function maskUrlPassword(text: string): string {
  return text.replace(/:\/\/.*/, `://${MASK}`);
}
