// How figures are written: three digits, and the unit that suits them.

export function milliseconds(value: number): string {
  if (!Number.isFinite(value)) return '—';
  return value >= 1_000 ? `${digits(value / 1_000)} s` : `${digits(value)} ms`;
}

export function bytes(value: number): string {
  if (value >= 1e6) return `${digits(value / 1e6)} MB`;
  return value >= 1e3 ? `${digits(value / 1e3)} kB` : `${digits(value)} B`;
}

export function times(value: number): string {
  return Number.isFinite(value) ? `${digits(value)} ×` : '—';
}

export function clientsText(count: number): string {
  return count === 1 ? '1 client' : `${count} clients`;
}

/** Three digits that count; thousands apart. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '—';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(3)).toString();
}
