// Trees of providers: who is below whom. Pure; the rows come from the store.

import type { ProviderId } from './ids.ts';

/**
 * The provider and all its descendants, given every provider of its tree with its parent. A loop, which no API call
 * can make but another tool might have, ends the walk instead of hanging it.
 */
export function subtreeOf(
  provider: ProviderId,
  tree: readonly { readonly id: ProviderId; readonly parentId: ProviderId | null }[],
): ReadonlySet<ProviderId> {
  const childrenOf = Map.groupBy(tree, (node) => node.parentId);
  const subtree = new Set([provider]);
  // A set may grow while it is walked; what is added is walked too.
  for (const id of subtree) {
    for (const child of childrenOf.get(id) ?? []) subtree.add(child.id);
  }
  return subtree;
}
