// The whole service in this process, for tests of what it tells of itself.

import type { TestContext } from 'node:test';
import { type RunningService, runService } from '../../src/cli/run-service.ts';
import { developmentSettings } from '../../src/config/development-settings.ts';
import { createLoggerTo } from '../../src/telemetry/logger.ts';
import { type Client, createClient } from '../support/client.ts';

export interface MeasuredService extends RunningService {
  readonly client: Client;
  /** The log's lines so far. */
  readonly log: readonly string[];
  /** The value of one sample, such as `berth_workers` or `berth_errors_total{kind="x"}`; undefined: there is none. */
  sample(name: string): Promise<number | undefined>;
  text(): Promise<string>;
}

/** @param options settings of `[berth]` by name */
export async function startMeasured(
  t: TestContext,
  options: Readonly<Record<string, string>> = {},
): Promise<MeasuredService> {
  const flags = Object.entries(options).map(([name, value]) => [`berth.${name}`, value]);
  const settings = developmentSettings({ path: ':memory:' }, { 'berth.port': '0', ...Object.fromEntries(flags) });
  const log: string[] = [];
  const service = await runService(settings, createLoggerTo({ write: (line) => log.push(line) }, false));
  const client = createClient(service.address);
  t.after(async () => {
    client.close();
    await service.stop();
  });
  const text = async (): Promise<string> => String((await client.get('/berth/metrics')).body);
  return { ...service, client, log, text, sample: async (name) => sampleIn(await text(), name) };
}

/** The value of one sample in the text format of Prometheus. */
export function sampleIn(text: string, name: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
