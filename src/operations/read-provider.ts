// Reads of a single provider that the model answers: it is brought up to date by a check that all waiting reads share,
// where the database would take a transaction for each.

import { providerNotFound } from '../domain/errors/records.ts';
import type { ProviderUuid } from '../domain/ids.ts';
import type { ModelReader, ProviderNumber } from '../model/reader.ts';
import type { Service } from './service.ts';

/**
 * Hands the provider to `present`, synchronously, since its number holds only until the model changes. Rejects with 404
 * {@link providerNotFound}, or with what `present` throws.
 */
export function readProvider<Presented>(
  service: Service,
  uuid: ProviderUuid,
  present: (model: ModelReader, provider: ProviderNumber) => Presented,
): Promise<Presented> {
  return service.model.read((model) => {
    const provider = model.numberOfUuid(uuid);
    if (provider === undefined) throw providerNotFound({ uuid });
    return present(model, provider);
  });
}

/**
 * What is found in the model, when that is known beforehand to be worth a look: only what the picture as it stands has waits
 * for a fresh one. Null: not there, in one of the two.
 */
export async function findIfRemembered<Found>(
  { model }: Service,
  find: (model: ModelReader) => Found | null,
): Promise<Found | null> {
  const { remembered } = model;
  return remembered === null || find(remembered) === null ? null : model.read(find);
}

/** When the provider was changed last; null: unknown. */
export function modifiedAt(model: ModelReader, provider: ProviderNumber): Date | null {
  return timeOf(model.modifiedAtMs(provider));
}

/** The model's milliseconds as a time; null: unknown. */
export function timeOf(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}
