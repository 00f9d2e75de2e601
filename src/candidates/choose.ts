// Which of the candidates make the answer, and in which order they are generated: limit, cap, strategy, randomisation
// (allocation-candidates §5).

import { searchCandidatesTooMany } from '../domain/errors/search.ts';
import type { AllocationRequest } from './answer.ts';
import type { AnchorCandidates } from './candidates-by-anchor.ts';

export interface ChoiceOptions {
  /** How many candidates the client wants at most; null for all. */
  readonly limit: number | null;
  /** Beyond this many the answer is refused rather than cut short. */
  readonly candidatesMax: number;
  /** Generation stops when this many exist, accepted or not; null for no cap. */
  readonly maxCandidates: number | null;
  /** In which order to generate when there is a cap. */
  readonly strategy: 'depth-first' | 'breadth-first';
  /** Uniform in [0, 1); given: the answer is a random sample in random order. */
  readonly random: (() => number) | null;
  /** A candidate that is not accepted counts for the cap only; null accepts all. */
  readonly accept: ((request: AllocationRequest) => boolean) | null;
}

/** The candidates of the answer. Throws 400 `searchCandidatesTooMany`. */
export function chooseCandidates(anchors: Iterable<AnchorCandidates>, options: ChoiceOptions): AllocationRequest[] {
  const { limit, candidatesMax } = options;
  // One more than allowed tells that there are too many, and is as far as it goes.
  const chosen = choose(anchors, Math.min(limit ?? Number.POSITIVE_INFINITY, candidatesMax + 1), options);
  if (chosen.length > candidatesMax) throw searchCandidatesTooMany({ candidatesMax });
  return chosen;
}

function choose(anchors: Iterable<AnchorCandidates>, count: number, options: ChoiceOptions): AllocationRequest[] {
  const { limit, maxCandidates, strategy, random } = options;
  if (random !== null) return sample(generate(anchors, options), count, random);
  if (limit !== null && maxCandidates !== null && strategy === 'depth-first') {
    return spread(generate(anchors, options), count);
  }
  return firstOf(generate(anchors, options), count);
}

/** Yields an anchor each time it has gone on to a candidate that counts. */
function* generate(anchors: Iterable<AnchorCandidates>, options: ChoiceOptions): Generator<AnchorCandidates> {
  const { limit, maxCandidates, strategy, accept } = options;
  // Where the limit is what stops generation, roots take turns whatever the strategy (§10.4). Without either bound
  // the order shows nowhere, and one root after another needs the least memory.
  const inTurns = maxCandidates === null ? limit !== null : strategy === 'breadth-first';
  let generated = 0;
  for (const anchor of inTurns ? takingTurns(anchors) : oneAfterAnother(anchors)) {
    if (accept === null || accept(anchor.request())) yield anchor;
    generated++;
    if (generated === maxCandidates) return;
  }
}

function* oneAfterAnother(anchors: Iterable<AnchorCandidates>): Generator<AnchorCandidates> {
  for (const anchor of anchors) while (anchor.next()) yield anchor;
}

/** A candidate from every anchor before a second one from any. */
function* takingTurns(anchors: Iterable<AnchorCandidates>): Generator<AnchorCandidates> {
  let waiting: AnchorCandidates[] = [];
  for (const anchor of anchors) {
    if (!anchor.next()) continue;
    waiting.push(anchor);
    yield anchor;
  }
  while (waiting.length > 0) {
    const still: AnchorCandidates[] = [];
    for (const anchor of waiting) {
      if (!anchor.next()) continue;
      still.push(anchor);
      yield anchor;
    }
    waiting = still;
  }
}

function firstOf(generated: Iterable<AnchorCandidates>, count: number): AllocationRequest[] {
  const requests: AllocationRequest[] = [];
  for (const anchor of generated) {
    requests.push(anchor.request());
    if (requests.length === count) break;
  }
  return requests;
}

/** `count` of all, a first one from every anchor before a second one from any. */
function spread(generated: Iterable<AnchorCandidates>, count: number): AllocationRequest[] {
  const byAnchor = new Map<AnchorCandidates, AllocationRequest[]>();
  for (const anchor of generated) {
    const known = byAnchor.get(anchor);
    if (known === undefined) byAnchor.set(anchor, [anchor.request()]);
    else if (known.length < count) known.push(anchor.request());
    if (byAnchor.size === count) break;
  }
  const chosen: AllocationRequest[] = [];
  const lists = [...byAnchor.values()];
  for (let turn = 0, before = -1; chosen.length < count && chosen.length > before; turn++) {
    before = chosen.length;
    for (const list of lists) {
      const request = list[turn];
      if (request !== undefined && chosen.length < count) chosen.push(request);
    }
  }
  return chosen;
}

/** Every candidate is as likely as any other (reservoir sampling), and so is every order. */
function sample(generated: Iterable<AnchorCandidates>, count: number, random: () => number): AllocationRequest[] {
  const chosen: AllocationRequest[] = [];
  let seen = 0;
  for (const anchor of generated) {
    seen++;
    const place = chosen.length < count ? chosen.length : Math.floor(random() * seen);
    if (place < count) chosen[place] = anchor.request();
  }
  for (let last = chosen.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [chosen[last], chosen[other]];
    if (a === undefined || b === undefined) continue;
    chosen[last] = b;
    chosen[other] = a;
  }
  return chosen;
}
