// The rows of one claim and nothing else, for the programs beside: a consumer, its three allocations, and a host's generation.

export const CLASSES = 3;

/** One statement each; allocations take {@link CLASSES} rows at once. */
export const INSERT_CONSUMER =
  'INSERT INTO consumers (created_at, uuid, project_id, user_id, generation) VALUES (?, ?, 1, 1, 0)';
export const INSERT_ALLOCATIONS =
  'INSERT INTO allocations (created_at, resource_provider_id, consumer_id, resource_class_id, used) VALUES (?, ?, ?, 0, 1), (?, ?, ?, 1, 256), (?, ?, ?, 2, 10)';
export const ADVANCE_HOST = 'UPDATE resource_providers SET generation = generation + 1 WHERE id = ?';

const NOW = '2026-01-01 00:00:00';

export function consumerValues(uuid: string): string[] {
  return [NOW, uuid];
}

export function allocationValues(uuid: string, host: number): (string | number)[] {
  return Array.from({ length: CLASSES }, () => [NOW, host, uuid]).flat();
}
