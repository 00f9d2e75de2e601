// `berth config sample`: a placement.conf with every option, at its default and commented out, made from the catalogue.

import { parseArgs } from 'node:util';
import { sampleConfiguration } from '../config/sample.ts';

export async function configSampleCommand(words: readonly string[]): Promise<number> {
  parseArgs({ args: [...words], options: {} });
  process.stdout.write(sampleConfiguration());
  return 0;
}
