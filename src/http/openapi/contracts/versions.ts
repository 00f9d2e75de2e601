// The contract of `GET /` (http-api §1.9).

import { formatMicroversion, MINOR_MAX, MINOR_MIN, microversion } from '../../../domain/microversion.ts';
import type { OperationContract } from '../contract.ts';
import { closed, dated } from './fields.ts';

const ONLY_VERSION = closed({
  id: { const: 'v1.0' },
  max_version: { const: formatMicroversion(microversion(MINOR_MAX)) },
  min_version: { const: formatMicroversion(microversion(MINOR_MIN)) },
  status: { const: 'CURRENT' },
  links: {
    type: 'array',
    prefixItems: [closed({ rel: { const: 'self' }, href: { const: '' } })],
    items: false,
    minItems: 1,
  },
});

export const listVersions: OperationContract = {
  id: 'listVersions',
  tag: 'Versions',
  summary: 'Tell which versions of the API there are.',
  answers: () => dated(closed({ versions: { type: 'array', prefixItems: [ONLY_VERSION], items: false, minItems: 1 } })),
};
