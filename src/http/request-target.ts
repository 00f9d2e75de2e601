// A request target taken apart, and a path decoded (http-api §1.16): percent sequences first, segments afterwards.
// Nothing is normalised; a path that is no text at all is simply unknown.

export interface RequestTarget {
  /** Host and port of a target that is a whole URL; null for the usual form. */
  readonly authority: string | null;
  /** As sent, without the query. */
  readonly rawPath: string;
  /** As sent, without `?`; empty when absent. */
  readonly rawQuery: string;
}

const WHOLE_URL = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/;
const PERCENT = 0x25;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function parseTarget(target: string): RequestTarget {
  const url = target.startsWith('/') ? null : WHOLE_URL.exec(target);
  const local = url === null ? target : target.slice(url[0].length);
  const question = local.indexOf('?');
  return {
    authority: url?.[1] ?? null,
    rawPath: question === -1 ? local : local.slice(0, question),
    rawQuery: question === -1 ? '' : local.slice(question + 1),
  };
}

/**
 * The path with its percent sequences decoded as UTF-8; a `%` without two hex digits stays as it is. Null for bytes
 * that are not UTF-8 and for NUL, which no name can contain and databases refuse.
 */
export function decodePath(rawPath: string): string | null {
  if (!rawPath.includes('%')) return rawPath.includes('\0') ? null : rawPath;
  try {
    const path = UTF8.decode(percentDecoded(Buffer.from(rawPath, 'latin1')));
    return path.includes('\0') ? null : path;
  } catch {
    return null;
  }
}

function percentDecoded(source: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let position = 0; position < source.length; position++) {
    let byte = source[position] ?? 0;
    if (byte === PERCENT) {
      const high = hexValue(source[position + 1]);
      const low = hexValue(source[position + 2]);
      if (high !== null && low !== null) {
        byte = high * 16 + low;
        position += 2;
      }
    }
    decoded[length++] = byte;
  }
  return decoded.subarray(0, length);
}

function hexValue(byte: number | undefined): number | null {
  if (byte === undefined) return null;
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? null : value;
}
