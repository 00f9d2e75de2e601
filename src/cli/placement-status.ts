// `placement-status upgrade check`: whether the database and the policy are ready for this release, in the form that
// deployment tools read (operations §5.2).

import type { Settings } from '../config/settings.ts';
import { findPolicyFiles, isJsonFile } from '../policy/policy-files.ts';
import { incompleteConsumers } from '../store/repairs/incomplete-consumers.ts';
import { missingRoots } from '../store/repairs/missing-roots.ts';
import { ReadTransaction } from '../store/transaction.ts';
import { ADMIN_FLAGS_HELP, loadAdminConfiguration, parseAdminFlags, UsageError } from './admin-flags.ts';
import { inspectDatabase } from './open-store.ts';
import { stackedTable, wrapped } from './text-table.ts';

const PROGRAM = 'placement-status';
const USAGE = `usage: ${PROGRAM} [options] {upgrade} ...\n`;
const UPGRADE_USAGE = `usage: ${PROGRAM} upgrade [-h] [--json] check\n`;
const HELP = `${USAGE}
${ADMIN_FLAGS_HELP}
  upgrade check         check whether database and policy are ready for this release
    --json              as one JSON object
`;
/** The command itself failed. */
const COMMAND_FAILED = 255;
const DETAILS_WIDTH = 60;
const TITLE = 'Upgrade Check Results';
const RESULTS = ['Success', 'Warning', 'Failure'] as const;
const REMEDY = 'Run the "placement-manage db online_data_migrations" command.';

interface CheckResult {
  readonly check: string;
  /** 0 success, 1 warning, 2 failure: also the exit code, of the worst. */
  readonly result: 0 | 1 | 2;
  readonly details: string | null;
}

/** The program: its words and its exit code. Throws what an operator can mend, as `berth` does. */
export async function placementStatus(words: readonly string[]): Promise<number> {
  try {
    return await run(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function run(words: readonly string[]): Promise<number> {
  const flags = parseFlags(words);
  if (flags.asksFor !== null) return print(HELP, 0);
  const [command, ...rest] = flags.rest;
  if (command === undefined) throw refusal(USAGE, PROGRAM, 'the following arguments are required: command');
  if (command !== 'upgrade') {
    throw refusal(USAGE, PROGRAM, `argument command: invalid choice: '${command}' (choose from 'upgrade')`);
  }
  if (rest.includes('-h') || rest.includes('--help')) return print(UPGRADE_USAGE, 0);
  const asJson = rest.includes('--json');
  // Which word it is was never looked at.
  const [check, ...others] = rest.filter((word) => word !== '--json');
  if (check === undefined || check.startsWith('-')) {
    throw refusal(UPGRADE_USAGE, `${PROGRAM} upgrade`, 'the following arguments are required: check');
  }
  if (others.length > 0) throw refusal(USAGE, PROGRAM, `unrecognized arguments: ${others.join(' ')}`);
  const { settings } = loadAdminConfiguration(flags, PROGRAM);
  let results: readonly CheckResult[];
  try {
    results = await upgradeChecks(settings);
  } catch (error) {
    return print(`Error:\n${error instanceof Error ? error.message : String(error)}\n`, COMMAND_FAILED);
  }
  const text = asJson ? `${JSON.stringify({ name: TITLE, checks: results })}\n` : describe(results);
  return print(text, Math.max(...results.map(({ result }) => result)));
}

async function upgradeChecks(settings: Settings): Promise<readonly CheckResult[]> {
  const counts = await inspectDatabase(settings.database, async (connection) => {
    const tx = new ReadTransaction(connection);
    return { rootless: await missingRoots.count(tx), incomplete: await incompleteConsumers.count(tx) };
  });
  const { main } = findPolicyFiles(settings.policy);
  return [
    {
      check: 'Missing Root Provider IDs',
      ...(counts.rootless === 0
        ? SUCCESS
        : {
            result: 2,
            details: `There is at least one resource provider table record which misses its root provider id. ${REMEDY}`,
          }),
    },
    {
      check: 'Incomplete Consumers',
      ...(counts.incomplete === 0
        ? SUCCESS
        : {
            result: 1,
            details: `There are ${counts.incomplete} incomplete consumers table records for existing allocations. ${REMEDY}`,
          }),
    },
    {
      check: 'Policy File JSON to YAML Migration',
      ...(main === null || !isJsonFile(main)
        ? SUCCESS
        : {
            result: 2,
            details:
              'The policy file is JSON-formatted, which is deprecated. Convert it to YAML with the ' +
              'oslopolicy-convert-json-to-yaml tool.',
          }),
    },
  ];
}

const SUCCESS = { result: 0, details: null } as const;

function describe(results: readonly CheckResult[]): string {
  const cells = results.map(({ check, result, details }) => {
    const [first = '', ...more] = wrapped(details ?? 'None', DETAILS_WIDTH, '  ');
    return [`Check: ${check}`, `Result: ${RESULTS[result]}`, `Details: ${first}`, ...more];
  });
  return stackedTable(TITLE, cells);
}

function parseFlags(words: readonly string[]): ReturnType<typeof parseAdminFlags> {
  try {
    return parseAdminFlags(words, false);
  } catch (error) {
    throw error instanceof UsageError ? refusal(USAGE, PROGRAM, error.message) : error;
  }
}

function refusal(usage: string, program: string, problem: string): UsageError {
  return new UsageError(`${usage}${program}: error: ${problem}`);
}

function print(text: string, exitCode: number): number {
  process.stdout.write(text);
  return exitCode;
}
