// Why the service cannot listen, as one line for the operator instead of a stack.

import { StartRefusedError } from '../auth/start-refused.ts';
import type { ListenTarget } from '../http/server.ts';

/** By the code of the system's error: what an operator can mend. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'another process uses this port already'],
  ['EACCES', 'the user that Berth runs as may not use this port'],
  ['EADDRNOTAVAIL', 'this machine does not have this address'],
  ['ENOTFOUND', 'there is no address for this name'],
  ['EAI_AGAIN', 'the name cannot be looked up at the moment'],
]);

const SOCKET_REASONS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'another process listens there'],
  ['EACCES', 'the user that Berth runs as may not write to its folder'],
]);

/** The error as a StartRefusedError if the operator can do something about it, else as it is. */
export function listenRefused(error: unknown, place: ListenTarget): unknown {
  const code = codeOf(error);
  if ('path' in place) {
    const reason = SOCKET_REASONS.get(code);
    if (reason === undefined) return error;
    return new StartRefusedError(`cannot listen on ${place.path}: ${reason} (${code}); see [berth] socket`);
  }
  const reason = REASONS.get(code);
  if (reason === undefined) return error;
  const { host, port } = place;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new StartRefusedError(
    `cannot listen on ${address}: ${reason} (${code}); choose another with --host and --port, or [berth] host and port`,
  );
}

/** The same for a certificate and key that do not go together or are none. */
export function tlsRefused(error: unknown): unknown {
  const code = codeOf(error);
  if (!(error instanceof Error) || !/^ERR_(?:OSSL|SSL|TLS)/.test(code)) return error;
  return new StartRefusedError(`[berth] tls_certificate and tls_key cannot be used: ${error.message} (${code})`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
