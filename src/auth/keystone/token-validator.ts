// Validated tokens, remembered (operations §2.7): under a hash, for a bounded number of tokens, for a bounded time, and never
// beyond their own end. Requests that come with the same token while Keystone is being asked share its answer.

import { hash } from 'node:crypto';
import { ExpiringLru } from '../../domain/expiring-lru.ts';
import type { ValidatedToken } from './token.ts';
import { KeystoneTrouble } from './trouble.ts';

export interface TokenValidatorOptions {
  /** Asks Keystone; null: refused. */
  readonly ask: (token: string, allowExpired: boolean) => Promise<ValidatedToken | null>;
  /** How long a good token is remembered; 0: nothing is remembered at all. */
  readonly cacheMs: number;
  readonly now: () => number;
  /** A token is about 1 kB here. */
  readonly acceptedMax?: number;
}

const ACCEPTED_MAX = 10_000;
/** A client that keeps coming with a bad token costs Keystone one question in this time. */
const REFUSED_MS = 5000;
const REFUSED_MAX = 10_000;
/** Tokens that are being asked about, each once. What comes on top is told to come again. */
const QUESTIONS_MAX = 1000;
/** What a token of any kind consists of. Anything else is not worth a question. */
const TOKEN = /^[\x21-\x7e]+$/;

export class TokenValidator {
  readonly #ask: TokenValidatorOptions['ask'];
  readonly #cacheMs: number;
  readonly #now: () => number;
  readonly #accepted: ExpiringLru<ValidatedToken>;
  readonly #refused: ExpiringLru<true>;
  readonly #underWay = new Map<string, Promise<ValidatedToken | null>>();

  constructor({ ask, cacheMs, now, acceptedMax = ACCEPTED_MAX }: TokenValidatorOptions) {
    this.#ask = ask;
    this.#cacheMs = cacheMs;
    this.#now = now;
    this.#accepted = new ExpiringLru(acceptedMax, now);
    this.#refused = new ExpiringLru(REFUSED_MAX, now);
  }

  /**
   * Whose token it is; null when it is not good. Throws KeystoneTrouble.
   *
   * @param allowExpired a token that has ended counts as long as Keystone still vouches for it
   */
  async validate(token: string, allowExpired: boolean): Promise<ValidatedToken | null> {
    if (!TOKEN.test(token)) return null;
    const key = hash('sha256', token);
    const known = this.#accepted.get(key);
    if (known !== undefined) return known;
    // A token that is refused because it has ended may still be good where that is allowed.
    const questionKey = allowExpired ? `${key} allow_expired` : key;
    if (this.#refused.get(questionKey)) return null;
    const underWay = this.#underWay.get(questionKey);
    if (underWay !== undefined) return underWay;
    if (this.#underWay.size >= QUESTIONS_MAX) {
      throw new KeystoneTrouble(`Keystone is behind: ${QUESTIONS_MAX} tokens are waiting for its answer`);
    }
    const question = this.#askAndRemember(token, allowExpired, key, questionKey).finally(() => {
      this.#underWay.delete(questionKey);
    });
    this.#underWay.set(questionKey, question);
    return question;
  }

  async #askAndRemember(
    token: string,
    allowExpired: boolean,
    key: string,
    questionKey: string,
  ): Promise<ValidatedToken | null> {
    // The answer is as old as the question.
    const askedAt = this.#now();
    const answer = await this.#ask(token, allowExpired);
    const hasEnded = answer !== null && answer.expiresAt <= this.#now();
    if (answer === null || (hasEnded && !allowExpired)) {
      if (this.#cacheMs > 0) this.#refused.set(questionKey, true, askedAt + REFUSED_MS);
      return null;
    }
    if (this.#cacheMs > 0) this.#accepted.set(key, answer, Math.min(askedAt + this.#cacheMs, answer.expiresAt));
    return answer;
  }
}
