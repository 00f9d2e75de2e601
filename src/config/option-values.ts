// The converted value of every option, with what is wrong (problems) and what the operator should know (warnings).
// Everything is converted at once, also what will not be used: a bad value stops the start, never a request (§1.4).

import { createHash } from 'node:crypto';
import type { AssignedText, Assignments } from './assignments.ts';
import { type ConfigurationProblem, describeSource, MASK, type Source } from './configuration-error.ts';
import { convert, valueText } from './convert.ts';
import type { Option, OptionValue } from './options/option.ts';
import { findOption, OPTIONS, optionKey } from './options.ts';
import { type OptionReference, substitute } from './substitution.ts';

/** One option as the start-up dump shows it. */
export interface ShownOption {
  readonly group: string;
  readonly name: string;
  /** `****` for a secret option that is set. */
  readonly text: string;
  /** Whether the text names a person, a project or an account. */
  readonly identifies: boolean;
  readonly isDefault: boolean;
  /** Differs when the value does, that of a secret too, and tells nothing about it. */
  readonly fingerprint: string;
}

export class OptionValues {
  readonly #assignments: Assignments;
  readonly #values = new Map<string, OptionValue | undefined>();
  readonly #underWay = new Set<string>();
  readonly #problems: ConfigurationProblem[] = [];
  readonly #warnings: string[] = [];
  /** Options of sections that no catalogue can know, since their names are values of options. */
  readonly #adopted = new Map<string, Option>();

  constructor(assignments: Assignments) {
    this.#assignments = assignments;
    for (const option of OPTIONS) this.#evaluate(option);
    this.#warnAboutOptionsWithoutEffect();
  }

