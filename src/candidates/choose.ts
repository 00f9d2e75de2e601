// Which of the candidates make the answer, and in which order they are generated: limit, cap, strategy, randomisation
// (allocation-candidates §5).

import { searchCandidatesTooMany } from '../domain/errors/search.ts';
import type { AllocationRequest } from './answer.ts';
import type { AnchorCandidates } from './candidates-by-anchor.ts';
import { RequestList } from './request-list.ts';

export interface ChoiceOptions {
  /** Parts of a request. */
  readonly partCount: number;
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
export function chooseCandidates(anchors: Iterable<AnchorCandidates>, options: ChoiceOptions): RequestList {
  const { limit, candidatesMax } = options;
  // One more than allowed tells that there are too many, and is as far as it goes.
  const chosen = choose(anchors, Math.min(limit ?? Number.POSITIVE_INFINITY, candidatesMax + 1), options);
  if (chosen.length > candidatesMax) throw searchCandidatesTooMany({ candidatesMax });
  return chosen;
}

function choose(anchors: Iterable<AnchorCandidates>, count: number, options: ChoiceOptions): RequestList {
  const { limit, maxCandidates, strategy, random } = options;
  if (random !== null) return sample(anchors, count, options, random);
  if (limit !== null && maxCandidates !== null && strategy === 'depth-first') return spread(anchors, count, options);
  return firstOf(anchors, count, options);
}

/** Told of an anchor that has gone on to its next candidate; false: no more are wanted. */
type Take = (anchor: AnchorCandidates) => boolean;

/** Hands over an anchor each time it has gone on to a candidate that counts. */
function generate(anchors: Iterable<AnchorCandidates>, options: ChoiceOptions, take: Take): void {
  const { limit, maxCandidates, strategy, accept, partCount } = options;
  // Where the limit is what stops generation, roots take turns whatever the strategy (§10.4). Without either bound
  // the order shows nowhere, and one root after another needs the least memory.
  const inTurns = maxCandidates === null ? limit !== null : strategy === 'breadth-first';
  let generated = 0;
  const count: Take = (anchor) => {
    if ((accept === null || accept(requestOf(anchor, partCount))) && !take(anchor)) return false;
    generated++;
    return generated !== maxCandidates;
  };
  if (inTurns) takingTurns(anchors, count);
  else oneAfterAnother(anchors, count);
}

function requestOf(anchor: AnchorCandidates, partCount: number): AllocationRequest {
  const list = new RequestList(partCount);
  list.add(anchor);
  return list.providers;
}

function oneAfterAnother(anchors: Iterable<AnchorCandidates>, take: Take): void {
  for (const anchor of anchors) while (anchor.next()) if (!take(anchor)) return;
}

/** A candidate from every anchor before a second one from any. */
function takingTurns(anchors: Iterable<AnchorCandidates>, take: Take): void {
  let waiting: AnchorCandidates[] = [];
  for (const anchor of anchors) {
    if (!anchor.next()) continue;
    waiting.push(anchor);
    if (!take(anchor)) return;
  }
  while (waiting.length > 0) {
    const still: AnchorCandidates[] = [];
    for (const anchor of waiting) {
      if (!anchor.next()) continue;
      still.push(anchor);
      if (!take(anchor)) return;
    }
    waiting = still;
  }
}

function firstOf(anchors: Iterable<AnchorCandidates>, count: number, options: ChoiceOptions): RequestList {
  const chosen = new RequestList(options.partCount);
  generate(anchors, options, (anchor) => {
    chosen.add(anchor);
    return chosen.length !== count;
  });
  return chosen;
}

/** `count` of all, a first one from every anchor before a second one from any. */
function spread(anchors: Iterable<AnchorCandidates>, count: number, options: ChoiceOptions): RequestList {
  const byAnchor = new Map<AnchorCandidates, RequestList>();
  generate(anchors, options, (anchor) => {
    const known = byAnchor.get(anchor) ?? new RequestList(options.partCount);
    if (known.length === 0) byAnchor.set(anchor, known);
    if (known.length < count) known.add(anchor);
    return byAnchor.size !== count;
  });
  const chosen = new RequestList(options.partCount);
  const lists = [...byAnchor.values()];
  for (let turn = 0, before = -1; chosen.length < count && chosen.length > before; turn++) {
    before = chosen.length;
    for (const list of lists) if (turn < list.length && chosen.length < count) chosen.addAt(list, turn);
  }
  return chosen;
}

/** Every candidate is as likely as any other (reservoir sampling), and so is every order. */
function sample(
  anchors: Iterable<AnchorCandidates>,
  count: number,
  options: ChoiceOptions,
  random: () => number,
): RequestList {
  const chosen = new RequestList(options.partCount);
  let seen = 0;
  generate(anchors, options, (anchor) => {
    seen++;
    if (chosen.length < count) {
      chosen.add(anchor);
      return true;
    }
    const place = Math.floor(random() * seen);
    if (place < count) chosen.replace(place, anchor);
    return true;
  });
  for (let last = chosen.length - 1; last > 0; last--) chosen.swap(last, Math.floor(random() * (last + 1)));
  return chosen;
}
