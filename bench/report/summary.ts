// A case in a few lines for whoever watches the run.

import { clientsText, digits, milliseconds, times } from './numbers.ts';
import type { ClosedLoop, Fact, Row } from './results.ts';

export function summaryOf({ title, figures, checks }: Row): readonly string[] {
  const { berth, peer } = figures;
  const closed = (berth?.closed ?? []).map((own) => {
    const other = peer?.closed.find(({ clients }) => clients === own.clients);
    const refused = Object.entries(own.refusals).map(([status, count]) => `, ${count} × ${status}`);
    return (
      `      ${clientsText(own.clients)}: ${milliseconds(cost(own))} each, ${digits(own.perSecond)}/s${refused.join('')}` +
      (other === undefined
        ? ''
        : `; the peer ${milliseconds(cost(other))} (${times(cost(other) / cost(own))}), ${digits(other.perSecond)}/s`)
    );
  });
  const open = (berth?.open ?? []).map((own) => {
    const other = peer?.open.find(({ rate }) => rate === own.rate);
    const peers = other === undefined ? '' : `; the peer ${milliseconds(other.p50Ms)}, ${milliseconds(other.p99Ms)}`;
    return `      at ${own.rate}/s: p50 ${milliseconds(own.p50Ms)}, p99 ${milliseconds(own.p99Ms)}${peers}`;
  });
  const notes = [...checks, ...(peer?.notes ?? []).map((note) => `peer: ${note}`), ...(berth?.notes ?? [])];
  return [`    ${title}`, ...closed, ...open, ...notes.map((note) => `      ${note}`)];
}

export function factSummary({ title, service, values }: Fact): string {
  const texts = Object.entries(values).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? digits(value) : value}`,
  );
  return `    ${title}${service === 'peer' ? ', the peer' : ''}: ${texts.join('; ')}`;
}

function cost({ serverMs, databaseMs }: ClosedLoop): number {
  return serverMs + databaseMs;
}
