// What a step of the candidate search costs, by kind of question, and what a candidate costs in time and memory until
// it is in the answer: the figures behind the defaults of search_steps_max and candidates_max. In processor time, so
// that other work of the machine does not count. Each question runs in a process of its own, for its memory.
//
//     node bench/search-steps.ts

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseCandidateQuery } from '../src/candidates/parse-candidate-query.ts';
import { searchCandidates } from '../src/candidates/search.ts';
import { WorkBudget } from '../src/candidates/work-budget.ts';
import { microversion } from '../src/domain/microversion.ts';
import { candidatesText, candidateTexts } from '../src/http/routes/candidate-formats.ts';
import { decodeQuery } from '../src/http/validation/decode-query.ts';
import { modelOf } from '../test/candidates/ask.ts';
import { type SmallProvider, smallWorld, times } from '../test/candidates/small-world.ts';

interface Question {
  readonly world: () => readonly SmallProvider[];
  readonly query: string;
}

function groups(count: number, resources: string): string {
  return Array.from({ length: count }, (_, index) => `resources${index + 1}=${resources}`).join('&');
}

function hosts(count: number): SmallProvider[] {
  return times(count, (index) => ({ name: `host${index}`, has: { VCPU: 64, MEMORY_MB: 65_536, DISK_GB: 1000 } }));
}

function devices(count: number, units: number): SmallProvider[] {
  return times(count, (index) => ({ name: `gpu${index}`, parent: 'host0', has: { VGPU: units } }));
}

function differentDevices(count: number): SmallProvider[] {
  return devices(count, 12).map((device, index) => ({
    ...device,
    used: { VGPU: index % 5 },
    traits: [`CUSTOM_T${index}`],
  }));
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  'flat hosts, 100,000 candidates': {
    world: () => hosts(100_000),
    query: 'resources=VCPU:1,MEMORY_MB:512,DISK_GB:10',
  },
  'hosts of which none fits': { world: () => hosts(100_000), query: 'resources=VCPU:65,MEMORY_MB:512' },
  'hosts with two devices each': {
    world: () =>
      hosts(20_000).flatMap((host) => [
        host,
        ...times(2, (index) => ({ name: `${host.name}-gpu${index}`, parent: host.name, has: { VGPU: 1 } })),
      ]),
    query: 'resources=VCPU:1&resources1=VGPU:1&resources2=VGPU:1&group_policy=isolate',
  },
  '21 groups on 21 devices, until stopped': {
    world: () => [...hosts(1), ...devices(21, 1)],
    query: `${groups(21, 'VGPU:1')}&group_policy=isolate`,
  },
  '60 groups on 60 devices, until stopped': {
    world: () => [...hosts(1), ...devices(60, 1)],
    query: `${groups(60, 'VGPU:1')}&group_policy=isolate`,
  },
  '6 free groups on 20 devices, until stopped': {
    world: () => [...hosts(1), ...devices(20, 100)],
    query: `${groups(6, 'VGPU:1')}&group_policy=none`,
  },
  'packing that fails, devices all different': {
    world: () => [...hosts(1), ...differentDevices(16)],
    query: `${groups(24, 'VGPU:5')}&group_policy=none`,
  },
};

const STEPS_MAX = 2_000_000;
const wanted = process.argv[2];
if (wanted === undefined) runAll();
else runOne(wanted);

function runAll(): void {
  for (const name of Object.keys(QUESTIONS)) {
    const words = [
      '--disable-warning=ExperimentalWarning',
      '--max-old-space-size=12000',
      fileURLToPath(import.meta.url),
    ];
    process.stdout.write(execFileSync(process.execPath, [...words, name], { encoding: 'utf8' }));
  }
}

function runOne(name: string): void {
  const question = QUESTIONS[name];
  if (question === undefined) throw new Error(`there is no question ${name}`);
  const model = modelOf(smallWorld(question.world()));
  const version = microversion(39);
  const query = parseCandidateQuery(decodeQuery(question.query), version);
  const options = { maxCandidates: null, strategy: 'depth-first', random: null } as const;
  // Once before it counts, for the compiler.
  attempt(() => searchCandidates(model, query, { ...options, budget: new WorkBudget(STEPS_MAX / 10) }));
  globalThis.gc?.();
  const memoryBefore = process.memoryUsage.rss();
  const began = process.cpuUsage();
  const budget = new WorkBudget(STEPS_MAX);
  const answer = attempt(() => searchCandidates(model, query, { ...options, budget }));
  const searched = process.cpuUsage(began);
  const text = answer === null ? [] : candidatesText(model, answer, query, candidateTexts()).pieces;
  const presented = process.cpuUsage(began);
  const searchMs = (searched.user + searched.system) / 1000;
  const wholeMs = (presented.user + presented.system) / 1000;
  const memoryMb = (process.memoryUsage.rss() - memoryBefore) / 1e6;
  const found = answer?.allocationRequests.length ?? null;
  process.stdout.write(
    `${name}: ${budget.steps} steps in ${searchMs.toFixed(0)} ms, ${Math.round(budget.steps / searchMs)} a ms; ` +
      (found === null
        ? 'stopped'
        : `${found} candidates, ${(text.reduce((sum, piece) => sum + piece.length, 0) / 1e6).toFixed(1)} MB`) +
      `; with presentation ${wholeMs.toFixed(0)} ms, memory +${memoryMb.toFixed(0)} MB\n`,
  );
}

function attempt<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch {
    return null;
  }
}
