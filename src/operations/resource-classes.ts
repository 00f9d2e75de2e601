// Resource classes: list, show, create, rename, delete (http-api §8).

import {
  resourceClassDeleteStandard,
  resourceClassExists,
  resourceClassInUse,
  resourceClassNameTaken,
  resourceClassNotFound,
  resourceClassUpdateStandard,
} from '../domain/errors/records.ts';
import { isStandardResourceClass, type ResourceClass } from '../domain/resource-class.ts';
import { relyOn } from '../store/records/guards.ts';
import {
  deleteResourceClassRow,
  findResourceClass,
  hasInventories,
  insertResourceClass,
  readResourceClasses,
  renameResourceClassRow,
} from '../store/records/resource-classes.ts';
import type { ReadTransaction } from '../store/transaction.ts';
import type { Service } from './service.ts';

/** All classes, standard ones first, by id. */
export function listResourceClasses(service: Service): Promise<readonly ResourceClass[]> {
  return service.store.read(readResourceClasses);
}

/** The class. Error: 404. */
export function getResourceClass(service: Service, name: string): Promise<ResourceClass> {
  return service.store.read((tx) => requireClass(tx, name));
}

/** Makes a custom class; the name has been validated. Error: 409 when it exists. */
export function createResourceClass(service: Service, name: string): Promise<ResourceClass> {
  return service.store.write(async (tx) => {
    if ((await findResourceClass(tx, name)) !== undefined) throw resourceClassExists({ name });
    await insertResourceClass(tx, name);
    return requireClass(tx, name);
  });
}

/** Makes a custom class unless it exists; the name has been validated. */
export async function ensureResourceClass(service: Service, name: string): Promise<{ readonly created: boolean }> {
  // Most calls find the class there: no need to wait for the write lane then.
  const known = await service.store.read((tx) => findResourceClass(tx, name));
  if (known !== undefined) return { created: false };
  return service.store.write(async (tx) => {
    if ((await findResourceClass(tx, name)) !== undefined) return { created: false };
    await insertResourceClass(tx, name);
    return { created: true };
  });
}

/** Renames a custom class. Errors in order: 404, 400 for a standard class, 409 when the new name is taken. */
export function renameResourceClass(service: Service, name: string, newName: string): Promise<ResourceClass> {
  return service.store.write(async (tx) => {
    const current = await requireClass(tx, name);
    if (isStandardResourceClass(current)) throw resourceClassUpdateStandard({ name });
    if (newName !== name) {
      if ((await findResourceClass(tx, newName)) !== undefined) throw resourceClassNameTaken({ name: newName });
      await renameResourceClassRow(tx, current.id, newName);
    }
    return requireClass(tx, newName);
  });
}

/** Deletes a custom class. Errors in order: 404, 400 for a standard class, 409 when a provider has inventory of it. */
export function deleteResourceClass(service: Service, name: string): Promise<void> {
  return service.store.write(async (tx) => {
    const current = await requireClass(tx, name);
    if (isStandardResourceClass(current)) throw resourceClassDeleteStandard({ name });
    await relyOn(tx, [{ kind: 'resource-class', id: current.id }]);
    if (await hasInventories(tx, current.id)) throw resourceClassInUse({ name });
    await deleteResourceClassRow(tx, current.id);
  });
}

async function requireClass(tx: ReadTransaction, name: string): Promise<ResourceClass> {
  const found = await findResourceClass(tx, name);
  if (found === undefined) throw resourceClassNotFound({ name });
  return found;
}
