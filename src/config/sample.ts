// A sample placement.conf: every option of the catalogue with what it means and allows, commented out at its default.

import { valueText } from './convert.ts';
import type { Option } from './options/option.ts';
import { OPTIONS } from './options.ts';

const WIDTH = 100;
const HEADER = `# A sample configuration of Berth. Every option stands at its default; remove the # in front of one to change it.
# Comments take whole lines: behind a value, a # is a part of it. A dollar sign in a value is written $$.
`;

/** The text of the whole file. */
export function sampleConfiguration(): string {
  const groups = Map.groupBy(OPTIONS, ({ group }) => group);
  const sections = [...groups].map(([group, options]) => [`[${group}]`, ...options.map(describe)].join('\n\n'));
  return [HEADER, ...sections].join('\n').concat('\n');
}

function describe(option: Option): string {
  const notes = [
    option.help,
    ...(option.status === 'accepted' ? ['Without effect in Berth.'] : []),
    `${typeOf(option)}.`,
    ...(option.type === 'string' && option.required === true ? ['Must be set.'] : []),
  ];
  const text = option.default === null ? '' : quoted(valueText(option.default));
  return [
    ...wrap(notes.join(' ')).map((line) => `# ${line}`),
    `#${option.name} =${text === '' ? '' : ` ${text}`}`,
  ].join('\n');
}

/** In quotes where a file would lose the white space at its ends. */
function quoted(text: string): string {
  return text === text.trim() ? text : `"${text}"`;
}

/** The type of an option and what it allows, for people: `integer, 1 to 64`. */
export function typeOf(option: Option): string {
  switch (option.type) {
    case 'string':
      if (option.choices !== undefined) return `one of ${option.choices.filter((choice) => choice !== '').join(', ')}`;
      return option.form === undefined ? 'string' : option.form.description;
    case 'integer':
      return `integer${range(option.min, option.max)}`;
    case 'number':
      return `number${range(option.min, undefined)}`;
    case 'boolean':
      return 'boolean';
    case 'list':
      return 'list, with commas';
    case 'multi':
      return 'string, may be given several times';
  }
}

function range(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return `, ${min} to ${max}`;
  if (min !== undefined) return `, ${min} or more`;
  return max === undefined ? '' : `, at most ${max}`;
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
