// Text to value, by the type of the option (operations §1.4).

import type { Option, OptionValue, StringOption } from './options/option.ts';

export type Converted =
  | { readonly value: OptionValue; readonly problem?: never }
  | { readonly problem: string; readonly value?: never };

/**
 * Converts the texts of one option: one for each occurrence of a `multi` option, exactly one otherwise.
 * A `problem` says what is allowed and does not repeat the text.
 */
export function convert(option: Option, texts: readonly string[]): Converted {
  const text = texts.at(-1) ?? '';
  switch (option.type) {
    case 'string':
      return convertString(option, text);
    case 'boolean':
      return convertBoolean(text);
    case 'integer': {
      if (text.trim() === '') return { value: null };
      if (!/^[+-]?[0-9]+$/.test(text.trim())) return { problem: 'a whole number is expected' };
      const value = Number(text.trim());
      if (!Number.isSafeInteger(value)) return { problem: 'a smaller number is expected' };
      return checkRange(value, option.min, option.max);
    }
    case 'number': {
      if (text.trim() === '') return { value: null };
      if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(text.trim()))
        return { problem: 'a number is expected' };
      return checkRange(Number(text.trim()), option.min, undefined);
    }
    case 'list':
      return { value: splitList(text) };
    case 'multi':
      return { value: texts };
  }
}

/** Items between commas, stripped; quotes protect nothing. Empty text is an empty list. */
export function splitList(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.split(',').map((item) => item.trim());
}

/** A value as it stands in a substitution or a dump; null is empty, booleans are written as Python does. */
export function valueText(value: OptionValue): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return Array.isArray(value) ? value.join(',') : String(value);
}

function convertString(option: StringOption, text: string): Converted {
  if (option.choices !== undefined) {
    const wanted = option.anyCase === true ? text.toLowerCase() : text;
    const choice = option.choices.find((each) => (option.anyCase === true ? each.toLowerCase() : each) === wanted);
    if (choice === undefined) return { problem: `Valid values are [${option.choices.join(', ')}]` };
    return { value: choice };
  }
  if (option.form !== undefined && !option.form.pattern.test(text)) {
    return { problem: `${option.form.description} is expected` };
  }
  return { value: text };
}

const TRUE = new Set(['true', '1', 'on', 'yes']);
const FALSE = new Set(['false', '0', 'off', 'no']);

function convertBoolean(text: string): Converted {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return { value: true };
  if (FALSE.has(word)) return { value: false };
  return { problem: 'Unexpected boolean value; allowed are true, 1, on, yes, false, 0, off and no' };
}

function checkRange(value: number, min: number | undefined, max: number | undefined): Converted {
  if (min !== undefined && value < min) return { problem: `must be ${min} or more` };
  if (max !== undefined && value > max) return { problem: `must be ${max} or less` };
  return { value };
}
