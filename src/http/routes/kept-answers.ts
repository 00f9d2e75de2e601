// Answers of the candidate search that still hold: as long as nothing is committed, the same question has the same
// answer. Schedulers place many machines of one kind at a time, and those who wait for one check of the feed are all
// answered from one state. With the first change everything is forgotten. A large answer is kept once its question comes a
// second time: megabytes that nobody asks for again would outlive the collections that cost little, and bring on those that
// stop everybody.

import type { Microversion } from '../../domain/microversion.ts';
import type { BodyPiece } from '../incoming.ts';
import type { QueryPairs } from '../operation.ts';

/** Of all answers together, in bytes, or characters, which take a byte each. */
const LENGTH_MAX = 32 * 1024 * 1024;
/** One that is a good part of everything would only push out others. */
const ANSWER_LENGTH_MAX = LENGTH_MAX / 4;
const ANSWERS_MAX = 1_000;
/** From here on an answer is large. */
const LARGE_LENGTH = 64 * 1024;

type Pieces = readonly BodyPiece[];

export class KeptAnswers {
  readonly #answers = new Map<string, Pieces>();
  /** Questions with large answers that were asked once. */
  readonly #askedOnce = new Set<string>();
  #changeCount = -1;
  #length = 0;

  /** Undefined: not asked yet in this state of the model. */
  find(changeCount: number, question: string): Pieces | undefined {
    if (changeCount !== this.#changeCount) this.#forgetAll(changeCount);
    return this.#answers.get(question);
  }

  /** Follows a {@link find} in the same stretch that found nothing. False when the answer is not kept. */
  keep(question: string, answer: Pieces): boolean {
    const length = answer.reduce((sum, piece) => sum + piece.length, question.length);
    if (length > ANSWER_LENGTH_MAX || (length > LARGE_LENGTH && this.#isAskedFirst(question))) return false;
    if (this.#length + length > LENGTH_MAX || this.#answers.size === ANSWERS_MAX) this.#forgetAll(this.#changeCount);
    this.#answers.set(question, answer);
    this.#length += length;
    return true;
  }

  #isAskedFirst(question: string): boolean {
    if (this.#askedOnce.delete(question)) return false;
    if (this.#askedOnce.size === ANSWERS_MAX) this.#askedOnce.clear();
    this.#askedOnce.add(question);
    return true;
  }

  #forgetAll(changeCount: number): void {
    this.#answers.clear();
    this.#askedOnce.clear();
    this.#length = 0;
    this.#changeCount = changeCount;
  }
}

/** The same text for the same question alone. */
export function questionText(version: Microversion, parameters: QueryPairs): string {
  return `${version}${JSON.stringify(parameters)}`;
}
