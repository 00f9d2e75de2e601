// A real Keystone for tests, by `.ci/keystone`, and a small client of it that makes users, roles and tokens.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../support/client.ts';
import { exchange } from './exchange.ts';

const SCRIPT = fileURLToPath(new URL('../../../.ci/keystone', import.meta.url));
const START_MS = 120_000;

export const HOW_TO_INSTALL = 'there is no Keystone on this machine (Debian or Ubuntu: .ci/keystone install)';

export function hasKeystone(): boolean {
  return spawnSync(SCRIPT, ['check']).status === 0;
}

export interface KeystoneProcess {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly adminPassword: string;
  /** The same Keystone at another address, giving tokens that live for so long. */
  startAnother(tokenSeconds: number): Promise<string>;
  stop(): Promise<void>;
}

/** Sets a Keystone up in an empty folder and starts it. Takes some ten seconds. */
export async function startKeystoneProcess(folder: string): Promise<KeystoneProcess> {
  const adminPassword = randomBytes(12).toString('hex');
  const children: ChildProcess[] = [];
  const start = async (command: 'serve' | 'also', environment: NodeJS.ProcessEnv): Promise<string> => {
    const port = await freePort();
    const child = spawn(SCRIPT, [command, folder, String(port)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, KEYSTONE_ADMIN_PASSWORD: adminPassword, ...environment },
    });
    children.push(child);
    const url = `http://127.0.0.1:${port}`;
    await untilItAnswers(url, child);
    return url;
  };
  const stop = async () => {
    await Promise.all(children.map(end));
  };
  try {
    const url = await start('serve', {});
    const startAnother = (seconds: number) => start('also', { KEYSTONE_TOKEN_SECONDS: String(seconds) });
    return { url, adminPassword, startAnother, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Who logs in, and to what. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly scope?: unknown;
}

/** To log in to a project of the default domain. */
export function projectScope(name: string): unknown {
  return { project: { name, domain: { id: 'default' } } };
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: number;
  readonly userId: string;
  readonly projectId: string | null;
}

/** A token for a password. */
export function logIn(url: string, { user, password, scope }: Login): Promise<IssuedToken> {
  const identity = { methods: ['password'], password: { user: { name: user, domain: { id: 'default' }, password } } };
  return issue(url, { auth: { identity, ...(scope === undefined ? {} : { scope }) } });
}

/** A token for an application credential. */
export function logInWithCredential(url: string, id: string, secret: string): Promise<IssuedToken> {
  const identity = { methods: ['application_credential'], application_credential: { id, secret } };
  return issue(url, { auth: { identity } });
}

/** A request to Keystone that must succeed; the decoded body. */
export async function call(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Json> {
  const answer = await exchange(method, `${url}/v3${path}`, { 'x-auth-token': token, ...headers }, body);
  if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function issue(url: string, body: unknown): Promise<IssuedToken> {
  const answer = await exchange('POST', `${url}/v3/auth/tokens`, {}, body);
  const token = answer.headers['x-subject-token'];
  if (typeof token !== 'string') throw new Error(`login: ${answer.status} ${JSON.stringify(answer.body)}`);
  const { expires_at, user, project } = answer.body.token;
  return { token, expiresAt: Date.parse(expires_at), userId: user.id, projectId: project?.id ?? null };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    const answers = await exchange('GET', `${url}/v3`, {}).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('Keystone did not start');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
