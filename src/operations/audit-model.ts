// The audit of the model in memory, a slice at a time: a few hundred providers are read together with the position of
// the change feed, so that model and database are compared as of one moment, however busy both are. What differs is
// replaced by what the database says.

import type { ProviderId } from '../domain/ids.ts';
import type { NameCatalog } from '../domain/resource-provider.ts';
import { differencesIn, hasNames } from '../model/audit.ts';
import type { Model } from '../model/model.ts';
import { type ProviderSlice, readNames, readProviderSlice } from '../store/provider-states.ts';
import type { Service } from './service.ts';

/** What one step found. */
export interface AuditStep {
  /** Providers of the database that were compared. */
  readonly compared: number;
  /** Providers that the model had wrong, and 1 more if it had the names of classes and traits wrong. */
  readonly differences: number;
  /** Those of them that it has wrong still: a defect, or a database that contradicts itself. */
  readonly unhealed: number;
  /** The step reached the last provider; the next one begins anew. */
  readonly roundEnded: boolean;
}

interface Seen {
  readonly slice: ProviderSlice;
  readonly names: NameCatalog;
}

export class ModelAudit {
  readonly #service: Pick<Service, 'store' | 'model'>;
  #after: ProviderId | null = null;

  constructor(service: Pick<Service, 'store' | 'model'>) {
    this.#service = service;
  }

  /** Compares and heals the next slice. Steps must not overlap. Rejects when the database does not answer. */
  async step(): Promise<AuditStep> {
    const { store, model } = this.#service;
    const after = this.#after;
    const step = await model.readWith(
      (need, target) =>
        store.pollAndSee(need, target, async (tx) => ({
          slice: await readProviderSlice(tx, after),
          names: await readNames(tx),
        })),
      compareAndHeal,
    );
    this.#after = step.upTo;
    return { ...step.found, roundEnded: step.upTo === null };
  }
}

function compareAndHeal(model: Model, { slice, names }: Seen) {
  const namesDiffer = !hasNames(model, names);
  const providers = differencesIn(model, slice);
  const compared = slice.states.length;
  if (!namesDiffer && providers.length === 0) {
    return { found: { compared, differences: 0, unhealed: 0 }, upTo: slice.upTo };
  }
  model.apply({ kind: 'delta', names: namesDiffer ? names : null, providers });
  const unhealed = differencesIn(model, slice).length + (hasNames(model, names) ? 0 : 1);
  return { found: { compared, differences: providers.length + (namesDiffer ? 1 : 0), unhealed }, upTo: slice.upTo };
}
