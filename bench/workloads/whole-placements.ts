// Whole placements, as a scheduler makes them: it searches, picks one of ten candidates at random and claims it; every
// second claim is given back later. With the candidates in the order that services have by default, all schedulers look
// at the same ten hosts and meet there; in random order they spread.

import { checkSums } from '../measure/check-sums.ts';
import { roomyState } from '../states/flat.ts';
import { flatSearch } from './flat-candidates.ts';
import { checkEach, reportCase, type Workload, withStage } from './workload.ts';

const NAME = 'whole-placements';
const HOSTS = 1_000;
const CLIENTS = [32];

const ORDERS = [
  { title: 'candidates in the default order', placement: '' },
  { title: 'candidates in random order', placement: 'randomize_allocation_candidates = true' },
];

export const wholePlacements: Workload = {
  name: NAME,
  title: 'Whole placements',
  databases: { sqlite: 120, mysql: 120 },
  async run(bench, database) {
    for (const { title, placement } of bench.plan.quick ? ORDERS.slice(0, 1) : ORDERS) {
      await withStage(bench, roomyState(HOSTS), { kind: database, placement }, async (stage) => {
        await reportCase(bench, stage, bench.plan, {
          ...{ workload: NAME, title, database, turn: 'placement', requests: [flatSearch(10)] },
          rates: { both: 2, berth: 200 },
          clients: CLIENTS,
          goals: database === 'sqlite' ? { cost: 50, perSecond: 2_000 } : { cost: 50 },
          limit: (clients, answerBytes) => bench.limits.placement(database, clients, answerBytes),
          roundsForAll: true,
          check: checkEach((service, figures) => checkSums(service, figures, { VCPU: 1, MEMORY_MB: 256, DISK_GB: 10 })),
        });
      });
    }
  },
};
