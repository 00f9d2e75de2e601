// A plain stand-in for the provider rows of the database, for tests that change them: it keeps roots right when trees
// are moved, and remembers which rows an update has to tell of.

import type { ProviderId } from '../../src/domain/ids.ts';
import type { ModelUpdate, NameCatalog, ProviderState } from '../../src/domain/resource-provider.ts';
import type { State } from '../support/state.ts';

export class ProviderRows {
  readonly #rows = new Map<ProviderId, ProviderState>();
  readonly #touched = new Set<ProviderId>();
  #names: NameCatalog;
  #namesTouched = false;

  constructor(names: NameCatalog) {
    this.#names = names;
  }

  get ids(): readonly ProviderId[] {
    return [...this.#rows.keys()];
  }

  get names(): NameCatalog {
    return this.#names;
  }

  get(id: ProviderId): ProviderState | undefined {
    return this.#rows.get(id);
  }

  rename(names: NameCatalog): void {
    this.#names = names;
    this.#namesTouched = true;
  }

  put(state: ProviderState): void {
    this.#rows.set(state.id, state);
    this.#touched.add(state.id);
  }

  /** Gives the provider another parent, and everyone below it another root; not below itself. */
  move(id: ProviderId, parentId: ProviderId | null): void {
    const state = this.#rows.get(id);
    if (state === undefined || (parentId !== null && this.#subtree(id).includes(parentId))) return;
    const rootId = parentId === null ? id : (this.#rows.get(parentId)?.rootId ?? parentId);
    this.put({ ...state, parentId });
    for (const below of this.#subtree(id)) {
      const moved = this.#rows.get(below);
      if (moved !== undefined) this.put({ ...moved, rootId });
    }
  }

  /** Takes the provider away, with everyone below it. */
  delete(id: ProviderId): void {
    for (const gone of this.#subtree(id)) {
      this.#rows.delete(gone);
      this.#touched.add(gone);
    }
  }

  /** What the change feed would say since the last time; `shuffled` in an order of the caller's choice. */
  delta(shuffled: (ids: ProviderId[]) => ProviderId[] = (ids) => ids): ModelUpdate {
    const providers = shuffled([...this.#touched]).map((id) => ({ id, state: this.#rows.get(id) ?? null }));
    const names = this.#namesTouched ? this.#names : null;
    this.#touched.clear();
    this.#namesTouched = false;
    return { kind: 'delta', names, providers };
  }

  state(): State {
    return { names: this.#names, providers: [...this.#rows.values()].sort((a, b) => a.id - b.id) };
  }

  #subtree(id: ProviderId): ProviderId[] {
    if (!this.#rows.has(id)) return [];
    const children = [...this.#rows.values()].filter(({ parentId }) => parentId === id);
    return [id, ...children.flatMap((child) => this.#subtree(child.id))];
  }
}
