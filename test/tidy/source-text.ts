// Takes TypeScript apart as far as the house's rules need: comments, string literals, and what is left. No parser: a
// scan that knows where quotes, templates, comments and regular expressions begin and end.

export interface Literal {
  readonly line: number;
  readonly text: string;
}

export interface SourceText {
  /** Comments blanked. Same length and lines as the source. */
  readonly withoutComments: string;
  /** Comments and the contents of literals blanked. Same length and lines as the source. */
  readonly code: string;
  /** String literals and the fixed parts of templates. */
  readonly literals: readonly Literal[];
}

/** After these a slash begins a regular expression; after anything else it divides. */
const BEFORE_EXPRESSION = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|throw|await|yield|void|delete))$/;
const BLANK = /[^\n]/g;

/** Takes a file apart. What is not valid TypeScript gives a wrong picture, never an error. */
export function takeApart(source: string): SourceText {
  const literals: Literal[] = [];
  let withoutComments = '';
  let code = '';
  /** For every template that is open around here: how many braces are open inside its `${`. */
  const templates: number[] = [];

  const emit = (text: string, kind: 'code' | 'comment' | 'literal') => {
    const blank = text.replace(BLANK, ' ');
    if (kind === 'literal') literals.push({ line: lineAt(code), text });
    withoutComments += kind === 'comment' ? blank : text;
    code += kind === 'code' ? text : blank;
  };

  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at, at + 2);
    const character = rest[0] ?? '';
    const end = (found: number) => (found === -1 ? source.length : found);
    if (rest === '//') {
      const stop = end(source.indexOf('\n', at));
      emit(source.slice(at, stop), 'comment');
      at = stop;
    } else if (rest === '/*') {
      const stop = end(source.indexOf('*/', at + 2));
      emit(source.slice(at, stop + 2), 'comment');
      at = stop + 2;
    } else if (character === "'" || character === '"') {
      const stop = endOfLiteral(source, at + 1, character);
      emit(character, 'code');
      emit(source.slice(at + 1, stop), 'literal');
      emit(source.slice(stop, stop + 1), 'code');
      at = stop + 1;
    } else if (character === '/' && BEFORE_EXPRESSION.test(code.trimEnd().slice(-8))) {
      const stop = endOfExpression(source, at + 1);
      emit('/', 'code');
      emit(source.slice(at + 1, stop), 'literal');
      emit(source.slice(stop, stop + 1), 'code');
      at = stop + 1;
    } else if (character === '`' || (character === '}' && templates.at(-1) === 0)) {
      if (character === '}') templates.pop();
      const stop = endOfTemplatePart(source, at + 1);
      emit(character, 'code');
      emit(source.slice(at + 1, stop), 'literal');
      if (source[stop] === '$') templates.push(0);
      const closing = source[stop] === '$' ? '${' : '`';
      emit(source.slice(stop, stop + closing.length), 'code');
      at = stop + closing.length;
    } else {
      const depth = templates.at(-1);
      if (depth !== undefined && character === '{') templates[templates.length - 1] = depth + 1;
      if (depth !== undefined && character === '}') templates[templates.length - 1] = depth - 1;
      emit(character, 'code');
      at += 1;
    }
  }
  return { withoutComments, code, literals };
}

/** The line, from 1, of the end of a text. */
export function lineAt(text: string): number {
  return text.split('\n').length;
}

function endOfLiteral(source: string, from: number, quote: string): number {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === quote || source[at] === '\n') return at;
  }
  return source.length;
}

function endOfExpression(source: string, from: number): number {
  let inClass = false;
  for (let at = from; at < source.length; at += 1) {
    const character = source[at];
    if (character === '\\') at += 1;
    else if (character === '\n') return at;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) return at;
  }
  return source.length;
}

function endOfTemplatePart(source: string, from: number): number {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '`' || source.startsWith('${', at)) return at;
  }
  return source.length;
}
