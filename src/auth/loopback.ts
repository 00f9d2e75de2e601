// Without authentication Berth listens on the loopback interface only, unless it is told to go further in so many words:
// anyone who reaches the port may do anything.

import { BlockList, isIP } from 'node:net';
import type { AuthStrategy } from './create-authenticator.ts';
import { StartRefusedError } from './start-refused.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** True for addresses that only this machine can reach, and for the name `localhost`. Other names are not looked up. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const address = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  switch (isIP(address)) {
    case 4:
      return LOOPBACK.check(address, 'ipv4');
    case 6:
      return LOOPBACK.check(address, 'ipv6');
    default:
      return false;
  }
}

/**
 * Throws StartRefusedError when a service without authentication is to listen where others can reach it.
 *
 * @param allowRemoteNoauth `[berth] allow_remote_noauth`, or the flag that stands for it
 */
export function assertMayListen(strategy: AuthStrategy, host: string, allowRemoteNoauth: boolean): void {
  if (strategy === 'keystone' || allowRemoteNoauth || isLoopback(host)) return;
  const mode = strategy === 'noauth2' ? '[api] auth_strategy = noauth2' : 'development mode';
  throw new StartRefusedError(
    `${mode} means that anyone who reaches ${host} may do anything, so Berth listens on the loopback interface only ` +
      '(127.0.0.1, ::1, localhost). To allow it all the same, set [berth] allow_remote_noauth = true',
  );
}
