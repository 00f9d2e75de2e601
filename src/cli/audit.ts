// `berth db audit`: examines the database and says what breaks a promise. Names providers; consumers it only counts.

import { parseArgs } from 'node:util';
import type { AuditReport } from '../domain/audit.ts';
import { auditDatabase } from '../store/audit.ts';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { openStore } from './open-store.ts';

/** Prints the report; its exit code. */
export async function auditCommand(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: { ...CONFIGURATION_FLAGS, json: { type: 'boolean' } } });
  const { settings } = loadConfiguration(values);
  const store = await openStore(settings.database, false);
  try {
    const report = await store.read(auditDatabase);
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : describeReport(report));
    return exitCodeOf(report);
  } finally {
    await store.close();
  }
}

/** 0 when nothing is wrong (odd things may be), 1 when something is. */
export function exitCodeOf({ findings }: AuditReport): number {
  return findings.some((finding) => finding.check.severity === 'wrong') ? 1 : 0;
}

/** The report for people, with a newline at its end. */
export function describeReport({ examined, findings }: AuditReport): string {
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
