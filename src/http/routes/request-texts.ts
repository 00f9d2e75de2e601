// Allocation requests as JSON. Requests of one answer differ in the UUIDs alone once it is known which of their parts go to
// one provider: for each such pattern the text around the UUIDs is made once, and there are few patterns. Into an answer it
// is copied as bytes, and the UUIDs are written into it.

import { spelledOut } from '../../candidates/allocation-request.ts';
import type { AllocationRequests, RequestShape } from '../../candidates/answer.ts';
import type { ResourceClassId } from '../../domain/ids.ts';
import type { Microversion } from '../../domain/microversion.ts';
import type { ModelReader } from '../../model/reader.ts';
import type { AnswerPieces } from './answer-pieces.ts';
import { integerText, objectText, uuidInText } from './json-text.ts';
import { UUID_BYTES, UUID_WORDS, type UuidWords } from './uuid-words.ts';

/** From here on `allocations` is an object by provider; before, a list. */
const OBJECT_FORM_SINCE = 12;
const SHOWS_MAPPINGS_SINCE = 34;
/** Of thirty parts that need not be on different providers there are more patterns than anybody can keep. */
const PATTERNS_MAX = 256;

type Providers = AllocationRequests['providers'];

/** What stands between the UUIDs of a request, and whose UUIDs these are. */
interface Skeleton {
  /** Part → the first part with the same provider. */
  readonly pattern: readonly number[];
  /** One more than there are UUIDs. */
  readonly literals: readonly string[];
  /** The part whose provider's UUID follows the literal of the same index. */
  readonly parts: readonly number[];
  /** A comma and the text, with room for UUIDs of the usual length. */
  readonly bytes: Uint8Array;
  /** Where in the bytes each of the UUIDs begins. */
  readonly places: readonly number[];
}

/** Stands for a UUID while a skeleton is made: a character that is in no text, since JSON escapes it. */
const MARK = '\u0000';

export class RequestTexts {
  readonly #model: ModelReader;
  readonly #shape: RequestShape;
  readonly #version: Microversion;
  readonly #uuids: UuidWords;
  readonly #partCount: number;
  readonly #known = new Map<string, Skeleton>();
  #latest: Skeleton | null = null;

  /** For the requests of one answer. */
  constructor(model: ModelReader, shape: RequestShape, version: Microversion, uuids: UuidWords) {
    this.#model = model;
    this.#shape = shape;
    this.#version = version;
    this.#uuids = uuids;
    this.#partCount = shape.parts.length;
  }

  /** Adds all of them, with commas between. */
  addTo(pieces: AnswerPieces, { length, partCount, providers }: AllocationRequests): void {
    if (length > 0) pieces.add(this.text(providers, 0));
    for (let from = partCount; from < length * partCount; from += partCount) {
      if (!this.#addBytes(pieces, providers, from)) pieces.add(`,${this.text(providers, from)}`);
    }
  }

  /** False, with nothing added, when some UUID has no words. */
  #addBytes(pieces: AnswerPieces, providers: Providers, from: number): boolean {
    const { bytes, parts, places } = this.#skeletonOf(providers, from);
    for (let part = 0; part < this.#partCount; part++) {
      const provider = providers[from + part];
      if (provider === undefined || this.#uuids.placeOf(this.#model, provider) < 0) return false;
    }
    const start = pieces.reserve(bytes.length);
    pieces.copy(bytes, start);
    const { words } = this.#uuids;
    for (let index = 0; index < parts.length; index++) {
      const word = (providers[from + (parts[index] ?? 0)] ?? 0) * UUID_WORDS;
      const place = start + (places[index] ?? 0);
      for (let offset = 0; offset < UUID_WORDS; offset++) pieces.setWord(words[word + offset] ?? 0, place + 4 * offset);
    }
    return true;
  }

  /** Of the request whose parts go to the providers from `from` on. */
  text(providers: Providers, from: number): string {
    const { literals, parts } = this.#skeletonOf(providers, from);
    let text = literals[0] ?? '';
    for (let index = 0; index < parts.length; index++) {
      const provider = providers[from + (parts[index] ?? 0)];
      if (provider !== undefined) text += uuidInText(this.#model, provider) + (literals[index + 1] ?? '');
    }
    return text;
  }

  #skeletonOf(providers: Providers, from: number): Skeleton {
    if (this.#latest !== null && hasPattern(providers, from, this.#latest.pattern)) return this.#latest;
    const request = providers.slice(from, from + this.#partCount);
    const pattern = request.map((provider) => request.indexOf(provider));
    const name = pattern.join();
    this.#latest = this.#known.get(name) ?? skeleton(this.#model, this.#shape, this.#version, pattern);
    if (this.#known.size < PATTERNS_MAX) this.#known.set(name, this.#latest);
    return this.#latest;
  }
}

function hasPattern(providers: Providers, from: number, pattern: readonly number[]): boolean {
  for (let part = 0; part < pattern.length; part++) {
    let first = 0;
    while (providers[from + first] !== providers[from + part]) first++;
    if (pattern[part] !== first) return false;
  }
  return true;
}

function skeleton(
  model: ModelReader,
  shape: RequestShape,
  version: Microversion,
  pattern: readonly number[],
): Skeleton {
  const parts: number[] = [];
  const uuidOf = (part: number): string => {
    parts.push(part);
    return `"${MARK}"`;
  };
  const { allocations, mappings } = spelledOut(shape, pattern);
  const resources = new Map<number, string[]>();
  for (const { provider, resourceClassId, amount } of allocations) {
    const members = resources.get(provider) ?? [];
    members.push(resourceText(model, resourceClassId, amount));
    resources.set(provider, members);
  }
  let text = `{"allocations":${version >= OBJECT_FORM_SINCE ? objectForm(resources, uuidOf) : listForm(resources, uuidOf)}`;
  if (version >= SHOWS_MAPPINGS_SINCE) {
    const members = mappings.map(({ suffix, providers }) => [suffix, `[${providers.map(uuidOf).join(',')}]`] as const);
    text += `,"mappings":${objectText(members)}`;
  }
  const literals = `${text}}`.split(MARK);
  return { pattern, literals, parts, ...inBytes(literals) };
}

function inBytes(literals: readonly string[]): Pick<Skeleton, 'bytes' | 'places'> {
  const blank = ' '.repeat(UUID_BYTES);
  const places: number[] = [];
  let length = 1;
  for (const literal of literals.slice(0, -1)) {
    length += Buffer.byteLength(literal);
    places.push(length);
    length += UUID_BYTES;
  }
  return { bytes: Buffer.from(`,${literals.join(blank)}`), places };
}

function resourceText(model: ModelReader, resourceClassId: ResourceClassId, amount: number): string {
  return `${JSON.stringify(model.resourceClassName(resourceClassId))}:${integerText(amount)}`;
}

function objectForm(resources: ReadonlyMap<number, readonly string[]>, uuidOf: (part: number) => string): string {
  const members = [...resources].map(([part, texts]) => `${uuidOf(part)}:{"resources":{${texts.join(',')}}}`);
  return `{${members.join(',')}}`;
}

function listForm(resources: ReadonlyMap<number, readonly string[]>, uuidOf: (part: number) => string): string {
  const items = [...resources].map(
    ([part, texts]) => `{"resource_provider":{"uuid":${uuidOf(part)}},"resources":{${texts.join(',')}}}`,
  );
  return `[${items.join(',')}]`;
}
