// What a client accepts (http-api §1.7). Our own reading of `Accept` rather than a library's, because two answers are
// part of the contract: a header that cannot be parsed accepts everything, and `application/json;charset=utf-8` does
// not match the bare type.

/** How an error is shown. */
export type ErrorFormat = 'json' | 'html' | 'plain';

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** It has parameters other than `q`, which none of our types has. */
  readonly parametrized: boolean;
  /** 0 to 1 */
  readonly quality: number;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = `[ \\t]*;[ \\t]*${TOKEN}(?:=(?:${TOKEN}|"(?:[^"\\\\]|\\\\.)*"))?`;
/** One element of the list, possibly empty, up to and with its comma. Sticky. */
const ELEMENT = new RegExp(`[ \\t]*(?:(${TOKEN})/(${TOKEN})((?:${PARAMETER})*))?[ \\t]*(?:,|$)`, 'y');
const PARAMETERS = new RegExp(`;[ \\t]*(${TOKEN})(?:=(${TOKEN}|"(?:[^"\\\\]|\\\\.)*"))?`, 'g');
const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** Guard A: whether `application/json` may be answered. Takes the header's value, undefined when absent. */
export function acceptsJson(header: string | undefined): boolean {
  const accept = defaulted(header);
  if (accept === 'application/json') return true;
  const ranges = parseAccept(accept);
  return ranges === null || qualityOf(ranges, 'application', 'json') > 0;
}

/** The form of an error body: HTML or JSON by quality, HTML on a tie, plain text when neither is acceptable. */
export function errorFormat(header: string | undefined): ErrorFormat {
  const accept = defaulted(header);
  if (accept === 'application/json') return 'json';
  const ranges = parseAccept(accept);
  if (ranges === null) return 'html';
  const html = qualityOf(ranges, 'text', 'html');
  const json = qualityOf(ranges, 'application', 'json');
  if (html === 0 && json === 0) return 'plain';
  return html >= json ? 'html' : 'json';
}

function defaulted(header: string | undefined): string {
  return header === undefined || header === '' || header === '*/*' ? 'application/json' : header;
}

/** The ranges of the header, or null when it is not well-formed. */
function parseAccept(header: string): readonly MediaRange[] | null {
  const ranges: MediaRange[] = [];
  for (let position = 0; position < header.length; ) {
    ELEMENT.lastIndex = position;
    const match = ELEMENT.exec(header);
    if (match === null) return null;
    position += match[0].length;
    const [, type, subtype, parameters] = match;
    if (type === undefined || subtype === undefined) continue;
    const range = mediaRange(type.toLowerCase(), subtype.toLowerCase(), parameters ?? '');
    if (range === null) return null;
    ranges.push(range);
  }
  return ranges;
}

/** Parameters before `q` belong to the type, those behind it are extensions and ignored (RFC 7231 §5.3.2). */
function mediaRange(type: string, subtype: string, parameters: string): MediaRange | null {
  let parametrized = false;
  for (const [, name = '', value] of parameters.matchAll(PARAMETERS)) {
    if (name.toLowerCase() === 'q') {
      if (value === undefined || !QUALITY.test(value)) return null;
      return { type, subtype, parametrized, quality: Number(value) };
    }
    if (value === undefined) return null;
    parametrized = true;
  }
  return { type, subtype, parametrized, quality: 1 };
}

/** Quality of one type: that of the most specific range that matches it, the first of equals; 0 when none does. */
function qualityOf(ranges: readonly MediaRange[], type: string, subtype: string): number {
  let best = 0;
  let quality = 0;
  for (const range of ranges) {
    const specificity = specificityFor(range, type, subtype);
    if (specificity > best) {
      best = specificity;
      quality = range.quality;
    }
  }
  return quality;
}

/** 3 for the type itself, 2 for `type/*`, 1 for `*` + `/*`, 0 for no match. */
function specificityFor(range: MediaRange, type: string, subtype: string): number {
  if (range.parametrized) return 0;
  if (range.type === '*' && range.subtype === '*') return 1;
  if (range.type !== type) return 0;
  if (range.subtype === '*') return 2;
  return range.subtype === subtype ? 3 : 0;
}
