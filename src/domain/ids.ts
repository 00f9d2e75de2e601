// Branded identifiers. A value gets its brand from a check or from a typed database row, never from a bare cast.

declare const brand: unique symbol;
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** UUID of a resource provider, exactly as stored: providers are compared by exact text. */
export type ProviderUuid = Brand<string, 'ProviderUuid'>;
/** UUID of a consumer. `PUT /allocations/{uuid}` makes it canonical; other operations use the text as given. */
export type ConsumerUuid = Brand<string, 'ConsumerUuid'>;
/** UUID of an aggregate, exactly as the client spelled it. */
export type AggregateUuid = Brand<string, 'AggregateUuid'>;

/** Row ids: 32-bit signed integers of the schema. Id 0 is a real resource class (VCPU). */
export type ProviderId = Brand<number, 'ProviderId'>;
export type ResourceClassId = Brand<number, 'ResourceClassId'>;
export type TraitId = Brand<number, 'TraitId'>;
export type AggregateId = Brand<number, 'AggregateId'>;
export type ConsumerId = Brand<number, 'ConsumerId'>;
export type ConsumerTypeId = Brand<number, 'ConsumerTypeId'>;
export type ProjectId = Brand<number, 'ProjectId'>;
export type UserId = Brand<number, 'UserId'>;

const HEX32 = /^[0-9a-fA-F]{32}$/;
/** As nearly all are sent: canonical, 8-4-4-4-12 in lower case. */
const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const KEY36 = /^[0-9a-fA-F-]{36}$/;

/**
 * The 32 hex digits of a *lenient* UUID, or undefined. Every `urn:` and `uuid:` is removed, braces are stripped from
 * both ends, and all `-` are dropped (http-api §2.1).
 */
function lenientHex(text: string): string | undefined {
  const hex = withoutOuterBraces(text.replaceAll('urn:', '').replaceAll('uuid:', '')).replaceAll('-', '');
  return HEX32.test(hex) ? hex : undefined;
}

/** Counts instead of matching `[{}]+$`, which takes quadratic time on a long run of braces in the middle. */
function withoutOuterBraces(text: string): string {
  const isBrace = (character: string | undefined) => character === '{' || character === '}';
  let start = 0;
  while (isBrace(text[start])) start += 1;
  let end = text.length;
  while (end > start && isBrace(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

/** True for every spelling that the *lenient* rule of http-api §2.1 accepts. */
export function isLenientUuid(text: string): boolean {
  return CANONICAL.test(text) || lenientHex(text) !== undefined;
}

/** True for a lenient UUID with `-` at positions 8, 13, 18 and 23 (http-api §2.1, *dashed*). */
export function isDashedUuid(text: string): boolean {
  return isLenientUuid(text) && [8, 13, 18, 23].every((position) => text[position] === '-');
}

/** True for 36 hex digits or dashes (http-api §2.1, *36-char key*). */
export function isUuidKey(text: string): boolean {
  return KEY36.test(text);
}

/** The canonical form (lower case, 8-4-4-4-12) of a lenient UUID, or undefined when the text is none. */
export function canonicalUuid(text: string): string | undefined {
  if (CANONICAL.test(text)) return text;
  const hex = lenientHex(text)?.toLowerCase();
  if (hex === undefined) return undefined;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Names text as a provider UUID. Any text may address a provider; one that none carries is simply not found. */
export function providerUuid(text: string): ProviderUuid {
  return branded<ProviderUuid>(text);
}

/** Names text as a consumer UUID (see {@link ConsumerUuid}). */
export function consumerUuid(text: string): ConsumerUuid {
  return branded<ConsumerUuid>(text);
}

/** Names text as an aggregate UUID (see {@link AggregateUuid}). */
export function aggregateUuid(text: string): AggregateUuid {
  return branded<AggregateUuid>(text);
}

/** A row id of a resource class. Throws RangeError for what no row can have. */
export function resourceClassId(id: number): ResourceClassId {
  if (!isRowId<ResourceClassId>(id)) throw new RangeError(`${id} is no row id`);
  return id;
}

/** A row id of a provider. Throws RangeError for what no row can have. */
export function providerId(id: number): ProviderId {
  if (!isRowId<ProviderId>(id)) throw new RangeError(`${id} is no row id`);
  return id;
}

function isRowId<Id extends number>(id: number): id is Id {
  return Number.isInteger(id) && id >= 0;
}

function isBranded<Branded extends string>(text: string): text is Branded {
  return typeof text === 'string';
}

function branded<Branded extends string>(text: string): Branded {
  if (!isBranded<Branded>(text)) throw new TypeError('an identifier must be text');
  return text;
}
