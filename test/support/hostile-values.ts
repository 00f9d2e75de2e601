// Values that no honest client sends: what databases, parsers, file systems and JavaScript could take for something else.

/** Texts, each of which means nothing but itself. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  "'; DROP TABLE resource_providers; --",
  '" OR 1=1 --',
  "' UNION SELECT external_id FROM users --",
  '`; DELETE FROM allocations; --',
  "\\'; --",
  '%',
  '_',
  '%s%n%x',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is to look like a placeholder.
  '${7*7}',
  '$1',
  '?',
  '*',
  'a\0b',
  'one\ntwo\r\nthree',
  'one\u2028two\u0085three',
  '\u001b[31mred',
  '🦑 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u0301',
  '\ufeffmark',
  '\u202egnirts',
  'İı',
  'x'.repeat(10_000),
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../etc/passwd',
  'C:\\windows\\win.ini',
  '<script>alert(1)</script>',
  '&lt;x y="z"',
  '{}',
  '[]',
  'null',
  'true',
  'NaN',
  'Infinity',
  '-1',
  '0',
  '1.5',
  '1e400',
  '0x10',
  '9'.repeat(40),
  '٣',
];

/** Percent-encoded text that is not well-formed, and paths that a careless server would normalise. */
const HOSTILE_ENCODINGS: readonly string[] = [
  '%ED%A0%80',
  '%FF%FE',
  '%C0%AF',
  '%',
  '%zz',
  '%u0041',
  '..',
  '../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
];

/** JSON texts of values that are no text, or none that can be stored. */
const HOSTILE_JSON: readonly string[] = [
  '"\\ud800"',
  '"\\udc00\\ud800"',
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '1.5',
  '5e-324',
  '1e400',
  '-1e400',
  '2147483648',
  '-2147483649',
  '9007199254740993',
  '9'.repeat(40),
  '[]',
  '{}',
  '[null]',
  '[[[[[[[[1]]]]]]]]',
  `${'['.repeat(2000)}${']'.repeat(2000)}`,
  '{"__proto__":{"total":1},"constructor":{"prototype":{}}}',
];

/** For a path segment or the value of a query parameter. */
export const HOSTILE_IN_URL: readonly string[] = [...HOSTILE_TEXTS.map(encodeURIComponent), ...HOSTILE_ENCODINGS];

/** For a value in a JSON body. */
export const HOSTILE_IN_JSON: readonly string[] = [
  ...HOSTILE_TEXTS.map((text) => JSON.stringify(text)),
  ...HOSTILE_JSON,
];

/** For a key in a JSON body. */
export const HOSTILE_KEYS_IN_JSON: readonly string[] = HOSTILE_IN_JSON.filter((json) => json.startsWith('"'));

/** For a header: bytes of UTF-8 as characters, without those that end a header. */
export const HOSTILE_IN_HEADER: readonly string[] = HOSTILE_TEXTS.map((text) =>
  Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/(?![\u0080-\u009f])\p{Cc}/gu, ''),
);
