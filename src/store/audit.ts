// The audit: reads the whole database in one view and checks what no constraint of the schema guards (operations §4.2).

import { AUDIT_CHECKS, type AuditCheck, type AuditFinding, type AuditReport } from '../domain/audit.ts';
import type { ProviderId } from '../domain/ids.ts';
import { exactCapacity } from '../domain/inventory.ts';
import { statement } from './statement.ts';
import type { ReadTransaction } from './transaction.ts';

/** Most providers named with a finding. */
const EXAMPLES_MAX = 10;

const providers = statement()(({ db }) =>
  db
    .selectFrom('resource_providers')
    .select(['id', 'uuid', 'generation', 'root_provider_id', 'parent_provider_id'])
    .orderBy('id'),
);
const inventories = statement()(({ db }) => db.selectFrom('inventories').selectAll());
const resourceClasses = statement()(({ db }) => db.selectFrom('resource_classes').select('id'));
const allocations = statement()(({ db }) =>
  db.selectFrom('allocations').select(['resource_provider_id', 'resource_class_id', 'consumer_id', 'used']),
);
const consumers = statement()(({ db }) =>
  db
    .selectFrom('consumers')
    .leftJoin('projects', 'projects.id', 'consumers.project_id')
    .leftJoin('users', 'users.id', 'consumers.user_id')
    .select(['consumers.uuid', 'consumers.generation', 'projects.id as project', 'users.id as user']),
);
const traitOwners = statement()(({ db }) => db.selectFrom('resource_provider_traits').select('resource_provider_id'));
const aggregateMembers = statement()(({ db }) =>
  db.selectFrom('resource_provider_aggregates').select('resource_provider_id'),
);
const writers = statement()(({ db }) => db.selectFrom('berth_writers').select(['id', 'last_seq']));
const lastChanges = statement()(({ db }) =>
  db
    .selectFrom('berth_changes')
    .select('writer_id')
    .select(({ fn }) => [
      fn.max<number>('seq').as('last'),
      fn.min<number>('seq').as('first'),
      fn.countAll<number>().as('count'),
    ])
    .groupBy('writer_id'),
);

/** Collects findings by check. */
class Findings {
  readonly #found = new Map<AuditCheck, { count: number; providers: string[] }>();

  add(check: AuditCheck, providerUuid?: string): void {
    const found = this.#found.get(check) ?? { count: 0, providers: [] };
    found.count += 1;
    if (providerUuid !== undefined && found.providers.length < EXAMPLES_MAX) found.providers.push(providerUuid);
    this.#found.set(check, found);
  }

