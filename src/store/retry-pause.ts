// How long is waited before a transaction is run again: a random while, so that two that met do not meet again, and longer
// the more often it was in vain.

/** First and longest pause before another attempt; the real one is a random part of it. */
const PAUSE_FIRST_MS = 2;
const PAUSE_MAX_MS = 50;

/** @param attempt how often it was in vain before this time */
export function pauseBefore(attempt: number): Promise<void> {
  const longest = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(attempt, 10));
  return new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
}
