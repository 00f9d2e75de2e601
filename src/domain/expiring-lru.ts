// A bounded memory whose entries end: when it is full, the entry that was longest not asked for goes.

export class ExpiringLru<Value> {
  readonly #entriesMax: number;
  readonly #now: () => number;
  /** In order of use, the latest last. */
  readonly #entries = new Map<string, { readonly value: Value; readonly until: number }>();

  constructor(entriesMax: number, now: () => number) {
    this.#entriesMax = entriesMax;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.until <= this.#now()) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** @param until milliseconds since 1970, exclusive */
  set(key: string, value: Value, until: number): void {
    this.#entries.delete(key);
    if (until <= this.#now()) return;
    this.#entries.set(key, { value, until });
    if (this.#entries.size <= this.#entriesMax) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
