// Whether a log names any of the identifiers, in whatever spelling: upper or lower case, a UUID with or without dashes, as
// it is or as JSON or a URL would write it.

import type { UsedIdentifier } from './used-identifiers.ts';

/** Texts shorter than this may be a part of a word by chance, and count only where they stand alone. */
const UNMISTAKABLE = 12;

export interface Hit extends UsedIdentifier {
  readonly line: string;
}

/** The first line for each identifier that the log has. */
export function findIdentifiers(lines: readonly string[], identifiers: readonly UsedIdentifier[]): readonly Hit[] {
  const lowered = lines.map((line) => valuesIn(line).toLowerCase());
  const whole = lowered.join('\n');
  return identifiers.flatMap((identifier) => {
    const found = spellings(identifier.text).find((spelling) => holds(whole, spelling));
    if (found === undefined) return [];
    return [{ ...identifier, line: lines[lowered.findIndex((line) => holds(line, found))] ?? '' }];
  });
}

/** What a line says, without the names of its members: those are Berth's own words. */
function valuesIn(line: string): string {
  const texts: string[] = [];
  try {
    JSON.parse(line, (_name, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') texts.push(String(value));
      return value;
    });
  } catch {
    return line;
  }
  return texts.join(' ');
}

/** Each identifier of each kind once. */
export function distinct(identifiers: readonly UsedIdentifier[]): readonly UsedIdentifier[] {
  return [...new Map(identifiers.map((one) => [`${one.kind} ${one.text}`, one])).values()];
}

function spellings(text: string): readonly string[] {
  const lowered = text.toLowerCase();
  const json = JSON.stringify(lowered).slice(1, -1);
  const isUuid = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/.test(lowered);
  return [...new Set([lowered, json, encodeURIComponent(lowered), ...(isUuid ? [lowered.replaceAll('-', '')] : [])])];
}

function holds(text: string, spelling: string): boolean {
  for (let at = text.indexOf(spelling); at !== -1; at = text.indexOf(spelling, at + 1)) {
    if (spelling.length >= UNMISTAKABLE) return true;
    const around = `${text[at - 1] ?? ' '}${text[at + spelling.length] ?? ' '}`;
    if (!/[a-z0-9_-]/.test(around)) return true;
  }
  return false;
}
