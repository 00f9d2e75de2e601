// Berth as an operator runs it: `berth serve --config-file`, with a placement.conf and nothing of the test's own environment.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { writeIn } from '../../config/directory.ts';
import { BERTH } from '../../support/berth-process.ts';
import { type Exchanged, exchange } from './exchange.ts';

export interface ConfiguredBerth {
  readonly url: string;
  /** All that it has written. The log comes in blocks: whole once it is stopped. */
  readonly output: () => string;
  request(token: string | null, method: string, path: string, more?: RequestExtras): Promise<Exchanged>;
  stop(): Promise<void>;
}

export interface RequestExtras {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts it with these sections besides a database of its own. Resolves when it listens. */
export async function startConfiguredBerth(folder: string, name: string, sections: string): Promise<ConfiguredBerth> {
  const file = writeIn(
    folder,
    `${name}.conf`,
    `[placement_database]\nconnection = sqlite:///${folder}/${name}.sqlite\nsync_on_startup = true\n` +
      `[berth]\nport = 0\n${sections}\n`,
  );
  const environment = Object.entries(process.env).filter(([variable]) => !variable.startsWith('OS_'));
  const child = spawn(BERTH, ['serve', '--config-file', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: Object.fromEntries(environment),
  });
  const lines: string[] = [];
  const listening = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const address = /"address":"(http:[^"]+)"/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`Berth ended with ${code} before it listened:\n${lines.join('\n')}`);
  });
  const url = await Promise.race([listening, ended]);
  // From here on it is ended by `stop`, and that is no failure.
  ended.catch(() => {});
  return {
    url,
    output: () => lines.join('\n'),
    request: (token, method, path, more) => send(url, token, method, path, more),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      // Not `exit`: what it wrote last is read by then.
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

async function send(
  url: string,
  token: string | null,
  method: string,
  path: string,
  { body, headers = {} }: RequestExtras = {},
): Promise<Exchanged> {
  const all = {
    'openstack-api-version': 'placement 1.39',
    ...(token === null ? {} : { 'x-auth-token': token }),
    ...headers,
  };
  return exchange(method, `${url}${path}`, all, body);
}
