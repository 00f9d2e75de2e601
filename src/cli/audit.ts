// `berth db audit`: examines the database and says what breaks a promise. Names providers; consumers it only counts.

import { parseArgs } from 'node:util';
import type { AuditReport } from '../domain/audit.ts';
import { auditDatabase } from '../store/audit.ts';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { openStore } from './open-store.ts';

/** Exit code 0 when nothing is wrong (odd things may be), 1 when something is. */
export async function auditCommand(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: { ...CONFIGURATION_FLAGS, json: { type: 'boolean' } } });
  const { settings } = loadConfiguration(values);
  const store = await openStore(settings.database, false);
  try {
    const report = await store.read(auditDatabase);
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : describe(report));
    return report.findings.some((finding) => finding.check.severity === 'wrong') ? 1 : 0;
  } finally {
    await store.close();
  }
}

function describe({ examined, findings }: AuditReport): string {
  const lines = [
    `Examined ${examined.providers} resource providers, ${examined.consumers} consumers, ` +
      `${examined.allocations} allocations.`,
  ];
  if (findings.length === 0) lines.push('Nothing is wrong.');
  for (const { check, count, providers } of findings) {
    lines.push(`${check.severity}: ${check.name}: ${count}. ${check.meaning}`);
    if (providers.length > 0) lines.push(`  resource providers: ${providers.join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}
