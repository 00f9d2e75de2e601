// Which microversion a request asks for (http-api §1.8). The header may speak of several services; the last item that
// speaks of placement counts, and without one the version is 1.0.

import { versionMalformed, versionUnacceptable } from '../domain/errors/http.ts';
import {
  formatMicroversion,
  isMicroversion,
  MINOR_MAX,
  type Microversion,
  microversion,
} from '../domain/microversion.ts';

export const VERSION_HEADER = 'openstack-api-version';

const SERVICE_TYPE = 'placement';
/** Service type, blanks, version; the version may contain blanks of its own. */
const ITEM = /^(\S+)\s+(.+)$/;
/** Blanks and signs are tolerated around either number, as `1. 8`: a quirk that clients may lean on. */
const INTEGER = /^\s*[+-]?\d+\s*$/;

/**
 * The microversion asked for by the header's value, 1.0 when absent.
 *
 * @throws 400 for what is no version, 406 for a version that does not exist
 */
export function negotiateVersion(header: string | undefined): Microversion {
  if (header === undefined) return microversion(0);
  const seen = versionsSeen.get(header);
  if (seen !== undefined) return seen;
  const version = versionIn(header);
  if (versionsSeen.size < SEEN_MAX) versionsSeen.set(header, version);
  return version;
}

/** Clients say the same thing again and again. What is no version is not remembered. */
const versionsSeen = new Map<string, Microversion>();
const SEEN_MAX = 100;

function versionIn(header: string): Microversion {
  const text = placementVersion(header);
  if (text === null) return microversion(0);
  if (text === 'latest') return microversion(MINOR_MAX);

  const dot = text.indexOf('.');
  const major = dot === -1 ? '' : text.slice(0, dot);
  const minor = text.slice(dot + 1);
  if (!INTEGER.test(major) || !INTEGER.test(minor)) throw versionMalformed({ version: text });
  const number = Number(minor);
  if (Number(major) !== 1 || !isMicroversion(number)) throw versionUnacceptable({ version: text });
  return number;
}

const HEADERS: readonly Readonly<Record<string, string>>[] = Array.from({ length: MINOR_MAX + 1 }, (_, minor) => ({
  [VERSION_HEADER]: `${SERVICE_TYPE} ${formatMicroversion(microversion(minor))}`,
  vary: VERSION_HEADER,
}));

/** The headers by which an answer tells the version it was made for. */
export function versionHeaders(version: Microversion): Readonly<Record<string, string>> {
  return HEADERS[version] ?? {};
}

function placementVersion(header: string): string | null {
  for (const item of header.split(',').reverse()) {
    const match = ITEM.exec(item.trim());
    if (match?.[1]?.toLowerCase() === SERVICE_TYPE) return match[2] ?? null;
  }
  return null;
}
