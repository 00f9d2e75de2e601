// Tables of text with a frame, as the admin commands of OpenStack print them.

/** A table with centred cells. Columns are as wide as they need to be. */
export function centredTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0), name.length),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (cells: readonly string[]) =>
    `|${widths.map((width, column) => ` ${centred(cells[column] ?? '', width)} `).join('|')}|`;
  return `${[rule, line(header), rule, ...rows.map(line), rule].join('\n')}\n`;
}

/** A table with cells at the left. */
export function leftTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `|${widths.map((width, column) => ` ${(cells[column] ?? '').padEnd(width)} `).join('|')}|`;
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  return `${[rule, line(header), rule, ...rows.map(line), rule].join('\n')}\n`;
}

/** One column with a title and a rule between its cells, each of several lines. */
export function stackedTable(title: string, cells: readonly (readonly string[])[]): string {
  const width = Math.max(title.length, ...cells.flat().map((line) => line.length));
  const rule = `+${'-'.repeat(width + 2)}+`;
  const lines = [[title], ...cells].flatMap((cell) => [rule, ...cell.map((line) => `| ${line.padEnd(width)} |`)]);
  return `${[...lines, rule].join('\n')}\n`;
}

/**
 * Lines of at most `width` characters, all but the first indented; broken at white space, and behind a hyphen between
 * letters. A longer word stays whole.
 */
export function wrapped(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const pieces = word.split(/(?<=[A-Za-z]{2}-)(?=[A-Za-z]{2})/);
    for (const [index, piece] of pieces.entries()) {
      const glue = index > 0 || line.trim() === '' ? '' : ' ';
      if (line.trim() !== '' && line.length + glue.length + piece.length > width) {
        lines.push(line);
        line = `${indent}${piece}`;
      } else {
        line += glue + piece;
      }
    }
  }
  return [...lines, line];
}

/** Of an odd rest the larger part is at the left of a text of even length, else at its right. */
function centred(text: string, width: number): string {
  const rest = width - text.length;
  const left = Math.floor(rest / 2) + (rest & width & 1);
  return `${' '.repeat(left)}${text}${' '.repeat(rest - left)}`;
}