  list(): readonly AuditFinding[] {
    return [...this.#found].map(([check, found]) => ({ check, ...found }));
  }
}

type ProviderRows = ReadonlyMap<
  ProviderId,
  {
    readonly id: ProviderId;
    readonly uuid: string;
    readonly generation: number | null;
    readonly root_provider_id: ProviderId | null;
    readonly parent_provider_id: ProviderId | null;
  }
>;

/** Examines every record. Reads only; costs about as much as loading the model. */
export async function auditDatabase(tx: ReadTransaction): Promise<AuditReport> {
  const findings = new Findings();
  const byId: ProviderRows = new Map((await tx.rows(providers, {})).map((row) => [row.id, row]));
  auditProviders(byId, findings);
  await auditAssociations(tx, byId, findings);
  const counts = await auditAllocations(tx, byId, findings);
  await auditChangeFeed(tx, findings);
  return { examined: { providers: byId.size, ...counts }, findings: findings.list() };
}

function auditProviders(byId: ProviderRows, findings: Findings): void {
  for (const provider of byId.values()) {
    if (!isGeneration(provider.generation)) findings.add(AUDIT_CHECKS.badGeneration, provider.uuid);
    const { root_provider_id: root, parent_provider_id: parent } = provider;
    if (root === null || !byId.has(root)) findings.add(AUDIT_CHECKS.providerWithoutRoot, provider.uuid);
    if (parent !== null && !byId.has(parent)) findings.add(AUDIT_CHECKS.providerWithoutParent, provider.uuid);
    const top = topOf(provider.id, byId);
    if (top === 'loop') findings.add(AUDIT_CHECKS.parentLoop, provider.uuid);
    else if (top !== 'nowhere' && root !== null && byId.has(root) && top !== root) {
      findings.add(AUDIT_CHECKS.wrongRoot, provider.uuid);
    }
  }
}

/** The provider that following parents ends at; `nowhere` when a parent on the way does not exist. */
function topOf(start: ProviderId, byId: ProviderRows): ProviderId | 'loop' | 'nowhere' {
  const seen = new Set<ProviderId>();
  let current = start;
  while (!seen.has(current)) {
    seen.add(current);
    const parent = byId.get(current)?.parent_provider_id ?? null;
    if (parent === null) return current;
    if (!byId.has(parent)) return 'nowhere';
    current = parent;
  }
  return 'loop';
}

async function auditAssociations(tx: ReadTransaction, byId: ProviderRows, findings: Findings): Promise<void> {
  const classes = new Set((await tx.rows(resourceClasses, {})).map((row) => row.id));
  for (const row of await tx.rows(inventories, {})) {
    if (!classes.has(row.resource_class_id)) {
      findings.add(AUDIT_CHECKS.inventoryWithoutClass, byId.get(row.resource_provider_id)?.uuid);
    }
    if (!byId.has(row.resource_provider_id)) findings.add(AUDIT_CHECKS.associationWithoutProvider);
  }
  for (const row of [...(await tx.rows(traitOwners, {})), ...(await tx.rows(aggregateMembers, {}))]) {
    if (!byId.has(row.resource_provider_id)) findings.add(AUDIT_CHECKS.associationWithoutProvider);
  }
}

async function auditAllocations(
  tx: ReadTransaction,
  byId: ProviderRows,
  findings: Findings,
): Promise<{ readonly consumers: number; readonly allocations: number }> {
  const consumerRows = await tx.rows(consumers, {});
  const known = new Set(consumerRows.map((row) => row.uuid));
  const stock = new Map((await tx.rows(inventories, {})).map((row) => [inventoryKey(row), row]));
  const used = new Map<string, number>();
  const holders = new Set<string>();
  const records = new Set<string>();
  const allocationRows = await tx.rows(allocations, {});
  for (const row of allocationRows) {
    const key = inventoryKey(row);
    used.set(key, (used.get(key) ?? 0) + row.used);
    holders.add(row.consumer_id);
    const provider = byId.get(row.resource_provider_id);
    if (provider === undefined) findings.add(AUDIT_CHECKS.allocationWithoutProvider);
    else if (!stock.has(key)) findings.add(AUDIT_CHECKS.allocationWithoutInventory, provider.uuid);
    if (!known.has(row.consumer_id)) findings.add(AUDIT_CHECKS.allocationWithoutConsumer, provider?.uuid);
    const record = `${key}:${row.consumer_id}`;
    if (records.has(record)) findings.add(AUDIT_CHECKS.duplicateAllocation, provider?.uuid);
    records.add(record);
  }
  for (const [key, row] of stock) {
    const inventory = { ...unitsOf(row), allocationRatio: row.allocation_ratio };
    if ((used.get(key) ?? 0) > exactCapacity(inventory)) {
      // An inventory with reserved above total has a negative capacity; without usage that is nobody's harm.
      if ((used.get(key) ?? 0) > 0) findings.add(AUDIT_CHECKS.overCapacity, byId.get(row.resource_provider_id)?.uuid);
    }
  }
  for (const consumer of consumerRows) {
    if (consumer.project === null || consumer.user === null) findings.add(AUDIT_CHECKS.consumerWithoutOwner);
    if (!isGeneration(consumer.generation)) findings.add(AUDIT_CHECKS.badGeneration);
    if (!holders.has(consumer.uuid)) findings.add(AUDIT_CHECKS.consumerWithoutAllocations);
    else if (consumer.generation === 0) findings.add(AUDIT_CHECKS.consumerNeverAdvanced);
  }
  return { consumers: consumerRows.length, allocations: allocationRows.length };
}

async function auditChangeFeed(tx: ReadTransaction, findings: Findings): Promise<void> {
  const last = new Map((await tx.rows(lastChanges, {})).map((row) => [row.writer_id, row]));
  for (const writer of await tx.rows(writers, {})) {
    const changes = last.get(writer.id);
    const whole = changes === undefined ? writer.last_seq === 0 : changes.last === writer.last_seq;
    const gapless = changes === undefined || changes.last - changes.first + 1 === changes.count;
    if (!whole || !gapless) findings.add(AUDIT_CHECKS.changeFeedGap);
  }
}

function inventoryKey(row: { readonly resource_provider_id: number; readonly resource_class_id: number }): string {
  return `${row.resource_provider_id}:${row.resource_class_id}`;
}

function unitsOf(row: { total: number; reserved: number; min_unit: number; max_unit: number; step_size: number }) {
  return {
    total: row.total,
    reserved: row.reserved,
    minUnit: row.min_unit,
    maxUnit: row.max_unit,
    stepSize: row.step_size,
  };
}

function isGeneration(value: number | null): boolean {
  return value !== null && value >= 0;
}
