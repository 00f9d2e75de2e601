// Keystone could not be asked, or gave an answer of no use. To clients that is always 503 (operations §2.9); the message
// is for the operator and is made of settings, status and error codes only: nothing of a token, and nobody's name.

/** Why a token could not be validated. */
export class KeystoneTrouble extends Error {
  /** The connection failed, so that another attempt may succeed. */
  readonly retryable: boolean;

  constructor(message: string, retryable = false) {
    super(message);
    this.name = 'KeystoneTrouble';
    this.retryable = retryable;
  }
}

/** Where troubles are written for the operator. */
export interface Journal {
  warn(text: string): void;
  error(text: string): void;
}

const SILENCE_MS = 60_000;
/** Texts are few; the bound is for the day when one of them carries a number that keeps changing. */
const TEXTS_MAX = 100;

/** The same text at most once a minute: an outage is told, and does not fill the disk. */
export function quietJournal(journal: Journal, now: () => number): Journal {
  const told = new Map<string, number>();
  const isNews = (text: string): boolean => {
    const last = told.get(text);
    if (last !== undefined && now() - last < SILENCE_MS) return false;
    if (told.size >= TEXTS_MAX) told.clear();
    told.set(text, now());
    return true;
  };
  return {
    warn: (text) => {
      if (isNews(text)) journal.warn(text);
    },
    error: (text) => {
      if (isNews(text)) journal.error(text);
    },
  };
}
