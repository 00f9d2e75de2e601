// The one error of the configuration: everything that is wrong with it, found in one go, so that an operator mends it in
// one go. Values of secret options never get this far; they are `****` from where the problem is noticed.

/** Where a value was written. */
export type Source =
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag' }
  | { readonly kind: 'default' };

/** One thing that is wrong. `option` is null for a problem of the file itself, or of finding it. */
export interface ConfigurationProblem {
  readonly source: Source | null;
  readonly option: { readonly group: string; readonly name: string } | null;
  /** The text as it was written; `****` for secret options; null when there is none. */
  readonly value: string | null;
  /** One line: what is wrong, and what is allowed. */
  readonly reason: string;
}

export const MASK = '****';

/** The configuration cannot be used. The message has one line per problem (operations §1.3, §1.4). */
export class ConfigurationError extends Error {
  readonly problems: readonly ConfigurationProblem[];
  /** The files that were read. */
  readonly sources: readonly string[];

  constructor(problems: readonly ConfigurationProblem[], sources: readonly string[] = []) {
    super(problems.map(describe).join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
    this.sources = sources;
  }
}

/** A source as it stands in messages: `placement.conf:12`, an environment variable, `the command line`. */
export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'file':
      return `${source.path}:${source.line}`;
    case 'environment':
      return `the environment variable ${source.variable}`;
    case 'flag':
      return 'the command line';
    case 'default':
      return 'its default';
  }
}

function describe({ source, option, value, reason }: ConfigurationProblem): string {
  if (option === null) return oneLine(reason);
  const name = `[${option.group}] ${option.name}`;
  if (source === null || value === null) return oneLine(`${name}: ${reason}`);
  return oneLine(
    `Value for option ${name} from ${describeSource(source)} is not valid: ${reason}, but found '${value}'`,
  );
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
