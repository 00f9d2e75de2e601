// Allocation requests as JSON text. Requests of one answer differ in the UUIDs alone once it is known which of their
// parts go to one provider: for each such pattern the text between the UUIDs is made once, and there are few patterns.

import { spelledOut } from '../../candidates/allocation-request.ts';
import type { AllocationRequest, RequestShape } from '../../candidates/answer.ts';
import type { ResourceClassId } from '../../domain/ids.ts';
import type { Microversion } from '../../domain/microversion.ts';
import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import { integerText, objectText, uuidInText } from './json-text.ts';

/** From here on `allocations` is an object by provider; before, a list. */
const OBJECT_FORM_SINCE = 12;
const SHOWS_MAPPINGS_SINCE = 34;
/** Of thirty parts that need not be on different providers there are more patterns than anybody can keep. */
const PATTERNS_MAX = 256;

/** What stands between the UUIDs of a request, and whose UUIDs these are. */
interface Skeleton {
  /** Part → the first part with the same provider. */
  readonly pattern: readonly number[];
  /** One more than there are UUIDs. */
  readonly literals: readonly string[];
  /** The part whose provider's UUID follows the literal of the same index. */
  readonly parts: readonly number[];
}

/** Stands for a UUID while a skeleton is made: a character that is in no text, since JSON escapes it. */
const MARK = '\u0000';

export class RequestTexts {
  readonly #model: ModelReader;
  readonly #shape: RequestShape;
  readonly #version: Microversion;
  readonly #known = new Map<string, Skeleton>();
  readonly #pattern: number[];
  #latest: Skeleton | null = null;

  /** For the requests of one answer. */
  constructor(model: ModelReader, shape: RequestShape, version: Microversion) {
    this.#model = model;
    this.#shape = shape;
    this.#version = version;
    this.#pattern = shape.parts.map(() => 0);
  }

  text(request: AllocationRequest): string {
    const { literals, parts } = this.#skeletonOf(request);
    let text = literals[0] ?? '';
    let provider: ProviderNumber | undefined;
    let uuid = '';
    for (let index = 0; index < parts.length; index++) {
      const next = request[parts[index] ?? 0];
      if (next !== provider && next !== undefined) {
        provider = next;
        uuid = uuidInText(this.#model, next);
      }
      text += uuid + (literals[index + 1] ?? '');
    }
    return text;
  }

  #skeletonOf(request: AllocationRequest): Skeleton {
    const pattern = this.#pattern;
    let isLatest = this.#latest !== null;
    for (let part = 0; part < request.length; part++) {
      const first = request.indexOf(request[part] ?? providerOfNoPart(), 0);
      pattern[part] = first;
      isLatest &&= this.#latest?.pattern[part] === first;
    }
    if (isLatest && this.#latest !== null) return this.#latest;
    const name = pattern.join();
    this.#latest = this.#known.get(name) ?? skeleton(this.#model, this.#shape, this.#version, [...pattern]);
    if (this.#known.size < PATTERNS_MAX) this.#known.set(name, this.#latest);
    return this.#latest;
  }
}

function providerOfNoPart(): never {
  throw new RangeError('a request has a provider for each part');
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
  return { pattern, literals: `${text}}`.split(MARK), parts };
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
