// The `berth` command: finds the command that the words name and turns what it throws into a line and an exit code.

import { StartRefusedError } from '../auth/start-refused.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { PolicyFileError } from '../policy/policy-file.ts';
import { DatabaseUnusableError } from '../store/database-errors.ts';
import { SchemaError } from '../store/migrations/schema-error.ts';
import { auditCommand } from './audit.ts';
import { coexistCommand } from './coexist.ts';
import { configCheckCommand } from './config-check.ts';
import { configSampleCommand } from './config-sample.ts';
import { syncCommand, versionCommand } from './db.ts';
import { repairCommand } from './db-repair.ts';
import { stampCommand } from './db-stamp.ts';
import { placementManage } from './placement-manage.ts';
import { placementStatus } from './placement-status.ts';
import { policyCheckCommand } from './policy-check.ts';
import { serve } from './serve.ts';
import { BERTH_VERSION } from './version.ts';

const HELP = `Usage: berth <command> [options]

  serve                 run the service in the foreground
    --dev               development mode: no configuration, anyone on this machine may do anything
    --data FILE         where development mode keeps its data (default: var/berth.sqlite)
    --database URL      the same on another database, e.g. mysql://user:password@host/name
    --host HOST         address to listen on (default: 127.0.0.1)
    --port PORT         port to listen on, 0 for any free one (default: 8778)
    --workers N         processes that share the port (default: 1)
    --allow-remote-noauth
                        without authentication, listen on more than this machine all the same
  db sync               make the tables, or bring them up to date
  db version            print the revision of the schema
  db audit              look for records that break a promise; exit 1 if there are any
    --json              as one JSON object
  db stamp REVISION     record a revision of the schema without running anything
  db repair             give roots to resource providers and records to consumers that have none
    --max-count N       repair at most N records; exit 1 if any are left
    --dry-run           only count
  db coexist on|off|status
                        notice what another service writes into the same database (docs/takeover.md)
  config check          read the configuration as the service would, and say all that is wrong with it
  config sample         print a placement.conf with every option
  policy check          who may do what: a table of routes, rules and answers for the caller that these describe
    --roles ROLES       with commas
    --project ID, --user ID, --system-scope all, --domain ID
    --target-project ID the project that \`GET /usages\` asks about (default: the caller's)

  --config-file FILE    read this placement.conf instead of the default ones (may be repeated)
  --config-dir DIR      read the *.conf of this directory too (may be repeated)
  --version, --help
`;

type Command = (words: readonly string[]) => Promise<number>;

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['serve', serve],
  ['db sync', syncCommand],
  ['db version', versionCommand],
  ['db audit', auditCommand],
  ['db coexist', coexistCommand],
  ['db stamp', stampCommand],
  ['db repair', repairCommand],
  ['config check', configCheckCommand],
  ['config sample', configSampleCommand],
  ['policy check', policyCheckCommand],
]);

/** Programs of OpenStack Placement that live on under their names, with words of their own: see bin/. */
const OLD_PROGRAMS: ReadonlyMap<string, Command> = new Map([
  ['placement-manage', placementManage],
  ['placement-status', placementStatus],
]);

/** Errors that an operator can mend: their message says all. */
const EXPECTED_ERRORS = [
  ConfigurationError,
  StartRefusedError,
  SchemaError,
  DatabaseUnusableError,
  PolicyFileError,
] as const;

/** Runs the command; its exit code: 0 done, 1 failed or found something, 2 not understood. */
async function run(words: readonly string[]): Promise<number> {
  const oldProgram = OLD_PROGRAMS.get(words[0] ?? '');
  if (oldProgram !== undefined) return oldProgram(words.slice(1));
  if (words.includes('--help') || words.includes('-h')) return print(HELP);
  if (words[0] === '--version') return print(`${BERTH_VERSION}\n`);
  for (const length of [1, 2]) {
    const command = COMMANDS.get(words.slice(0, length).join(' '));
    if (command !== undefined) return command(words.slice(length));
  }
  process.stderr.write(`berth: there is no command '${words.slice(0, 2).join(' ')}'\n\n${HELP}`);
  return 2;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** What went wrong, for the operator; unexpected errors with their stack. */
function explain(error: unknown, program: string): string {
  if (!(error instanceof Error)) return `${program}: ${String(error)}`;
  return `${program}: ${isExpected(error) ? error.message : (error.stack ?? error.message)}`;
}

function isExpected(error: unknown): boolean {
  return isUsageError(error) || EXPECTED_ERRORS.some((kind) => error instanceof kind);
}

/** Errors of parseArgs: an unknown option, a missing value. */
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const [program = ''] = process.argv.slice(2);
  process.stderr.write(`${explain(error, OLD_PROGRAMS.has(program) ? program : 'berth')}\n`);
  process.exitCode = isUsageError(error) ? 2 : 1;
  // A worker's channel to the first process would keep it alive.
  if (process.connected) process.exit();
}
