// The newest of some times, of which any may be unknown.

/** Null: there is none, or none is known. */
export function newestOf(times: Iterable<Date | null>): Date | null {
  let newest: Date | null = null;
  for (const time of times) {
    if (time !== null && (newest === null || time > newest)) newest = time;
  }
  return newest;
}
