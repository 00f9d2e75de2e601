// What an option is, as data: the catalogue in ../options.ts is made of these, and loading, checks and the reference
// page of the documentation are generated from it.

/**
 * - `effective`: does what its help says.
 * - `accepted`: understood and checked, has no effect in Berth; its help says why, and the log names it when it is set.
 */
export type OptionStatus = 'effective' | 'accepted';

interface CommonOption {
  readonly group: string;
  readonly name: string;
  readonly status: OptionStatus;
  readonly help: string;
  /** Printed as `****` wherever options are shown. */
  readonly secret?: true;
  /** Names a person, a project or an account: shown in the log only where the operator lets identifiers into it. */
  readonly identifies?: true;
  /** Old names, looked up in files only, after the current one (operations §1.7). */
  readonly formerNames?: readonly { readonly group: string; readonly name: string }[];
  /** Said once when a file or the environment sets the option. */
  readonly warning?: string;
}

export interface StringOption extends CommonOption {
  readonly type: 'string';
  readonly default: string | null;
  readonly choices?: readonly string[];
  /** Choices are compared without regard to case; the value is the spelling of the catalogue. */
  readonly anyCase?: true;
  /** What the text must look like, and how to say so. */
  readonly form?: { readonly pattern: RegExp; readonly description: string };
  readonly required?: true;
}

/** Whole numbers. Empty text is null, not the default. */
export interface IntegerOption extends CommonOption {
  readonly type: 'integer';
  readonly default: number | null;
  readonly min?: number;
  readonly max?: number;
}

export interface NumberOption extends CommonOption {
  readonly type: 'number';
  readonly default: number | null;
  readonly min?: number;
}

export interface BooleanOption extends CommonOption {
  readonly type: 'boolean';
  readonly default: boolean;
}

/** Comma-separated. */
export interface ListOption extends CommonOption {
  readonly type: 'list';
  readonly default: readonly string[] | null;
}

/** One value per occurrence. */
export interface MultiOption extends CommonOption {
  readonly type: 'multi';
  readonly default: readonly string[];
}

export type Option = StringOption | IntegerOption | NumberOption | BooleanOption | ListOption | MultiOption;

/** A converted value. */
export type OptionValue = string | number | boolean | readonly string[] | null;

type WithoutGroup<Kind> = Kind extends Option ? Omit<Kind, 'group'> : never;

/** The options of one group, without repeating its name on each. */
export function optionGroup(group: string, options: readonly WithoutGroup<Option>[]): readonly Option[] {
  return options.map((option) => ({ ...option, group }));
}
