// What Keystone sends is data of another service: looked at field by field, never assumed.

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member of this name if it is an object. */
export function recordAt(value: unknown, name: string): JsonRecord | null {
  const member = isRecord(value) ? value[name] : undefined;
  return isRecord(member) ? member : null;
}

/** The member of this name if it is text. */
export function textAt(value: unknown, name: string): string | null {
  const member = isRecord(value) ? value[name] : undefined;
  return typeof member === 'string' ? member : null;
}

/** The member of this name if it is a list; an empty one otherwise. */
export function listAt(value: unknown, name: string): readonly unknown[] {
  const member = isRecord(value) ? value[name] : undefined;
  return Array.isArray(member) ? member : [];
}

/** A point in time as Keystone writes it, in milliseconds since 1970; without a zone it is UTC. Null if it is none. */
export function timeAt(value: unknown, name: string): number | null {
  const text = textAt(value, name);
  if (text === null) return null;
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? null : time;
}
