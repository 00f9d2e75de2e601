// Errors about records: providers, inventories, aggregates, traits, resource classes, allocations, the reshaper.
// Texts carry the fragments that clients look for (http-api, "must contain").

import { declareError } from './declare.ts';

const CONCURRENT_UPDATE = 'placement.concurrent_update';
const INVENTORY_IN_USE = 'placement.inventory.inuse';
const DUPLICATE_NAME = 'placement.duplicate_name';

// Resource providers (http-api §4)

export const providerNotFound = declareError(
  'resource_provider.not_found',
  404,
  ({ uuid }: { uuid: string }) => `No resource provider with uuid ${uuid} found`,
);
export const providerNotFoundForDelete = declareError(
  'resource_provider.not_found_for_delete',
  404,
  ({ uuid }: { uuid: string }) => `No resource provider with uuid ${uuid} found for delete`,
);
export const providerCreateRefused = declareError(
  'resource_provider.create_refused',
  400,
  ({ name, uuid, reason }: { name: string; uuid: string; reason: string }) =>
    `Unable to create resource provider "${name}", ${uuid}: ${reason}`,
);
export const providerUpdateRefused = declareError(
  'resource_provider.update_refused',
  400,
  ({ uuid, reason }: { uuid: string; reason: string }) => `Unable to save resource provider ${uuid}: ${reason}`,
);
export const providerUuidTaken = declareError(
  'resource_provider.uuid_taken',
  409,
  ({ uuid }: { uuid: string }) => `Conflicting resource provider uuid: ${uuid} already exists.`,
  DUPLICATE_NAME,
);
export const providerNameTaken = declareError(
  'resource_provider.name_taken',
  409,
  ({ name }: { name: string }) => `Conflicting resource provider name: ${name} already exists.`,
  DUPLICATE_NAME,
);
export const providerHasChildren = declareError(
  'resource_provider.has_children',
  409,
  ({ uuid }: { uuid: string }) => `Unable to delete parent resource provider ${uuid}: It has child resource providers.`,
  'placement.resource_provider.cannot_delete_parent',
);
export const providerHasAllocations = declareError(
  'resource_provider.has_allocations',
  409,
  ({ uuid }: { uuid: string }) => `Unable to delete resource provider ${uuid}: Resource provider has allocations.`,
  'placement.resource_provider.inuse',
);
/** A stale generation sent with aggregates or traits (http-api §3.3). */
export const providerGenerationChanged = declareError(
  'resource_provider.generation_changed',
  409,
  () => "Resource provider's generation already changed. Please update the generation and try again.",
  CONCURRENT_UPDATE,
);
/** A stale generation sent with inventories (http-api §3.3). */
export const providerGenerationConflict = declareError(
  'resource_provider.generation_conflict',
  409,
  ({ uuid, actual, given }: { uuid: string; actual: number; given: number }) =>
    `resource provider generation conflict for resource provider ${uuid}: actual: ${actual}, given: ${given}`,
  CONCURRENT_UPDATE,
);
/** Another writer won and internal retries ran out (http-api §3.4). */
export const providerConcurrentlyUpdated = declareError(
  'resource_provider.concurrently_updated',
  409,
  () =>
    'Update conflict: inventory and/or allocations changed: another thread concurrently updated the resource ' +
    'provider data. Please retry your update',
  CONCURRENT_UPDATE,
);

// Inventories (http-api §5)

export const inventoryCreateRefused = declareError(
  'inventory.create_refused',
  400,
  ({ uuid, reason }: { uuid: string; reason: string }) =>
    `Unable to create inventory for resource provider ${uuid}: ${reason}`,
);
export const inventoryUpdateRefused = declareError(
  'inventory.update_refused',
  400,
  ({ uuid, reason }: { uuid: string; reason: string }) =>
    `Unable to update inventory for resource provider ${uuid}: ${reason}`,
);
export const inventoryUnknownClass = declareError(
  'inventory.unknown_resource_class',
  400,
  ({ uuid, resourceClass }: { uuid: string; resourceClass: string }) =>
    `Unknown resource class in inventory for resource provider ${uuid}: No such resource class ${resourceClass}.`,
);
export const inventoryExists = declareError(
  'inventory.exists',
  409,
  ({ uuid, resourceClass }: { uuid: string; resourceClass: string }) =>
    `Update conflict: resource provider ${uuid} already has an inventory of class ${resourceClass}`,
  CONCURRENT_UPDATE,
);
export const inventoryNotFound = declareError(
  'inventory.not_found',
  404,
  ({ uuid, resourceClass }: { uuid: string; resourceClass: string }) =>
    `No inventory of class ${resourceClass} for ${uuid}`,
);
export const inventoryNotFoundForUpdate = declareError(
  'inventory.not_found_for_update',
  400,
  ({ uuid, resourceClass }: { uuid: string; resourceClass: string }) =>
    `Unable to update inventory for resource provider ${uuid}: No inventory record with resource class ` +
    `${resourceClass} on resource provider ${uuid}`,
);
export const inventoryNotFoundForDelete = declareError(
  'inventory.not_found_for_delete',
  404,
  ({ resourceClass }: { resourceClass: string }) => `No inventory of class ${resourceClass} found for delete`,
);
export const inventoryInUse = declareError(
  'inventory.in_use',
  409,
  ({ uuid, resourceClasses }: { uuid: string; resourceClasses: readonly string[] }) =>
    `update conflict: Inventory for '${resourceClasses.join(', ')}' on resource provider '${uuid}' in use.`,
  INVENTORY_IN_USE,
);
/** Deleting one inventory in use has another code than deleting all (http-api §5.8, a quirk to copy). */
export const oneInventoryInUse = declareError(
  'inventory.one_in_use',
  409,
  ({ uuid, resourceClass }: { uuid: string; resourceClass: string }) =>
    `Unable to delete inventory of class ${resourceClass}: Inventory for '${resourceClass}' on resource provider ` +
    `'${uuid}' in use.`,
  CONCURRENT_UPDATE,
);

