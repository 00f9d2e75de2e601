// The tables of a run, made from its JSON: for each workload what a turn costs in processor time, how many are done in a
// second, and how long one takes at a fixed rate; each with the ratio of the peer to Berth.

import type { ServiceName } from '../services/service.ts';
import { bytes, digits, milliseconds, times } from './numbers.ts';
import type { ClosedLoop, Fact, Figures, Refusals, Results, Row } from './results.ts';

const DATABASES = { sqlite: 'SQLite', mysql: 'MariaDB' } as const;
const SERVICES: Readonly<Record<ServiceName, string>> = { berth: 'Berth', peer: 'peer' };

export function markdownOf(results: Results, titles: ReadonlyMap<string, string>): string {
  const { rows, facts, machine, command, startedAt, tookSeconds } = results;
  const parts = [...titles].flatMap(([name, title]) => {
    const own = rows.filter(({ workload }) => workload === name);
    const ownFacts = facts.filter(({ workload }) => workload === name);
    if (own.length === 0 && ownFacts.length === 0) return [];
    return [`## ${title}\n`, ...(own.length === 0 ? [] : tablesOf(own)), ...factTables(ownFacts)];
  });
  const about = Object.entries(machine).map(([name, value]) => `- ${name}: ${value}`);
  return [
    '# Results of the benchmark\n',
    `\`${command}\`, begun ${startedAt}, took ${Math.round(tookSeconds / 60)} minutes. \`×\` is the peer’s figure by Berth’s (of rates, Berth’s by the peer’s): more is better.\n`,
    ...about,
    '',
    ...parts,
  ].join('\n');
}

function tablesOf(rows: readonly Row[]): readonly string[] {
  return [
    costTable(rows),
    throughputTable(rows),
    latencyTable(rows),
    ...rows.flatMap(({ title, database, checks }) =>
      checks.map((check) => `- ${title}, ${DATABASES[database]}: ${check}`),
    ),
    ...rows.flatMap(notesOf),
    '',
  ].filter((text) => text !== null);
}

function costTable(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) => clientCounts(row).map((clients) => costLine(row, clients)));
  return table(
    'Processor time of one, of all processes of the service and its database server (least and most of the rounds, the database’s part):',
    [
      ...['case', 'database', 'clients', 'peer', 'Berth', '×', 'goal', 'limit', 'Berth by limit'],
      ...['answer', 'memory: peer, Berth'],
    ],
    lines,
  );
}

function costLine(row: Row, clients: number): readonly string[] {
  const { title, database, figures, goals, limits } = row;
  const [berth, peer] = [closedAt(figures.berth, clients), closedAt(figures.peer, clients)];
  const isFirst = clients === clientCounts(row)[0];
  const limit = limits[clients];
  const goal = [
    goalText(goals.cost, costOf(peer) / costOf(berth), ' ×'),
    goals.costMs === undefined ? '' : `${milliseconds(goals.costMs)} ${met(goals.costMs >= costOf(berth))}`,
  ];
  return [
    ...[title, DATABASES[database], String(clients), costText(figures.peer, peer), costText(figures.berth, berth)],
    ...[times(costOf(peer) / costOf(berth)), goal.join('')],
    limit === undefined ? '' : `${milliseconds(limit.ms)}: ${limit.what}`,
    limit === undefined ? '' : times(costOf(berth) / limit.ms),
    isFirst ? bytes((figures.berth ?? figures.peer)?.answerBytes ?? 0) : '',
    isFirst ? `${memory(figures.peer)}, ${memory(figures.berth)}` : '',
  ];
}

function goalText(goal: number | undefined, reached: number, unit: string): string {
  if (goal === undefined) return '';
  return `${digits(goal)}${unit}${Number.isNaN(reached) ? '' : ` ${met(reached >= goal)}`}`;
}

function met(isMet: boolean): string {
  return isMet ? 'met' : '**missed**';
}

function throughputTable(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) =>
    clientCounts(row).map((clients) => {
      const { title, database, figures, goals } = row;
      const [berth, peer] = [closedAt(figures.berth, clients), closedAt(figures.peer, clients)];
      return [
        ...[title, DATABASES[database], String(clients)],
        ...[digits(rateOf(peer)), digits(rateOf(berth))],
        times(rateOf(berth) / rateOf(peer)),
        goalText(goals.throughput, rateOf(berth) / rateOf(peer), ' ×') + goalText(goals.perSecond, rateOf(berth), '/s'),
        `${latency(peer)} | ${latency(berth)}`,
        `${refusals(peer?.refusals)}, ${refusals(berth?.refusals)}`,
      ];
    }),
  );
  return table(
    'Done in a second, the next when one has ended:',
    [
      'case',
      'database',
      'clients',
      'peer /s',
      'Berth /s',
      '×',
      'peer p50, p99',
      'Berth p50, p99',
      'refused: peer, Berth',
    ],
    lines,
  );
}

