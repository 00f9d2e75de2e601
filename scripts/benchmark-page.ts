// The text of docs/benchmark.md: what is measured and how, and the figures of the run in bench/results/latest.json.

import { readFileSync } from 'node:fs';
import { headlineOf, moreMemory, notFaster } from '../bench/report/headline.ts';
import { markdownOf } from '../bench/report/markdown.ts';
import type { Results } from '../bench/report/results.ts';
import { TITLES } from '../bench/workloads/all.ts';

const RESULTS = new URL('../bench/results/latest.json', import.meta.url);

const INTRODUCTION = `# Benchmark

<!-- Made from bench/results/latest.json by \`npm run docs\`; the words are in scripts/benchmark-page.ts. -->

\`npm run bench\` starts Berth and, where it is installed, the peer: Debian's OpenStack Placement. It takes about forty
minutes and writes \`bench/results/latest.md\` and \`latest.json\`; \`npm run docs\` makes this page of them.

| to do                                | say                                                              |
| ------------------------------------ | ---------------------------------------------------------------- |
| everything                           | \`npm run bench\`                                                  |
| a look, in a few minutes, on SQLite  | \`npm run bench -- --quick\`                                       |
| one workload on one database         | \`npm run bench -- --only claims --database mysql\`                |
| Berth alone                          | \`npm run bench -- --quick --no-peer\`                             |
| Berth in two processes               | \`npm run bench -- --workers 2\`                                   |

Programs that it needs beside Node.js: \`.ci/databases\` installs them (MariaDB, uwsgi, python3-placement). It reads
processor times from \`/proc\`, so it runs on Linux. Nothing else should run on the machine; what did run disturbs both
services alike, since they take turns.

## How it is measured

- **The same rows.** Each service gets a fresh database, makes its tables by its own means, and then the same rows are
  written into both. On MariaDB each has a server of its own, with the same settings.
- **Processor time** is that of all processes of a service, from \`/proc\`, and that of its database server, by the number
  of turns that ended well: what a turn costs, whatever else the machine does. A turn that is refused is paid for by those
  that are not.
- **New questions.** Berth gives an answer again while nothing is committed. So the cases of searches ask 1,500 questions in
  turn that differ in an amount, or in a name, which makes no difference to the work, and none is remembered when it comes
  again. *The same question again* is told apart.
- **Closed loop**: so many clients, each of which begins its next turn when the last has ended. **Open loop**: turns begin
  at a fixed rate, whatever the answers; a turn that could not be sent in time has waited since it was due.
- **Load** comes from one process that speaks HTTP on bare sockets and looks at no more of an answer than where it ends. Its
  processor time does not count, but it needs the machine's cores too.
- **Warm.** Before anything is measured Berth answers eight clients for a second and a half, and where turns are cheap 20,000
  of them, and then as many again of a single client, for eight seconds at most: until its compilers have settled, as they have
  in a service that runs. The first turns cost a quarter more, of many clients and of one, who take other ways.
- **Limits** are the least that anything which does this must spend: \`node:http\` with a fixed answer of the same size, and
  the rows of one claim written durably through the same driver (on MariaDB as one block), with nothing decided and nothing
  checked. They are measured in the same run, by the programs in \`bench/limits/\`; a fixed answer in six sizes, with straight
  lines between them.
- **No answer**: a request of the peer that takes longer than a minute (15 s for equal devices in groups) is given up, its
  process started anew, and harder cases are not tried on it. The table says so.
- **Sums**: after each case of claims the service is asked what is in use; it must be what it acknowledged, or the run has failed and says so.
- **Memory**: a page that processes share is counted once.

The peer runs in two processes of one thread each. uwsgi closes the connection after each answer: with connections that stay
open each would hold a process, and other clients wait. Making one costs little: its version document takes
0.8 ms, connection included.
`;

/** The whole page. */
export function benchmarkPage(): string {
  const results = read();
  if (results === null) return `${INTRODUCTION}\nNo run is recorded.\n`;
  const slow = notFaster(results, TITLES).map((line) => `- ${line}`);
  return [
    INTRODUCTION,
    '## The ratios\n',
    'Of processor time the peer’s by Berth’s, with the fewest clients; of what is done in a second Berth’s by the peer’s, with so many clients as both were asked with at most.\n',
    headlineOf(results, TITLES),
    '\n## What Berth is not faster at\n',
    '- **Starting.** Berth reads all providers before it listens; the peer reads none. See *Start* below.',
    `- **Memory.** Berth holds the providers; it held more than the peer’s two processes in ${moreMemory(results)} of ${results.rows.length} cases.`,
    '- **Waiting for the disk.** A claim is answered when it is durable; the disk takes as long for both.',
    ...slow,
    '',
    markdownOf(results, TITLES)
      .replace(/^# .*$/m, '## The run')
      .replace(/^## (?!The run)/gm, '### '),
  ].join('\n');
}

function read(): Results | null {
  try {
    return JSON.parse(readFileSync(RESULTS, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
