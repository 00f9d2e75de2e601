// The contracts of /resource_providers/{uuid}/inventories and of one inventory below it (http-api §5).

import { ALLOCATION_RATIO_MAX, INTEGER_MAX } from '../../../domain/inventory.ts';
import { UPPER_NAME_PATTERN } from '../../schemas/fields.ts';
import { createInventoryBody, replaceInventoriesBody, updateInventoryBody } from '../../schemas/inventories.ts';
import type { OperationContract, RefusalContract } from '../contract.ts';
import type { DocumentSchema } from '../schema.ts';
import { byResourceClass, closed, DELETED, dated, GENERATION, PROVIDER_NOT_FOUND, UUID_PARAMETER } from './fields.ts';

const TAG = 'Inventories';

const RECORD: Readonly<Record<string, DocumentSchema>> = {
  total: positive(1),
  reserved: positive(0),
  min_unit: positive(1),
  max_unit: positive(1),
  step_size: positive(1),
  allocation_ratio: { type: 'number', maximum: ALLOCATION_RATIO_MAX },
};
const ONE_INVENTORY = closed({ resource_provider_generation: GENERATION, ...RECORD }, 'Inventory');
const ALL_INVENTORIES = closed(
  { resource_provider_generation: GENERATION, inventories: byResourceClass(closed(RECORD)) },
  'Inventories',
);

const ONE_PARAMETERS = {
  uuid: UUID_PARAMETER,
  resource_class: { type: 'string', pattern: UPPER_NAME_PATTERN },
} as const;
const STALE = 'The generation sent is not that of the provider.';
const IN_USE = 'Inventory that would be removed has allocations.';
const NOT_FOUND: RefusalContract = { status: 404, when: 'No provider has this UUID, or it has no such inventory.' };

export const listInventories: OperationContract = {
  id: 'listInventories',
  tag: TAG,
  summary: 'Show all inventories of a provider.',
  parameters: { uuid: UUID_PARAMETER },
  answers: () => dated(ALL_INVENTORIES),
  refusals: [PROVIDER_NOT_FOUND],
};

export const createInventory: OperationContract = {
  id: 'createInventory',
  tag: TAG,
  summary: 'Add an inventory to a provider.',
  parameters: { uuid: UUID_PARAMETER },
  body: () => createInventoryBody.schema,
  answers: () => [{ status: 201, description: 'Created.', body: ONE_INVENTORY, location: true, dated: true }],
  refusals: [PROVIDER_NOT_FOUND, { status: 409, when: 'The provider has an inventory of this class already.' }],
};

export const replaceInventories: OperationContract = {
  id: 'replaceInventories',
  tag: TAG,
  summary: 'Replace all inventories of a provider.',
  parameters: { uuid: UUID_PARAMETER },
  body: () => replaceInventoriesBody.schema,
  answers: () => dated(ALL_INVENTORIES, 'Replaced.'),
  refusals: [PROVIDER_NOT_FOUND, { status: 409, when: `${STALE} ${IN_USE}` }],
};

export const deleteInventories: OperationContract = {
  id: 'deleteInventories',
  tag: TAG,
  summary: 'Delete all inventories of a provider.',
  parameters: { uuid: UUID_PARAMETER },
  answers: () => DELETED,
  refusals: [PROVIDER_NOT_FOUND, { status: 409, when: IN_USE }],
};

export const showInventory: OperationContract = {
  id: 'showInventory',
  tag: TAG,
  summary: 'Show one inventory of a provider.',
  parameters: ONE_PARAMETERS,
  answers: () => dated(ONE_INVENTORY),
  refusals: [NOT_FOUND],
};

export const updateInventory: OperationContract = {
  id: 'updateInventory',
  tag: TAG,
  summary: 'Replace one inventory of a provider.',
  parameters: ONE_PARAMETERS,
  body: () => updateInventoryBody.schema,
  answers: () => dated(ONE_INVENTORY, 'Replaced.'),
  refusals: [
    { status: 404, when: 'No provider has this UUID, or there is no such resource class.' },
    { status: 409, when: STALE },
  ],
};

export const deleteInventory: OperationContract = {
  id: 'deleteInventory',
  tag: TAG,
  summary: 'Delete one inventory of a provider.',
  parameters: ONE_PARAMETERS,
  answers: () => DELETED,
  refusals: [NOT_FOUND, { status: 409, when: 'The inventory has allocations.' }],
};

function positive(minimum: number): DocumentSchema {
  return { type: 'integer', minimum, maximum: INTEGER_MAX };
}
