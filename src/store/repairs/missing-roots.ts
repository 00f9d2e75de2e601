// Resource providers without a root, from before trees were known. A provider without a parent becomes its own root. One
// with a parent gets that tree's root, where the original would make it a root of its own below somebody else's, which
// no answer of the API can show (operations §4.2).

import { sql } from 'kysely';
import type { ProviderId } from '../../domain/ids.ts';
import { StaleRead } from '../database-errors.ts';
import { relyOn } from '../records/guards.ts';
import { statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction.ts';
import { BATCH_MAX, type Repair } from './repair.ts';

interface Member {
  readonly id: ProviderId;
  readonly root: ProviderId | null;
  readonly parent: ProviderId | null;
}

const countRootless = statement()(({ db }) =>
  db
    .selectFrom('resource_providers')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('root_provider_id', 'is', null),
);
const selectRootless = statement()(({ db }) =>
  db
    .selectFrom('resource_providers')
    .select(['id', 'root_provider_id as root', 'parent_provider_id as parent'])
    .where('root_provider_id', 'is', null)
    .orderBy('id')
    .limit(sql.lit(BATCH_MAX)),
);
const selectMembers = statement<{ ids: readonly ProviderId[] }>()(({ db, within, forUpdate }) =>
  forUpdate(
    db
      .selectFrom('resource_providers')
      .select(['id', 'root_provider_id as root', 'parent_provider_id as parent'])
      .where(within('resource_providers.id', 'ids'))
      .orderBy('id'),
  ),
);
const setRoot = statement<{ id: ProviderId; root: ProviderId; now: Timestamp }>()(({ db, slot }) =>
  db
    .updateTable('resource_providers')
    .set({ root_provider_id: slot.root, updated_at: slot.now })
    .where('id', '=', slot.id)
    .where('root_provider_id', 'is', null),
);

export const missingRoots: Repair = {
  name: 'set_root_provider_ids',
  title: 'resource providers without a root',
  async count(tx) {
    return Number((await tx.first(countRootless, {}))?.count ?? 0);
  },
  async run(tx, max, { guarded }) {
    const rootless = (await tx.rows(selectRootless, {})).slice(0, max);
    if (rootless.length === 0) return { found: 0, repaired: 0 };
    const roots = await findRoots(tx, rootless);
    if (guarded) {
      await relyOn(
        tx,
        [...new Set(roots.values())].map((root) => ({ kind: 'tree', root })),
      );
      const again = await findRoots(tx, rootless);
      if ([...roots].some(([id, root]) => again.get(id) !== root)) throw new StaleRead('the tree of a provider');
    }
    let repaired = 0;
    for (const [id, root] of roots) {
      const matched = await tx.change(setRoot, { id, root, now: tx.now });
      if (matched === 0) continue;
      repaired += 1;
      tx.providerChanged(id);
    }
    return { found: rootless.length, repaired };
  },
};

/** The root of each of them, found by climbing all their trees one level at a time. */
async function findRoots(
  tx: ReadTransaction | WriteTransaction,
  rootless: readonly Member[],
): Promise<ReadonlyMap<ProviderId, ProviderId>> {
  const members = new Map<ProviderId, Member>(rootless.map((member) => [member.id, member]));
  const asked = new Set<ProviderId>(members.keys());
  for (let wanted = parentsAmong(members, asked); wanted.length > 0; wanted = parentsAmong(members, asked)) {
    for (const id of wanted) asked.add(id);
    for (const member of await tx.rows(selectMembers, { ids: wanted })) members.set(member.id, member);
  }
  return new Map(rootless.map(({ id }) => [id, climb(id, members)]));
}

/** Parents that may lead to a root and have not been asked for, in id order. */
function parentsAmong(members: ReadonlyMap<ProviderId, Member>, asked: ReadonlySet<ProviderId>): readonly ProviderId[] {
  const wanted = new Set<ProviderId>();
  for (const { root, parent } of members.values()) {
    if (root === null && parent !== null && !asked.has(parent)) wanted.add(parent);
  }
  return [...wanted].sort((one, other) => one - other);
}

/** The first root on the way up, else the provider at its end. A way that is a circle leads nowhere: its own root. */
function climb(start: ProviderId, members: ReadonlyMap<ProviderId, Member>): ProviderId {
  const seen = new Set<ProviderId>();
  for (let at = members.get(start); at !== undefined; ) {
    if (at.root !== null) return at.root;
    if (seen.has(at.id)) return start;
    seen.add(at.id);
    const above: Member | undefined = at.parent === null ? undefined : members.get(at.parent);
    if (above === undefined) return at.id;
    at = above;
  }
  return start;
}
