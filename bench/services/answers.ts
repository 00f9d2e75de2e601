// Whether a service answers its version document: the moment at which a start is over.

import { get } from 'node:http';

/** Rejects unless the service on this port answers 200. */
export function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`it answers ${response.statusCode}`));
    });
    probe.once('error', reject);
  });
}
