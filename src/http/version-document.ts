// `GET /` and the empty path (http-api §1.9): which versions there are. Open to everyone at any microversion; clients
// read it before they have a token.

import { formatMicroversion, MINOR_MAX, MINOR_MIN, microversion } from '../domain/microversion.ts';
import { listVersions } from './openapi/contracts/versions.ts';
import type { Operation } from './operation.ts';

export const VERSION_MIN = formatMicroversion(microversion(MINOR_MIN));
export const VERSION_MAX = formatMicroversion(microversion(MINOR_MAX));

const BODY = JSON.stringify({
  versions: [
    {
      id: 'v1.0',
      max_version: VERSION_MAX,
      min_version: VERSION_MIN,
      status: 'CURRENT',
      links: [{ rel: 'self', href: '' }],
    },
  ],
});

export const versionDocument: Operation = {
  method: 'GET',
  path: '/',
  since: MINOR_MIN,
  guards: [],
  rule: null,
  urgent: true,
  contract: listVersions,
  answer: async () => ({ status: 200, body: BODY, lastModified: new Date() }),
};
