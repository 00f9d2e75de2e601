// Errors about records: providers, inventories, aggregates, traits, resource classes, allocations, the reshaper.
// Texts carry the fragments that clients look for (http-api, "must contain").

import { declareError } from './declare.ts';

const CONCURRENT_UPDATE = 'placement.concurrent_update';
const INVENTORY_IN_USE = 'placement.inventory.inuse';
const DUPLICATE_NAME = 'placement.duplicate_name';
const READ_AGAIN = 'Read the provider again, decide anew on what it shows now, and send its present generation.';

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
  { since: 14 },
);
export const providerUuidTaken = declareError(
  'resource_provider.uuid_taken',
  409,
  ({ uuid }: { uuid: string }) => `Conflicting resource provider uuid: ${uuid} already exists.`,
  {
    code: DUPLICATE_NAME,
    remedy:
      'Take another UUID, or none and let the service choose. If an earlier try of yours made the provider, there is ' +
      'nothing to do.',
  },
);
export const providerNameTaken = declareError(
  'resource_provider.name_taken',
  409,
  ({ name }: { name: string }) => `Conflicting resource provider name: ${name} already exists.`,
  {
    code: DUPLICATE_NAME,
    remedy: 'Choose another name, or find the provider that has it with `GET /resource_providers?name=`.',
  },
);
export const providerHasChildren = declareError(
  'resource_provider.has_children',
  409,
  ({ uuid }: { uuid: string }) => `Unable to delete parent resource provider ${uuid}: It has child resource providers.`,
  {
    code: 'placement.resource_provider.cannot_delete_parent',
    remedy: 'Delete the children first, or from 1.37 give them another parent.',
  },
);
export const providerHasAllocations = declareError(
  'resource_provider.has_allocations',
  409,
  ({ uuid }: { uuid: string }) => `Unable to delete resource provider ${uuid}: Resource provider has allocations.`,
  {
    code: 'placement.resource_provider.inuse',
    remedy: 'Delete or move the allocations that `GET /resource_providers/{uuid}/allocations` shows.',
  },
);
/** A stale generation sent with aggregates or traits (http-api §3.3). */
export const providerGenerationChanged = declareError(
  'resource_provider.generation_changed',
  409,
  () => "Resource provider's generation already changed. Please update the generation and try again.",
  {
    code: CONCURRENT_UPDATE,
    since: 6,
    remedy: READ_AGAIN,
  },
);
/** A stale generation sent with inventories (http-api §3.3). */
export const providerGenerationConflict = declareError(
  'resource_provider.generation_conflict',
  409,
  ({ uuid, actual, given }: { uuid: string; actual: number; given: number }) =>
    `resource provider generation conflict for resource provider ${uuid}: actual: ${actual}, given: ${given}`,
  {
    code: CONCURRENT_UPDATE,
    remedy: READ_AGAIN,
  },
);
/** Another writer won and internal retries ran out (http-api §3.4). */
export const providerConcurrentlyUpdated = declareError(
  'resource_provider.concurrently_updated',
  409,
  () =>
    'Update conflict: inventory and/or allocations changed: another thread concurrently updated the resource ' +
    'provider data. Please retry your update',
  {
    code: CONCURRENT_UPDATE,
    remedy: 'Send the request again after a moment. The service has tried several times by itself.',
  },
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
  {
    code: CONCURRENT_UPDATE,
    remedy: 'Change the inventory with `PUT /resource_providers/{uuid}/inventories/{resource_class}`.',
  },
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
  {
    code: INVENTORY_IN_USE,
    remedy: 'Delete or move the allocations of these classes first; the reshaper does both in one step.',
  },
);
/** Deleting one inventory in use has another code than deleting all (http-api §5.8, a quirk to copy). */
export const oneInventoryInUse = declareError(
  'inventory.one_in_use',
  409,
  ({ uuid, resourceClass }: { uuid: string; resourceClass: string }) =>
    `Unable to delete inventory of class ${resourceClass}: Inventory for '${resourceClass}' on resource provider ` +
    `'${uuid}' in use.`,
  {
    code: CONCURRENT_UPDATE,
    remedy: 'Delete or move the allocations of this class first; the code is the same as that of a stale generation.',
  },
);

// Traits (http-api §7)

