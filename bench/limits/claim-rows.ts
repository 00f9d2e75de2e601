// The rows of claims that are committed together, and nothing else, in as few statements as can be, for the programs beside:
// the hosts' generations, the consumers, and three allocations of each.

import { randomUUID } from 'node:crypto';

export interface Statement {
  readonly text: string;
  /** What is bound in the given turn. */
  readonly values: (claims: readonly Claim[]) => (string | number)[];
}

export interface Claim {
  readonly consumer: string;
  readonly host: number;
}

const NOW = '2026-01-01 00:00:00';
const AMOUNTS = [1, 256, 10];

/** The statements that write so many claims; the same texts each time. */
export function claimStatements(count: number): readonly Statement[] {
  const rows = (row: string, times: number) => Array.from({ length: times }, () => row).join();
  return [
    {
      text: `UPDATE resource_providers SET generation = generation + 1 WHERE id IN (${rows('?', count)})`,
      values: (claims) => claims.map(({ host }) => host),
    },
    {
      text: `INSERT INTO consumers (created_at, uuid, project_id, user_id, generation) VALUES ${rows(`('${NOW}', ?, 1, 1, 0)`, count)}`,
      values: (claims) => claims.map(({ consumer }) => consumer),
    },
    {
      text: `INSERT INTO allocations (created_at, resource_provider_id, consumer_id, resource_class_id, used) VALUES ${rows(
        AMOUNTS.map((used, resourceClass) => `('${NOW}', ?, ?, ${resourceClass}, ${used})`).join(),
        count,
      )}`,
      values: (claims) => claims.flatMap(({ host, consumer }) => AMOUNTS.flatMap(() => [host, consumer])),
    },
  ];
}

/** Claims of new consumers, spread over the hosts. */
export function newClaims(count: number, turn: number, hosts: number): readonly Claim[] {
  return Array.from({ length: count }, (_, index) => ({
    consumer: randomUUID(),
    host: 1 + ((turn * 617 + index * 211) % hosts),
  }));
}
