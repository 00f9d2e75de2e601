// `$name` in values (operations §1.4): replaced before conversion, so a password with a `$` in it must be written `$$`.

/** A reference to another option; `group` is null where the text names none. */
export interface OptionReference {
  readonly group: string | null;
  readonly name: string;
}

/** Text with references replaced, or what is wrong with one. Problems never quote the text, which may be a secret. */
export type Substituted =
  | { readonly text: string; readonly problem?: never }
  | { readonly problem: string; readonly text?: never };

const REFERENCE = /\$\$|\\\$|\$\{([_a-zA-Z][._a-zA-Z0-9]*)\}|\$([_a-zA-Z][._a-zA-Z0-9]*)/g;

/**
 * Replaces `$name`, `${name}`, `$group.name`, `${group.name}` by what `lookUp` says, `$$` and `\$` by `$`. Other dollar
 * signs stay. `lookUp` returns undefined for a name that is no option, null for one that cannot be used.
 */
export function substitute(
  text: string,
  lookUp: (reference: OptionReference) => string | null | undefined,
): Substituted {
  let problem: string | null = null;
  const result = text.replace(REFERENCE, (_match, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    const value = lookUp(toReference(name));
    if (value === undefined)
      problem ??= 'a name after $ is not an option; write $$ for a dollar sign (in a URL also %24)';
    if (value === null) problem ??= 'a name after $ is an option that has no usable value';
    return value ?? '';
  });
  return problem === null ? { text: result } : { problem };
}

function toReference(text: string): OptionReference {
  const dot = text.indexOf('.');
  return dot < 0 ? { group: null, name: text } : { group: text.slice(0, dot), name: text.slice(dot + 1) };
}
