// Where the service is to listen, and what it takes to listen there: a Unix socket's path made free, certificates read.

import { readFileSync } from 'node:fs';
import { StartRefusedError } from '../auth/start-refused.ts';
import type { BerthSettings, ListenerTlsSettings } from '../config/settings.ts';
import type { ListenTarget, TlsIdentity } from '../http/server.ts';
import { freeSocketPath } from '../http/unix-socket.ts';

export function listenTarget({ socket, host, port }: BerthSettings): ListenTarget {
  return socket === null ? { host, port } : { path: socket.path };
}

/**
 * Removes the socket that a killed service left behind. To be done once, before any process listens. Throws
 * StartRefusedError when something else is at the path.
 */
export async function prepareToListen({ socket }: BerthSettings): Promise<void> {
  if (socket === null) return;
  const obstacle = await freeSocketPath(socket.path);
  if (obstacle === null) return;
  throw new StartRefusedError(`cannot listen on ${socket.path}: ${obstacle}; choose another path with [berth] socket`);
}

/** Reads certificate and key. Throws StartRefusedError when one of the files cannot be read. */
export function readTlsIdentity({ certificateFile, keyFile }: ListenerTlsSettings): TlsIdentity {
  return { certificate: readPem(certificateFile, 'tls_certificate'), key: readPem(keyFile, 'tls_key') };
}

function readPem(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartRefusedError(`[berth] ${option} cannot be read: ${reason}`);
  }
}
