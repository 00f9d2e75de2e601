// Timestamps as the schema keeps them: UTC text without a zone, microseconds (operations §4.1).

import type { Timestamp } from './tables.ts';

function isTimestamp(text: string): text is Timestamp {
  return text.length >= 19;
}

/** `2026-01-02 03:04:05.678000` for that moment in UTC. */
export function toTimestamp(date: Date): Timestamp {
  const text = `${date.toISOString().slice(0, 23).replace('T', ' ')}000`;
  if (!isTimestamp(text)) throw new RangeError('not a moment that can be stored');
  return text;
}

/** `2026-01-02 03:04:05`, cut off, never rounded up, for databases that store no fraction. */
export function toTimestampInSeconds(date: Date): Timestamp {
  const text = toTimestamp(date).slice(0, 19);
  if (!isTimestamp(text)) throw new RangeError('not a moment that can be stored');
  return text;
}

/** The moment that a stored text names; null stays null. */
export function fromTimestamp(text: Timestamp | null): Date | null {
  if (text === null) return null;
  const date = new Date(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Last update, else creation: what `Last-Modified` shows (http-api §1.14). */
export function modifiedAt(row: { updated_at: Timestamp | null; created_at: Timestamp | null }): Date | null {
  return fromTimestamp(row.updated_at ?? row.created_at);
}
