// What an option does, and where that is proved: here, with a service that has the option in its placement.conf, or in a
// test of another folder that has what it takes.

import type { TestContext } from 'node:test';

export interface Effect {
  /** Options that the proof sets, as `[group] name`. */
  readonly options: readonly string[];
  /** What is to be seen. */
  readonly shows: string;
  readonly proof: Proof;
}

export type Proof = ((t: TestContext) => Promise<void>) | ProofElsewhere;

export interface ProofElsewhere {
  /** Path from the root of the project. */
  readonly file: string;
  /** Title of the test, or a part of it, as the file has it. */
  readonly title: string;
}

/** Why the proof cannot be run on this machine; false: it can. */
export interface SkippableEffect extends Effect {
  readonly skip?: string | false;
}
