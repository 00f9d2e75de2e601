// After any updates the model is what a fresh load of the same rows would be, to its readers and to the search.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { searchCandidates } from '../../src/candidates/search.ts';
import { type ProviderId, providerUuid, type TraitId } from '../../src/domain/ids.ts';
import type { NameCatalog } from '../../src/domain/resource-provider.ts';
import { Model } from '../../src/model/model.ts';
import { arbitraryQuery, NAMES, often, traitsAndInventory, uuidOf } from '../candidates/arbitrary.ts';
import { EVERYTHING, modelOf } from '../candidates/ask.ts';
import { normalAnswer } from '../candidates/normal-form.ts';
import { branded } from '../support/state.ts';
import { ProviderRows } from './database.ts';
import { portrait } from './portrait.ts';

const seed = Number(process.env.MODEL_PROPERTY_SEED ?? Date.now() % 2 ** 31);
const PROVIDERS_MAX = 9;

const id = fc.integer({ min: 1, max: PROVIDERS_MAX }).map((number) => branded<ProviderId>(number));

/** Names with one trait more; names in which sharing is another trait; and names as they were. */
const CATALOGS: readonly NameCatalog[] = [
  NAMES,
  { ...NAMES, traits: [...NAMES.traits, { id: branded<TraitId>(9), name: 'CUSTOM_T9', modifiedAtMs: null }] },
  { ...NAMES, traits: NAMES.traits.filter(({ id }) => id !== 1) },
];

type Edit = (rows: ProviderRows) => void;

const put = fc.tuple(id, traitsAndInventory, fc.nat(3)).map(([id, content, name]): Edit => {
  return (rows) => {
    const before = rows.get(id);
    rows.put({
      ...content,
      id,
      uuid: providerUuid(uuidOf(id)),
      name: `name ${name} of ${id}`,
      modifiedAtMs: name * 1000,
      parentId: before?.parentId ?? null,
      rootId: before?.rootId ?? id,
    });
  };
});

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: put },
  {
    weight: 4,
    arbitrary: fc.tuple(id, often(3, id)).map(([id, parentId]): Edit => {
      return (rows) => rows.move(id, parentId !== null && rows.get(parentId) === undefined ? null : parentId);
    }),
  },
  {
    weight: 1,
    arbitrary: id.map(
      (id): Edit =>
        (rows) =>
          rows.delete(id),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...CATALOGS).map(
      (names): Edit =>
        (rows) =>
          rows.rename(names),
    ),
  },
);

const batches = fc.array(fc.tuple(fc.array(edit, { minLength: 1, maxLength: 8 }), fc.boolean()), {
  minLength: 1,
  maxLength: 8,
});

test(`updates leave what a fresh load would (MODEL_PROPERTY_SEED=${seed})`, () => {
  fc.assert(
    fc.property(batches, arbitraryQuery, (batches, query) => {
      const rows = new ProviderRows(NAMES);
      const model = new Model();
      model.apply({ kind: 'reload', names: NAMES, providers: [] });
      for (const [edits, backwards] of batches) {
        for (const edit of edits) edit(rows);
        model.apply(rows.delta((ids) => (backwards ? ids.reverse() : ids)));
        const fresh = modelOf(rows.state());
        assert.deepEqual(portrait(model, rows.names), portrait(fresh, rows.names));
        if (rows.names.traits.length < NAMES.traits.length) continue;
        const all = { ...query, limit: null };
        assert.deepEqual(
          normalAnswer(model, all, searchCandidates(model, all, EVERYTHING)),
          normalAnswer(fresh, all, searchCandidates(fresh, all, EVERYTHING)),
        );
      }
    }),
    { numRuns: 400, seed },
  );
});
