// The whole service in this process, made of the text of a placement.conf the way `berth serve` makes it: what a test sets
// in the file is what an operator would.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runService } from '../../src/cli/run-service.ts';
import { type LoadedSettings, loadSettings } from '../../src/config/load-settings.ts';
import { createLoggerTo } from '../../src/telemetry/logger.ts';
import { type Client, createClient } from './client.ts';
import { type RawAnswer, sendRaw } from './raw-request.ts';

export interface ConfiguredService {
  readonly address: string;
  readonly loaded: LoadedSettings;
  /** Of somebody who may do everything; as anyone else with the headers of a call. */
  readonly client: Client;
  /** The same without a contract: for what the document of the API does not describe. */
  ask(method: string, path: string, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  /** Lines of the log so far. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

const ADMINISTRATOR = { 'x-auth-token': 'admin', 'x-roles': 'admin,service' };

/** A folder that is gone when the test has ended. */
export function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'berth-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Reads a placement.conf with these sections, after those that a test's service needs. Later ones win. */
export function loadSections(folder: string, sections: string): LoadedSettings {
  const configFile = join(folder, 'placement.conf');
  const own = [
    '[api]\nauth_strategy = noauth2',
    '[placement_database]',
    `connection = sqlite:///${join(folder, 'placement.sqlite')}`,
    'sync_on_startup = true',
    '[berth]\nport = 0',
  ];
  writeFileSync(configFile, `${own.join('\n')}\n${sections}\n`);
  return loadSettings({
    configFiles: [configFile],
    environment: {},
    home: null,
    systemDirectories: [],
    purpose: 'service',
  });
}

/** Starts it on a database of its own; it is stopped when the test has ended. */
export async function startConfigured(
  t: TestContext,
  sections: string,
  folder: string = folderFor(t),
): Promise<ConfiguredService> {
  const loaded = loadSections(folder, sections);
  const log: string[] = [];
  const logger = createLoggerTo({ write: (line) => log.push(line) }, loaded.settings.log.debug);
  const service = await runService(loaded.settings, logger);
  const anonymous = createClient(service.address);
  const agent = new Agent({ keepAlive: true });
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    anonymous.close();
    agent.destroy();
    stopping ??= service.stop();
    return stopping;
  };
  t.after(stop);
  return {
    address: service.address,
    loaded,
    client: asAdministrator(anonymous),
    ask: (method, path, headers = {}) => {
      const all = { ...ADMINISTRATOR, 'openstack-api-version': 'placement 1.39', ...headers };
      return sendRaw(agent, service.address, { method, path, headers: all });
    },
    log,
    stop,
  };
}

/**
 * The client as somebody who may do everything by default, unless a call's headers say otherwise.
 *
 * @param identity who that is
 */
export function asAdministrator(client: Client, identity: Readonly<Record<string, string>> = ADMINISTRATOR): Client {
  const send: Client['send'] = (method, path, unusual) =>
    client.send(method, path, {
      ...unusual,
      headers: { ...identity, ...unusual.headers },
    });
  const call = (method: string, path: string, body?: unknown) =>
    send(
      method,
      path,
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, payload: JSON.stringify(body) },
    );
  return {
    call,
    send,
    get: (path) => call('GET', path),
    put: (path, body) => call('PUT', path, body),
    post: (path, body) => call('POST', path, body),
    delete: (path) => call('DELETE', path),
    at: (version) => asAdministrator(client.at(version), identity),
    close: () => client.close(),
  };
}