  /** Adds options that the catalogue does not have; from then on they are like all others. */
  adopt(options: readonly Option[]): void {
    const unknown = options.filter(({ group, name }) => this.#find(group, name) === undefined);
    for (const option of unknown) this.#adopted.set(optionKey(option.group, option.name), option);
    for (const option of unknown) this.#evaluate(option);
  }

  get problems(): readonly ConfigurationProblem[] {
    return this.#problems;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** Adds a problem found where values are combined; the value is shown as it was written, unless it is secret. */
  reject(group: string, name: string, reason: string, showValue: 'show' | 'mask' = 'show'): void {
    const option = this.#known(group, name);
    const problem = problemOf(option, this.#assignments.of(option).at(-1), reason);
    this.#problems.push(showValue === 'mask' && problem.value !== null ? { ...problem, value: MASK } : problem);
  }

  /** Adds a problem about a name that is in no catalogue. Its value may be a secret and is not shown. */
  rejectName(group: string, name: string, source: Source, reason: string): void {
    this.#problems.push({ source, option: { group, name }, value: MASK, reason });
  }

  warn(text: string): void {
    this.#warnings.push(text);
  }

  isSet(group: string, name: string): boolean {
    return this.#assignments.of(this.#known(group, name)).length > 0;
  }

  string(group: string, name: string): string | null {
    const value = this.#value(group, name, 'string');
    return typeof value === 'string' ? value : null;
  }

  /** Integers and numbers. */
  number(group: string, name: string): number | null {
    const value = this.#value(group, name, 'integer', 'number');
    return typeof value === 'number' ? value : null;
  }

  boolean(group: string, name: string): boolean {
    return this.#value(group, name, 'boolean') === true;
  }

  /** Lists and multi options. */
  list(group: string, name: string): readonly string[] | null {
    const value = this.#value(group, name, 'list', 'multi');
    return Array.isArray(value) ? value : null;
  }

  /** All options with their values, secrets masked. */
  show(): readonly ShownOption[] {
    return [...OPTIONS, ...this.#adopted.values()].map((option) => {
      const value = this.#evaluate(option) ?? null;
      const text = option.secret === true && value !== null && value !== '' ? MASK : valueText(value);
      return {
        group: option.group,
        name: option.name,
        text,
        identifies: option.identifies === true && text !== '',
        isDefault: this.#assignments.of(option).length === 0,
        fingerprint: createHash('sha256').update(valueText(value)).digest('base64'),
      };
    });
  }

  #value(group: string, name: string, ...types: readonly Option['type'][]): OptionValue {
    const option = this.#known(group, name);
    if (!types.includes(option.type)) throw new Error(`[${group}] ${name} is of type ${option.type}`);
    const value = this.#evaluate(option);
    // Null is a value: an integer that was written empty. What cannot be used has been reported; any value will do.
    return value === undefined ? option.default : value;
  }

  /** The value of an option, once; undefined when what was written cannot be used. */
  #evaluate(option: Option): OptionValue | undefined {
    const key = optionKey(option.group, option.name);
    if (this.#values.has(key)) return this.#values.get(key);
    this.#underWay.add(key);
    const value = this.#convertAssigned(option);
    this.#underWay.delete(key);
    this.#values.set(key, value);
    return value;
  }

  #convertAssigned(option: Option): OptionValue | undefined {
    const assigned = this.#assignments.of(option);
    if (assigned.length === 0) return this.#defaultOf(option);
    this.#warnAboutUse(option, assigned);
    const texts: string[] = [];
    for (const one of assigned) {
      const { text, problem } = substitute(one.text, (reference) => this.#lookUp(option.group, reference));
      if (text === undefined) {
        this.#problems.push(problemOf(option, one, problem));
        return undefined;
      }
      texts.push(text);
    }
    const { value, problem } = convert(option, texts);
    if (problem !== undefined) this.#problems.push(problemOf(option, assigned.at(-1), problem));
    return value;
  }

  #defaultOf(option: Option): OptionValue {
    if (option.type !== 'string' || option.default === null) return option.default;
    return substitute(option.default, (reference) => this.#lookUp(option.group, reference)).text ?? null;
  }

  /** Text for a `$` reference: same group, then [DEFAULT]. Undefined: no such option. Null: it refers to itself. */
  #lookUp(group: string, { group: named, name }: OptionReference): string | null | undefined {
    const option = named === null ? (this.#find(group, name) ?? findOption('DEFAULT', name)) : this.#find(named, name);
    if (option === undefined) return undefined;
    if (this.#underWay.has(optionKey(option.group, option.name))) return null;
    return valueText(this.#evaluate(option) ?? null);
  }

  #find(group: string, name: string): Option | undefined {
    return findOption(group, name) ?? this.#adopted.get(optionKey(group, name));
  }

  #known(group: string, name: string): Option {
    const option = this.#find(group, name);
    if (option === undefined) throw new Error(`[${group}] ${name} is not in the catalogue`);
    return option;
  }

  #warnAboutUse(option: Option, assigned: readonly AssignedText[]): void {
    const first = assigned[0];
    if (first === undefined) return;
    const name = `[${option.group}] ${option.name}`;
    if (first.formerName !== null) {
      const former = `[${first.formerName.group}] ${first.formerName.name}`;
      this.#warnings.push(`${former} (${describeSource(first.source)}) is an old name of ${name}; use the new one`);
    }
    if (option.warning !== undefined) {
      this.#warnings.push(`${name} (${describeSource(first.source)}) ${option.warning}`);
    }
  }

  /** One line for all of them; those with a warning of their own have said it. */
  #warnAboutOptionsWithoutEffect(): void {
    const names = OPTIONS.filter(
      (option) => option.status === 'accepted' && option.warning === undefined && this.#differsFromDefault(option),
    ).map((option) => `[${option.group}] ${option.name}`);
    if (names.length > 0) {
      this.#warnings.push(`set, but without effect in Berth: ${names.join(', ')}; docs/configuration.md says why`);
    }
  }

  #differsFromDefault(option: Option): boolean {
    const value = this.#evaluate(option);
    return value !== undefined && valueText(value) !== valueText(option.default);
  }
}

function problemOf(option: Option, assigned: AssignedText | undefined, reason: string): ConfigurationProblem {
  const { group, name, secret } = option;
  const value = assigned === undefined ? null : secret === true ? MASK : assigned.text;
  return { source: assigned?.source ?? null, option: { group, name }, value, reason };
}