function latencyTable(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ title, database, figures }) => {
    const rates = [...new Set([...(figures.peer?.open ?? []), ...(figures.berth?.open ?? [])].map(({ rate }) => rate))];
    return rates.map((rate) => {
      const [berth, peer] = [openAt(figures.berth, rate), openAt(figures.peer, rate)];
      return [
        ...[title, DATABASES[database], `${rate}/s`, latency(peer), latency(berth)],
        times((peer?.p50Ms ?? Number.NaN) / (berth?.p50Ms ?? Number.NaN)),
        times((peer?.p99Ms ?? Number.NaN) / (berth?.p99Ms ?? Number.NaN)),
        `${refusals(peer?.refusals)}, ${refusals(berth?.refusals)}`,
      ];
    });
  });
  return table(
    'At a fixed rate of arrivals, from the moment at which each was due:',
    ['case', 'database', 'rate', 'peer p50, p99', 'Berth p50, p99', '× p50', '× p99', 'refused: peer, Berth'],
    lines,
  );
}

function factTables(facts: readonly Fact[]): readonly string[] {
  if (facts.length === 0) return [];
  const names = [...new Set(facts.flatMap(({ values }) => Object.keys(values)))];
  const lines = facts.map(({ title, database, service, values }) => [
    title,
    database === null ? '' : DATABASES[database],
    service === null ? '' : SERVICES[service],
    ...names.map((name) => factText(values[name])),
  ]);
  return [table('', ['case', 'database', 'service', ...names], lines)];
}

function factText(value: number | string | undefined): string {
  return typeof value === 'number' ? digits(value) : (value ?? '');
}

function table(title: string, head: readonly string[], lines: readonly (readonly string[])[]): string {
  if (lines.length === 0) return '';
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const begin = title === '' ? [] : [title, ''];
  return [...begin, row(head), row(head.map(() => '---')), ...lines.map(row), ''].join('\n');
}

function rateOf(loop: ClosedLoop | undefined): number {
  return loop?.perSecond ?? Number.NaN;
}

function clientCounts({ figures }: Row): readonly number[] {
  const all = [...(figures.berth?.closed ?? []), ...(figures.peer?.closed ?? [])].map(({ clients }) => clients);
  return [...new Set(all)];
}

function closedAt(figures: Figures | undefined, clients: number): ClosedLoop | undefined {
  return figures?.closed.find((loop) => loop.clients === clients);
}

function openAt(figures: Figures | undefined, rate: number) {
  return figures?.open.find((loop) => loop.rate === rate);
}

function costOf(loop: ClosedLoop | undefined): number {
  return loop === undefined || loop.turns === 0 ? Number.NaN : loop.serverMs + loop.databaseMs;
}

/** With the share of the database server, and how far the rounds lie apart. */
function costText(figures: Figures | undefined, loop: ClosedLoop | undefined): string {
  if (loop === undefined) return figures?.notes[0] ?? '—';
  if (loop.turns === 0) return 'none done';
  const whole = milliseconds(costOf(loop));
  const counted =
    loop.statements === 0
      ? ''
      : `, ${digits(loop.statements)} statements, ${bytes(loop.logBytes)} in ${digits(loop.logWrites)} writes of its log`;
  const database = loop.databaseMs === 0 ? '' : `, database ${milliseconds(loop.databaseMs)}${counted}`;
  const spread =
    loop.roundsMs.length < 2 ? '' : `, ${digits(Math.min(...loop.roundsMs))}–${digits(Math.max(...loop.roundsMs))}`;
  return database === '' && spread === '' ? whole : `${whole} (${`${spread}${database}`.slice(2)})`;
}

function memory(figures: Figures | undefined): string {
  return figures === undefined ? '—' : `${Math.round(figures.memoryMb)} MB`;
}

function latency(loop: { readonly turns: number; readonly p50Ms: number; readonly p99Ms: number } | undefined): string {
  return loop === undefined ? '—' : `${milliseconds(loop.p50Ms)}, ${milliseconds(loop.p99Ms)} (${loop.turns})`;
}

function refusals(byStatus: Refusals | undefined): string {
  if (byStatus === undefined) return '—';
  const all = Object.entries(byStatus).map(([status, count]) => `${count} × ${status}`);
  return all.length === 0 ? '0' : all.join(' + ');
}

function notesOf({ title, database, figures }: Row): readonly string[] {
  return (['peer', 'berth'] as const).flatMap((name) =>
    (figures[name]?.notes ?? []).map((note) => `- ${title}, ${DATABASES[database]}: ${SERVICES[name]}: ${note}`),
  );
}
