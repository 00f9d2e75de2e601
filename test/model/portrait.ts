// Everything that can be seen of a model, without its numbers: two models are alike when their portraits are equal.

import type { NameCatalog } from '../../src/domain/resource-provider.ts';
import type { Model } from '../../src/model/model.ts';

export function portrait(model: Model, names: NameCatalog): unknown {
  const uuids = (numbers: Iterable<number>): string[] => [...numbers].map((number) => model.uuid(number)).sort();
  return {
    count: model.providerCount,
    roots: uuids(model.roots),
    live: uuids(model.live),
    sharing: uuids(model.sharing),
    classes: names.resourceClasses.map(({ name }) => model.resourceClassId(name)),
    traits: names.traits.map(({ name, id }) => [name, model.traitId(name), uuids(model.withTrait(id))]),
    providers: [...model.providers()].map((provider) => {
      const parent = model.parent(provider);
      const tree: number[] = [];
      model.forTree(model.root(provider), (member) => tree.push(member));
      return {
        id: model.id(provider),
        uuid: model.uuid(provider),
        name: model.name(provider),
        isFound: [model.numberOfUuid(model.uuid(provider)), model.numberOfName(model.name(provider))].every(
          (number) => number === provider,
        ),
        generation: model.generation(provider),
        modifiedAtMs: model.modifiedAtMs(provider),
        parent: parent === undefined ? null : model.uuid(parent),
        root: model.uuid(model.root(provider)),
        tree: uuids(tree),
        inventories: model.inventories(provider),
        room: model.inventories(provider).map((one) => model.inventoryColumn(one.resourceClassId)?.room(provider)),
        traitNames: model.traitNames(provider),
        traitsModifiedAtMs: model.traitsModifiedAtMs(provider),
        aggregates: model.aggregatesOf(provider).map(({ uuid, members, sharing }) => ({
          uuid,
          members: uuids(members),
          sharing: sharing === null ? null : uuids(sharing),
        })),
      };
    }),
  };
}
