// Candidates of a flat fleet: hosts that differ in nothing, so that the work is to find, to choose and to write. The same
// question again and again is kind to whoever remembers answers, so there are thousands that differ, too.

import { requestText } from '../load/request-text.ts';
import { gaveNoAnswer } from '../measure/measure-case.ts';
import type { BenchDatabase } from '../services/stage.ts';
import { AGGREGATE, flatState, TRAIT } from '../states/flat.ts';
import { type Bench, reportCase, type Workload, withStage } from './workload.ts';

const NAME = 'flat-candidates';

export function flatSearch(limit: number | null, resources = 'VCPU:1,DISK_GB:10,MEMORY_MB:256'): string {
  const query = `resources=${resources}&member_of=${AGGREGATE}&required=${TRAIT}`;
  return requestText('GET', `/allocation_candidates?${query}${limit === null ? '' : `&limit=${limit}`}`);
}

/** Turns a second: what the peer can do with 1,000 hosts, and for Berth alone what leaves it half idle. */
const RATES = [
  { limit: 10, both: 4, berth: 500 },
  { limit: 1000, both: 4, berth: 50 },
  { limit: null, both: 4, berth: 20 },
] as const;

const DIFFERING = 5_000;
const DIFFERING_HOSTS = 1_000;

const GOALS: Readonly<Record<string, number>> = { '1000 10': 300, '1000 1000': 80, '10000 10': 3000 };

export const flatCandidates: Workload = {
  name: NAME,
  title: 'Candidates of a flat fleet',
  databases: { sqlite: 420, mysql: 180 },
  async run(bench, database) {
    const sizes = bench.plan.quick ? [1_000] : database === 'sqlite' ? [1_000, 10_000, 100_000] : [1_000];
    const costs = new Map<string, number>();
    for (const size of sizes) await measureSize(bench, database, size, costs);
    reportGrowth(bench, database, costs);
    await measureDiffering(bench, database);
  },
};

async function measureSize(
  bench: Bench,
  database: BenchDatabase,
  size: number,
  costs: Map<string, number>,
): Promise<void> {
  await withStage(bench, flatState(size), { kind: database }, async (stage) => {
    let withoutPeer: string | undefined;
    for (const { limit, both, berth } of bench.plan.quick ? RATES.slice(0, 2) : RATES) {
      const cost = GOALS[`${size} ${limit}`];
      const isLarge = limit === null && size > 1_000;
      const row = await reportCase(bench, stage, bench.plan, {
        ...{ workload: NAME, title: `${size.toLocaleString('en')} hosts, ${describe(limit)}`, database },
        ...{ turn: 'request', requests: [flatSearch(limit)], withoutPeer },
        rates: size === 1_000 ? { both, berth } : { both: null, berth: isLarge ? null : berth },
        ...(isLarge ? { clients: [1, 16] } : {}),
        goals: cost === undefined ? {} : { cost },
        limit: (_clients, answerBytes) => bench.limits.answer(answerBytes),
      });
      costs.set(`${size} ${limit}`, row.figures.berth?.closed[0]?.serverMs ?? Number.NaN);
      if (gaveNoAnswer(row.figures.peer)) withoutPeer = `not asked: no answer with ${describe(limit)}`;
    }
  });
}

/** Each asks for another amount; all hosts have room for every one. */
async function measureDiffering(bench: Bench, database: BenchDatabase): Promise<void> {
  await withStage(bench, flatState(DIFFERING_HOSTS), { kind: database }, async (stage) => {
    for (const limit of [10, 1_000]) {
      await reportCase(bench, stage, bench.plan, {
        workload: NAME,
        title: `${DIFFERING_HOSTS.toLocaleString('en')} hosts, ${describe(limit)}, ${DIFFERING.toLocaleString('en')} questions that differ`,
        ...{ database, turn: 'request', clients: [1, 16], rates: { both: null, berth: null } },
        requests: Array.from({ length: DIFFERING }, (_, index) => {
          const [vcpus, disk, memory] = [1 + (index % 8), 10 + (index % 1_000), 256 + index];
          return flatSearch(limit, `VCPU:${vcpus},DISK_GB:${disk},MEMORY_MB:${memory}`);
        }),
        limit: (_clients, answerBytes) => bench.limits.answer(answerBytes),
      });
    }
  });
}

/** What an answer of the same length costs with a hundred times as many hosts. */
function reportGrowth({ addFact }: Bench, database: BenchDatabase, costs: ReadonlyMap<string, number>): void {
  for (const { limit } of RATES) {
    const [few, many] = [costs.get(`1000 ${limit}`), costs.get(`100000 ${limit}`)];
    if (few === undefined || many === undefined || limit === null) continue;
    addFact({
      ...{ workload: NAME, title: `${describe(limit)}: 100,000 hosts by 1,000`, database, service: 'berth' },
      values: { 'processor time, ×': many / few, goal: `at most 3 × ${many / few <= 3 ? 'met' : '**missed**'}` },
    });
  }
}

function describe(limit: number | null): string {
  return limit === null ? 'no limit' : `limit=${limit}`;
}
