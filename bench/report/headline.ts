// The ratios of a run in one table: what a page can show before all the figures.

import type { BenchDatabase } from '../services/stage.ts';
import { clientsText, digits, times } from './numbers.ts';
import type { ClosedLoop, Figures, Results, Row } from './results.ts';

const DATABASES: readonly BenchDatabase[] = ['sqlite', 'mysql'];

/** One line for each case; its ratio of processor times with the fewest clients, and of what is done with the most. */
export function headlineOf({ rows }: Results, titles: ReadonlyMap<string, string>): string {
  const cases = Map.groupBy(rows, ({ workload, title }) => `${titles.get(workload) ?? workload}: ${title}`);
  const lines = [...cases].map(([name, measured]) => {
    const cells = DATABASES.flatMap((database) => {
      const row = measured.find((candidate) => candidate.database === database);
      return row === undefined ? ['', ''] : [costRatio(row), rateRatio(row)];
    });
    return [name, ...cells, goalOf(measured)];
  });
  const head = [
    ...['case', 'SQLite: processor time', 'done in a second', 'MariaDB: processor time', 'done in a second', 'goal'],
  ];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What the peer does no worse, or where a goal was missed: one line each. */
export function notFaster(results: Results, titles: ReadonlyMap<string, string>): readonly string[] {
  return results.rows.flatMap((row) => {
    const name = `${titles.get(row.workload) ?? row.workload}: ${row.title}, ${row.database === 'sqlite' ? 'SQLite' : 'MariaDB'}`;
    return pairs(row).flatMap(({ clients, berth, peer }, index, all) => {
      const [cost, rate] = [costOf(peer) / costOf(berth), berth.perSecond / peer.perSecond];
      const { cost: goal, throughput } = row.goals;
      // What is done in a second is asked of the most clients.
      const isMost = index === all.length - 1;
      return [
        ...(cost < 1 ? [`${name}, ${clientsText(clients)}: processor time ${times(cost)}`] : []),
        ...(rate < 1 ? [`${name}, ${clientsText(clients)}: done in a second ${times(rate)}`] : []),
        ...(goal !== undefined && cost < goal
          ? [`${name}, ${clientsText(clients)}: processor time ${times(cost)}, of ${digits(goal)} × wanted`]
          : []),
        ...(throughput !== undefined && isMost && rate < throughput
          ? [`${name}, ${clientsText(clients)}: done in a second ${times(rate)}, of ${digits(throughput)} × wanted`]
          : []),
      ];
    });
  });
}

/** Where Berth holds more memory than the peer does. */
export function moreMemory(results: Results): number {
  return results.rows.filter(({ figures: { berth, peer } }) => berth && peer && berth.memoryMb > peer.memoryMb).length;
}

function costRatio(row: Row): string {
  const [first] = pairs(row);
  if (first !== undefined) return times(costOf(first.peer) / costOf(first.berth));
  return noteOf(row.figures.peer);
}

function rateRatio(row: Row): string {
  const last = pairs(row).at(-1);
  return last === undefined ? '' : `${times(last.berth.perSecond / last.peer.perSecond)} (${last.clients})`;
}

function noteOf(peer: Figures | undefined): string {
  if (peer === undefined) return '';
  return peer.notes[0]?.startsWith('no answer') ? `the peer: ${peer.notes[0]}` : 'the peer: not asked';
}

function goalOf(rows: readonly Row[]): string {
  const { cost, throughput, costMs, perSecond } = rows[0]?.goals ?? {};
  return [
    ...(cost === undefined ? [] : [`${digits(cost)} × processor time`]),
    ...(throughput === undefined ? [] : [`${digits(throughput)} × done`]),
    ...(costMs === undefined ? [] : [`${digits(costMs)} ms at most`]),
    ...(perSecond === undefined ? [] : [`${digits(perSecond)} a second`]),
  ].join(', ');
}

function pairs({ figures: { berth, peer } }: Row) {
  return (berth?.closed ?? []).flatMap((own) => {
    const other = peer?.closed.find(({ clients }) => clients === own.clients);
    return other === undefined || own.turns === 0 || other.turns === 0
      ? []
      : [{ clients: own.clients, berth: own, peer: other }];
  });
}

function costOf({ serverMs, databaseMs }: ClosedLoop): number {
  return serverMs + databaseMs;
}
