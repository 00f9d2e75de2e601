// The file grammar of oslo.config (operations §1.3), line by line. It looks like INI and differs from every INI library:
// no inline comments, the first of `=` and `:` separates, and an indented line continues the value above.

/** One `key = value`, with the number of the line where it begins (from 1). */
export interface Assignment {
  /** As oslo.config compares them: `DEFAULT`, or lower case. */
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** A line that the grammar has no meaning for. `openKey` is the key whose value the line might have been meant for. */
export interface LineProblem {
  readonly line: number;
  readonly reason: string;
  readonly text: string;
  readonly openKey: string | null;
}

export interface ParsedFile {
  readonly assignments: readonly Assignment[];
  readonly problems: readonly LineProblem[];
}

interface OpenValue {
  readonly section: string;
  readonly key: string;
  readonly line: number;
  readonly parts: string[];
}

/** Reads a whole file. Never throws: lines that cannot be read are problems, and reading goes on after them. */
export function parseIniFile(text: string): ParsedFile {
  const assignments: Assignment[] = [];
  const problems: LineProblem[] = [];
  let section: string | null = null;
  // After a broken header nobody knows whose the following lines are: they are passed over without more complaints.
  let sectionIsBroken = false;
  let open: OpenValue | null = null;
  let lastKey: string | null = null;

  const close = () => {
    if (open !== null) assignments.push({ ...withoutParts(open), value: open.parts.join('\n') });
    open = null;
  };

  for (const [index, rawLine] of text.split(/\r\n|\r|\n/).entries()) {
    const number = index + 1;
    const line = rawLine.trimEnd();
    const wrong = (reason: string) => problems.push({ line: number, reason, text: line, openKey: lastKey });

    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (open !== null) open.parts.push(line.trimStart());
      else if (!sectionIsBroken) wrong('Unexpected continuation line');
      continue;
    }
    close();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;

    if (line.startsWith('[')) {
      lastKey = null;
      const header = readHeader(line);
      sectionIsBroken = typeof header !== 'string';
      if (typeof header === 'string') section = header;
      else wrong(header.reason);
      continue;
    }
    if (sectionIsBroken) continue;

    const separator = line.search(/[=:]/);
    if (separator < 0) {
      wrong("No ':' or '=' found in assignment");
      continue;
    }
    const key = line.slice(0, separator).trim();
    lastKey = key;
    if (key === '') wrong('Key cannot be empty');
    else if (section === null) wrong('Section must be started before assignment');
    else open = { section, key, line: number, parts: [withoutQuotes(line.slice(separator + 1).trim())] };
  }
  close();
  return { assignments, problems };
}

function withoutParts({ section, key, line }: OpenValue): Omit<Assignment, 'value'> {
  return { section, key, line };
}

function readHeader(line: string): string | { readonly reason: string } {
  if (!line.endsWith(']')) return { reason: 'Invalid section (must end with ])' };
  const name = line.slice(1, -1);
  if (name === '') return { reason: 'Empty section name' };
  // Written otherwise than in capitals, `default` is a section of its own, which nobody reads.
  return name === 'DEFAULT' ? name : name.toLowerCase();
}

function withoutQuotes(value: string): string {
  const first = value[0];
  const quoted = value.length >= 2 && (first === '"' || first === "'") && value.endsWith(first);
  return quoted ? value.slice(1, -1) : value;
}
