// A service that runs from a configuration file, and what a test of running it needs: to change its files, to signal it,
// and to wait for what it says.

import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TestContext } from 'node:test';
import { type BerthProcess, serveBerth, temporaryFolder } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';

const ADMIN = { 'x-auth-token': 'admin', 'openstack-api-version': 'placement 1.39' };

export interface ConfiguredService extends BerthProcess {
  /** Writes its configuration anew, with these lines at the end. */
  configure(more: string): void;
  /** SIGHUP; resolves when this many processes have said that they have reloaded. */
  reload(processes?: number): Promise<void>;
  /** The lines of its log that match, once there are so many. */
  said(pattern: RegExp, times?: number): Promise<readonly string[]>;
}

/** A folder that goes with the test. */
export function folderOf(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(folder.remove);
  return folder.path;
}

/** Starts it, on a free port unless `more` says where; it ends with the test. */
export async function startConfigured(
  t: TestContext,
  folder: string,
  more = '',
  words: readonly string[] = [],
): Promise<ConfiguredService> {
  const { configFile, dataPath } = writeConfiguration(folder, more);
  const berth = await serveBerth(['--config-file', configFile, '--port', '0', ...words], dataPath);
  t.after(() => berth.kill());
  const said = async (pattern: RegExp, times = 1) => {
    const matching = () => [...berth.output, ...berth.log].filter((line) => pattern.test(line));
    await until(() => matching().length >= times, `${pattern} is said ${times} times`);
    return matching();
  };
  const reloads = () => berth.output.filter((line) => line.includes('"reloaded: ')).length;
  return {
    ...berth,
    configure: (lines) => {
      writeConfiguration(folder, lines);
    },
    said,
    reload: async (processes = 1) => {
      const before = reloads();
      process.kill(berth.pid, 'SIGHUP');
      await said(/"reloaded: /, before + processes);
    },
  };
}

/** How long a test waits for what must happen. It says nothing about how soon it should. */
const PATIENCE_MS = 60_000;

/** Waits until something holds; fails the test when it does not in the end. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A request as an admin; `https:` when the options have a `ca`. */
export async function ask(options: RequestOptions & { readonly ca?: Buffer }): Promise<Answer> {
  const request = startRequest(options);
  request.end();
  return answerTo(request);
}

export function startRequest(options: RequestOptions & { readonly ca?: Buffer }): ClientRequest {
  const withHeaders = { ...options, headers: { ...ADMIN, ...options.headers } };
  return options.ca === undefined ? httpRequest(withHeaders) : httpsRequest(withHeaders);
}

/** A request whose head the service has read; it waits for the body. */
export async function requestUnderWay(
  options: RequestOptions & { readonly ca?: Buffer },
  body: string,
): Promise<ClientRequest> {
  const request = startRequest({
    ...options,
    method: 'POST',
    path: '/resource_providers',
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  request.flushHeaders();
  await once(request, 'continue');
  return request;
}

export async function answerTo(request: ClientRequest): Promise<Answer> {
  const response: IncomingMessage = await new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}
