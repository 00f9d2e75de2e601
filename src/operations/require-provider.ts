// The first step of most operations: the provider that the path names, or 404.

import { providerNotFound } from '../domain/errors/records.ts';
import type { ProviderUuid } from '../domain/ids.ts';
import type { ResourceProvider } from '../domain/resource-provider.ts';
import { findProvider } from '../store/records/resource-providers.ts';
import type { ReadTransaction } from '../store/transaction.ts';

/** The provider. Error: 404 {@link providerNotFound}. */
export async function requireProvider(tx: ReadTransaction, uuid: ProviderUuid): Promise<ResourceProvider> {
  const provider = await findProvider(tx, uuid);
  if (provider === undefined) throw providerNotFound({ uuid });
  return provider;
}
