// The file of a Unix socket: one that a killed process left behind is removed, one that somebody listens on is not, nor
// anything that is no socket.

import { chmodSync, lstatSync, statSync, unlinkSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';

/** What stands in the way of listening at a path; `null`: nothing. */
export type SocketObstacle = 'somebody listens on it' | 'it is no socket' | 'its folder does not exist' | null;

/** Makes the path free, if what is there is the socket of a process that is gone. */
export async function freeSocketPath(path: string): Promise<SocketObstacle> {
  // To listen there would end in EACCES, which says something else.
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true) return 'its folder does not exist';
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (!stats.isSocket()) return 'it is no socket';
  if (await isListenedOn(path)) return 'somebody listens on it';
  unlinkSync(path);
  return null;
}

/** Only a refusal says that nobody is there: a full queue, or a missing right, does not. */
function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error) => resolve(!('code' in error && error.code === 'ECONNREFUSED')));
  });
}

/** Lets those connect whom the mode lets. Until then it is the owner alone, with the usual umask. */
export function setSocketMode(path: string, mode: number): void {
  chmodSync(path, mode);
}
