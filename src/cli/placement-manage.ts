// `placement-manage`: the admin command under its old name, for cron jobs and deployment tools. Words, output and exit
// codes are the original's (operations §5.1); `berth db …` are the same under new names.

import {
  ADMIN_FLAGS_HELP,
  type AdminFlags,
  loadAdminConfiguration,
  parseAdminFlags,
  UsageError,
} from './admin-flags.ts';
import { openCommandLog } from './command-log.ts';
import { migrationMax } from './db-repair.ts';
import { stampDatabase } from './db-stamp.ts';
import { EXIT, onlineDataMigrations } from './online-data-migrations.ts';
import { inspectDatabase, readRevision, syncSchema, withConnection } from './open-store.ts';
import { BERTH_VERSION } from './version.ts';

const PROGRAM = 'placement-manage';
const USAGE = `usage: ${PROGRAM} [options] {db} ...\n`;
const DB_USAGE = `usage: ${PROGRAM} db [-h] {sync,version,stamp,online_data_migrations} ...\n`;
const STAMP_USAGE = `usage: ${PROGRAM} db stamp [-h] version\n`;
const MIGRATIONS_USAGE = `usage: ${PROGRAM} db online_data_migrations [-h] [--max-count <number>] [--dry-run]\n`;

const HELP = `${USAGE}
${ADMIN_FLAGS_HELP}  --version             show the version of Berth

  db                    commands for the database; \`${PROGRAM} db\` lists them
`;
const DB_HELP = `${DB_USAGE}
  sync                  make the tables, or bring them up to date
  version               print the recorded revision, or None
  stamp VERSION         record a revision without running anything
  online_data_migrations
                        give roots to resource providers and records to consumers that have none
    --max-count NUMBER  most records to repair in this call; exit 1 then means: call again
    --dry-run           say what would be done, and change nothing (Berth only)
`;

/** The program: its words and its exit code. Throws what an operator can mend, as `berth` does. */
export async function placementManage(words: readonly string[]): Promise<number> {
  try {
    return await run(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function run(words: readonly string[]): Promise<number> {
  const flags = usage(USAGE, PROGRAM, () => parseAdminFlags(words, true));
  if (flags.asksFor === 'version') return print(`${BERTH_VERSION}\n`, 0);
  if (flags.asksFor === 'help') return print(HELP, 0);
  const [command, subcommand, ...rest] = flags.rest;
  if (command === undefined) return print(HELP, 1);
  if (command !== 'db')
    throw refusal(USAGE, PROGRAM, `argument command: invalid choice: '${command}' (choose from 'db')`);
  if (subcommand === undefined || isHelp(subcommand)) return print(DB_HELP, 0);
  switch (subcommand) {
    case 'sync':
    case 'version':
      return simple(subcommand, flags, rest);
    case 'stamp':
      return stamp(flags, rest);
    case 'online_data_migrations':
      return migrations(flags, rest);
    default:
      throw refusal(DB_USAGE, `${PROGRAM} db`, `invalid choice: '${subcommand}'`);
  }
}

async function simple(command: 'sync' | 'version', flags: AdminFlags, rest: readonly string[]): Promise<number> {
  if (rest.some(isHelp)) return print(`usage: ${PROGRAM} db ${command} [-h]\n`, 0);
  if (rest.length > 0) throw refusal(USAGE, PROGRAM, `unrecognized arguments: ${rest.join(' ')}`);
  const { database } = loadAdminConfiguration(flags, PROGRAM).settings;
  if (command === 'version') return print(`${(await readRevision(database)) ?? 'None'}\n`, 0);
  await syncSchema(database);
  return 0;
}

async function stamp(flags: AdminFlags, rest: readonly string[]): Promise<number> {
  if (rest.some(isHelp)) return print(STAMP_USAGE, 0);
  const [version, ...others] = rest;
  if (version === undefined) {
    throw refusal(STAMP_USAGE, `${PROGRAM} db stamp`, 'the following arguments are required: version');
  }
  if (others.length > 0) throw refusal(USAGE, PROGRAM, `unrecognized arguments: ${others.join(' ')}`);
  await stampDatabase(loadAdminConfiguration(flags, PROGRAM).settings.database, version);
  return 0;
}

async function migrations(flags: AdminFlags, rest: readonly string[]): Promise<number> {
  if (rest.some(isHelp)) return print(MIGRATIONS_USAGE, 0);
  const { count, rehearsal } = migrationWords(rest);
  const { settings } = loadAdminConfiguration(flags, PROGRAM);
  const max = count === null ? null : migrationMax(count);
  if (max === undefined) return print('Must supply a positive value for max_count\n', EXIT.badCount);
  const log = openCommandLog(settings.log);
  const { incompleteConsumerProjectId: project, incompleteConsumerUserId: user } = settings.placement;
  const reach = rehearsal ? inspectDatabase : withConnection;
  try {
    return await reach(settings.database, (connection) =>
      onlineDataMigrations(connection, { project, user }, { max, rehearsal }, log.logger),
    );
  } finally {
    log.close();
  }
}

function migrationWords(words: readonly string[]): { readonly count: string | null; readonly rehearsal: boolean } {
  let count: string | null = null;
  let rehearsal = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--dry-run') rehearsal = true;
    else if (word.startsWith('--max-count=')) count = word.slice('--max-count='.length);
    else if (word === '--max-count') {
      at += 1;
      const value = words[at];
      if (value === undefined) {
        const program = `${PROGRAM} db online_data_migrations`;
        throw refusal(MIGRATIONS_USAGE, program, 'argument --max-count: expected one argument');
      }
      count = value;
    } else throw refusal(USAGE, PROGRAM, `unrecognized arguments: ${word}`);
  }
  return { count, rehearsal };
}

function isHelp(word: string): boolean {
  return word === '-h' || word === '--help';
}

function refusal(usageText: string, program: string, problem: string): UsageError {
  return new UsageError(`${usageText}${program}: error: ${problem}`);
}

function usage<Result>(usageText: string, program: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw error instanceof UsageError ? refusal(usageText, program, error.message) : error;
  }
}

function print(text: string, exitCode: number): number {
  process.stdout.write(text);
  return exitCode;
}