// Traits (http-api §7)

export const traitNotFound = declareError(
  'trait.not_found',
  404,
  ({ name }: { name: string }) => `No such trait(s): ${name}.`,
);
export const traitsUnknown = declareError(
  'trait.unknown',
  400,
  ({ names }: { names: readonly string[] }) => `No such trait(s): ${names.join(', ')}.`,
);
export const traitNameInvalid = declareError(
  'trait.name_invalid',
  400,
  () =>
    'The trait is invalid. A valid trait must be no longer than 255 characters, start with the prefix "CUSTOM_" and ' +
    'use following characters: "A"-"Z", "0"-"9" and "_"',
);
export const traitIsStandard = declareError(
  'trait.is_standard',
  400,
  ({ name }: { name: string }) => `Cannot delete standard trait ${name}.`,
);
export const traitInUse = declareError(
  'trait.in_use',
  409,
  ({ name }: { name: string }) => `The trait ${name} is in use by a resource provider.`,
);

// Resource classes (http-api §8)

export const resourceClassNotFound = declareError(
  'resource_class.not_found',
  404,
  ({ name }: { name: string }) => `No such resource class ${name}.`,
);
export const resourceClassExists = declareError(
  'resource_class.exists',
  409,
  ({ name }: { name: string }) => `Conflicting resource class already exists: ${name}`,
);
export const resourceClassNameTaken = declareError(
  'resource_class.name_taken',
  409,
  ({ name }: { name: string }) => `Resource class already exists: ${name}`,
);
export const resourceClassUpdateStandard = declareError(
  'resource_class.update_standard',
  400,
  ({ name }: { name: string }) => `Cannot update standard resource class ${name}`,
);
export const resourceClassDeleteStandard = declareError(
  'resource_class.delete_standard',
  400,
  ({ name }: { name: string }) => `Error in delete resource class: Cannot delete standard resource class ${name}`,
);
export const resourceClassInUse = declareError(
  'resource_class.in_use',
  409,
  ({ name }: { name: string }) => `Error in delete resource class: Class is in use in inventory: ${name}`,
);

// Allocations (http-api §9)

export const consumerUuidMalformed = declareError(
  'allocation.consumer_uuid_malformed',
  400,
  ({ uuid }: { uuid: string }) => `Malformed consumer_uuid: ${uuid}`,
);
export const consumerGenerationConflict = declareError(
  'allocation.consumer_generation_conflict',
  409,
  ({ expected, given }: { expected: number | null; given: number | null }) =>
    `consumer generation conflict - expected ${expected ?? 'null'} but got ${given ?? 'None'}`,
  CONCURRENT_UPDATE,
);
export const allocationProviderUnknown = declareError(
  'allocation.provider_unknown',
  400,
  ({ uuid }: { uuid: string }) => `Allocation for resource provider '${uuid}' that does not exist.`,
);
/** `consumer` is present on PUT, where the text names the one consumer of the request. */
export const allocationClassUnknown = declareError(
  'allocation.resource_class_unknown',
  400,
  ({ consumer, resourceClass }: { consumer: string | null; resourceClass: string }) =>
    consumer === null
      ? `Unable to allocate inventory: No such resource class ${resourceClass}.`
      : `Unable to allocate inventory for consumer ${consumer}: No such resource class ${resourceClass}.`,
);
export const allocationInventoryMissing = declareError(
  'allocation.inventory_missing',
  409,
  ({ resourceClasses, uuids }: { resourceClasses: readonly string[]; uuids: readonly string[] }) =>
    `Unable to allocate inventory: Inventory for '${resourceClasses.join(', ')}' on resource provider ` +
    `'${uuids.join(', ')}' invalid.`,
);
export const allocationViolatesUnits = declareError(
  'allocation.violates_units',
  409,
  ({ resourceClass, uuid }: { resourceClass: string; uuid: string }) =>
    `Unable to allocate inventory: Unable to create allocation for '${resourceClass}' on resource provider ` +
    `'${uuid}'. The requested amount would violate inventory constraints.`,
);
export const allocationExceedsCapacity = declareError(
  'allocation.exceeds_capacity',
  409,
  ({ resourceClass, uuid }: { resourceClass: string; uuid: string }) =>
    `Unable to allocate inventory: Unable to create allocation for '${resourceClass}' on resource provider ` +
    `'${uuid}'. The requested amount would exceed the capacity.`,
);
export const allocationsNotFound = declareError(
  'allocation.not_found',
  404,
  ({ consumer }: { consumer: string }) => `No allocations for consumer '${consumer}'`,
);

// Reshaper (http-api §12)

export const reshapeProviderNotFound = declareError(
  'reshape.provider_not_found',
  400,
  ({ uuid }: { uuid: string }) => `Resource provider ${uuid} in inventories not found`,
  'placement.resource_provider.not_found',
);
export const reshapeClassUnknown = declareError(
  'reshape.resource_class_unknown',
  400,
  ({ resourceClass }: { resourceClass: string }) =>
    `Unable to process reshaper data: No such resource class ${resourceClass}.`,
);

// The service itself

export const databaseUnavailable = declareError(
  'service.database_unavailable',
  503,
  () => 'The database did not answer in time. Nothing was changed. Please try again.',
);
