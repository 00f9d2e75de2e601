// Answers of the candidate search that still hold: as long as nothing is committed, the same question has the same
// answer. Schedulers place many machines of one kind at a time, and those who wait for one check of the feed are all
// answered from one state. With the first change everything is forgotten.

import type { Microversion } from '../../domain/microversion.ts';
import type { BodyPiece } from '../incoming.ts';
import type { QueryPairs } from '../operation.ts';

/** Of all answers together, in bytes, or characters, which take a byte each. */
const LENGTH_MAX = 32 * 1024 * 1024;
/** One that is a good part of everything would only push out others. */
const ANSWER_LENGTH_MAX = LENGTH_MAX / 4;
const ANSWERS_MAX = 1_000;

type Pieces = readonly BodyPiece[];

export class KeptAnswers {
  readonly #answers = new Map<string, Pieces>();
  #changeCount = -1;
  #length = 0;

  /** Undefined: not asked yet in this state of the model. */
  find(changeCount: number, question: string): Pieces | undefined {
    if (changeCount !== this.#changeCount) this.#forgetAll(changeCount);
    return this.#answers.get(question);
  }

  /** Follows a {@link find} in the same stretch that found nothing. */
  keep(question: string, answer: Pieces): void {
    const length = answer.reduce((sum, piece) => sum + piece.length, question.length);
    if (length > ANSWER_LENGTH_MAX) return;
    if (this.#length + length > LENGTH_MAX || this.#answers.size === ANSWERS_MAX) this.#forgetAll(this.#changeCount);
    this.#answers.set(question, answer);
    this.#length += length;
  }

  #forgetAll(changeCount: number): void {
    this.#answers.clear();
    this.#length = 0;
    this.#changeCount = changeCount;
  }
}

/** The same text for the same question alone. */
export function questionText(version: Microversion, parameters: QueryPairs): string {
  return `${version}${JSON.stringify(parameters)}`;
}
