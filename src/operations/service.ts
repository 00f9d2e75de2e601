// What every operation works with: the store, the model kept true by it, and the operator's settings.

import type { PlacementSettings, SearchLimits } from '../config/settings.ts';
import type { KeptModel } from '../model/kept-model.ts';
import type { Store } from '../store/store.ts';

export interface Service {
  readonly store: Store;
  readonly model: KeptModel;
  readonly settings: PlacementSettings;
  readonly searchLimits: SearchLimits;
  /** Told of every search for candidates, for metrics. */
  readonly observeSearch?: (event: SearchEvent) => void;
}

/** A search for allocation candidates that came to its end, one way or the other. */
export interface SearchEvent {
  readonly steps: number;
  /** Allocation requests in the answer; null when there was none. */
  readonly found: number | null;
  /** Of search and presentation, during which the process did nothing else. */
  readonly durationMs: number;
}
