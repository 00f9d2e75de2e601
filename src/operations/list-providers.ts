// GET /resource_providers: answered from the model in memory, which is fresh when the filters are applied.

import { filterProviders } from '../candidates/filter-providers.ts';
import type { ProviderFilters } from '../candidates/query.ts';
import type { ModelReader, ProviderNumber } from '../model/reader.ts';
import type { Service } from './service.ts';

/**
 * Finds the providers that pass every filter and hands them to `present`, synchronously, since provider numbers hold
 * only until the model changes. Errors: 400 for unknown names.
 */
export function listProviders<Presented>(
  service: Service,
  filters: ProviderFilters,
  present: (model: ModelReader, providers: readonly ProviderNumber[]) => Presented,
): Promise<Presented> {
  return service.model.read((model) => present(model, filterProviders(model, filters)));
}
