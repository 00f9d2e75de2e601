// The borders of histograms, shared so that dashboards can lay them over each other.

/** Seconds, from a read out of memory to the longest that a request may take. */
export const SECONDS: number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts: powers of four up to ten million or so. */
export const COUNTS: number[] = Array.from({ length: 13 }, (_, power) => 4 ** power);
