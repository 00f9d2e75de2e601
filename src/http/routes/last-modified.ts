// The values of `last-modified` (http-api §1.14): the newest change of what is listed, or now where nothing says when.

/** The newest of the given times; now when there is none. */
export function newest(times: Iterable<Date | null>): Date {
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (time !== null && time.getTime() > newestMs) newestMs = time.getTime();
  }
  return newestMs === Number.NEGATIVE_INFINITY ? new Date() : new Date(newestMs);
}

/** The given time, or now when it is unknown. */
export function knownOrNow(time: Date | null): Date {
  return time ?? new Date();
}
