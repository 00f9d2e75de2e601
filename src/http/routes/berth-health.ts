// /berth/health: for those who restart processes and those who send them requests. Open to everyone, and answered
// ahead of everyone who waits: a service is not to be restarted because it is busy.

import { checkReadiness } from '../../operations/check-readiness.ts';
import type { Service } from '../../operations/service.ts';
import * as contracts from '../openapi/contracts/berth.ts';
import type { Operation } from '../operation.ts';

const OPEN = { method: 'GET', since: 0, guards: [], rule: null, urgent: true } as const;

/** @param isStopping whether the process is about to end */
export function berthHealth(service: Service, isStopping: () => boolean): readonly Operation[] {
  return [
    {
      ...OPEN,
      path: '/berth/health/live',
      contract: contracts.showLiveness,
      answer: async () => ({ status: 200, body: { status: 'live' } }),
    },
    {
      ...OPEN,
      path: '/berth/health/ready',
      contract: contracts.showReadiness,
      async answer() {
        await checkReadiness(service, isStopping());
        return { status: 200, body: { status: 'ready' } };
      },
    },
  ];
}