export const traitNotFound = declareError(
  'trait.not_found',
  404,
  ({ name }: { name: string }) => `No such trait(s): ${name}.`,
  { since: 6 },
);
export const traitsUnknown = declareError(
  'trait.unknown',
  400,
  ({ names }: { names: readonly string[] }) => `No such trait(s): ${names.join(', ')}.`,
  { since: 6 },
);
export const traitNameInvalid = declareError(
  'trait.name_invalid',
  400,
  () =>
    'The trait is invalid. A valid trait must be no longer than 255 characters, start with the prefix "CUSTOM_" and ' +
    'use following characters: "A"-"Z", "0"-"9" and "_"',
  { since: 6 },
);
export const traitIsStandard = declareError(
  'trait.is_standard',
  400,
  ({ name }: { name: string }) => `Cannot delete standard trait ${name}.`,
  { since: 6 },
);
export const traitInUse = declareError(
  'trait.in_use',
  409,
  ({ name }: { name: string }) => `The trait ${name} is in use by a resource provider.`,
  { since: 6, remedy: 'Take the trait from the providers that `GET /resource_providers?required=` finds.' },
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
  {
    since: 2,
    remedy:
      'Nothing is to be done if the class is what was wanted. From 1.7 `PUT /resource_classes/{name}` does not mind.',
  },
);
export const resourceClassNameTaken = declareError(
  'resource_class.name_taken',
  409,
  ({ name }: { name: string }) => `Resource class already exists: ${name}`,
  { since: 2, until: 6, remedy: 'Choose another name.' },
);
export const resourceClassUpdateStandard = declareError(
  'resource_class.update_standard',
  400,
  ({ name }: { name: string }) => `Cannot update standard resource class ${name}`,
  { since: 2, until: 6 },
);
export const resourceClassDeleteStandard = declareError(
  'resource_class.delete_standard',
  400,
  ({ name }: { name: string }) => `Error in delete resource class: Cannot delete standard resource class ${name}`,
  { since: 2 },
);
export const resourceClassInUse = declareError(
  'resource_class.in_use',
  409,
  ({ name }: { name: string }) => `Error in delete resource class: Class is in use in inventory: ${name}`,
  { since: 2, remedy: 'Delete the inventories of the class first, those without allocations too.' },
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
  {
    code: CONCURRENT_UPDATE,
    since: 28,
    remedy:
      "Read the consumer's allocations again, decide anew, and send its present `consumer_generation`: null where it " +
      'has none.',
  },
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
  { remedy: 'Ask for candidates again: the provider has no inventory of what was asked for, or has lost it since.' },
);
export const allocationViolatesUnits = declareError(
  'allocation.violates_units',
  409,
  ({ resourceClass, uuid }: { resourceClass: string; uuid: string }) =>
    `Unable to allocate inventory: Unable to create allocation for '${resourceClass}' on resource provider ` +
    `'${uuid}'. The requested amount would violate inventory constraints.`,
  { remedy: 'Ask for an amount that `min_unit`, `max_unit` and `step_size` of the inventory allow.' },
);
export const allocationExceedsCapacity = declareError(
  'allocation.exceeds_capacity',
  409,
  ({ resourceClass, uuid }: { resourceClass: string; uuid: string }) =>
    `Unable to allocate inventory: Unable to create allocation for '${resourceClass}' on resource provider ` +
    `'${uuid}'. The requested amount would exceed the capacity.`,
  { remedy: 'Ask for candidates again: somebody else was faster, or the inventory has shrunk.' },
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
  { code: 'placement.resource_provider.not_found', since: 30 },
);
export const reshapeClassUnknown = declareError(
  'reshape.resource_class_unknown',
  400,
  ({ resourceClass }: { resourceClass: string }) =>
    `Unable to process reshaper data: No such resource class ${resourceClass}.`,
  { since: 30 },
);

// The service itself

export const databaseUnavailable = declareError(
  'service.database_unavailable',
  503,
  () => 'The database did not answer in time. Nothing was changed. Please try again.',
  { remedy: 'Send the request again after the time that `retry-after` gives.' },
);
export const outcomeUnknown = declareError(
  'service.outcome_unknown',
  503,
  () => 'The database did not answer in time. The change was made as a whole or not at all; which one is not known.',
  { remedy: 'Read what the request would have changed before sending it again.' },
);
