// A client's own text inside an error message: always one line, never long, whatever the client sent.

/** Longest piece of a client's text that a message repeats, in UTF-16 code units. */
export const EXCERPT_MAX = 1000;

// Control characters and Unicode line ends: some clients show only what follows the last line end (http-api §1.10).
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
const NOT_ONE_LINE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** The text with control characters as blanks, cut after {@link EXCERPT_MAX} code units. */
export function excerpt(text: string): string {
  const short = text.length > EXCERPT_MAX ? `${text.slice(0, EXCERPT_MAX)}…` : text;
  return short.toWellFormed().replace(NOT_ONE_LINE, ' ');
}

/** The texts, comma-separated, as one excerpt; stops joining when it is long enough. */
export function excerptList(texts: Iterable<string>): string {
  let joined = '';
  for (const text of texts) {
    if (joined !== '') joined += ', ';
    joined += text;
    if (joined.length > EXCERPT_MAX) break;
  }
  return excerpt(joined);
}
