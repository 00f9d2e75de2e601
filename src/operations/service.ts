// What every operation works with: the store, the model kept true by it, and the operator's settings.

import type { PlacementSettings } from '../config/settings.ts';
import type { KeptModel } from '../model/kept-model.ts';
import type { Store } from '../store/store.ts';

export interface Service {
  readonly store: Store;
  readonly model: KeptModel;
  readonly settings: PlacementSettings;
  /** Bound on the steps of one candidate search (P6). */
  readonly searchStepsMax: number;
}
