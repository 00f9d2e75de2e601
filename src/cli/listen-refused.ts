// Why the service cannot listen, as one line for the operator instead of a stack.

import { StartRefusedError } from '../auth/start-refused.ts';

/** By the code of the system's error: what an operator can mend. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'another process uses this port already'],
  ['EACCES', 'the user that Berth runs as may not use this port'],
  ['EADDRNOTAVAIL', 'this machine does not have this address'],
  ['ENOTFOUND', 'there is no address for this name'],
  ['EAI_AGAIN', 'the name cannot be looked up at the moment'],
]);

/** The error as a StartRefusedError if the operator can do something about it, else as it is. */
export function listenRefused(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS.get(code);
  if (reason === undefined) return error;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new StartRefusedError(
    `cannot listen on ${address}: ${reason} (${code}); choose another with --host and --port, or [berth] host and port`,
  );
}
