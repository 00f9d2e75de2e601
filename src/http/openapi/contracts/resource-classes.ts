// The contracts of /resource_classes and /resource_classes/{name} (http-api §8).

import { NAME_LENGTH_MAX } from '../../../domain/resource-class.ts';
import { UPPER_NAME_PATTERN } from '../../schemas/fields.ts';
import { resourceClassBody } from '../../schemas/resource-classes.ts';
import type { OperationContract, RefusalContract } from '../contract.ts';
import { type DocumentSchema, documentSchema } from '../schema.ts';
import { closed, DELETED, dated } from './fields.ts';

const TAG = 'Resource classes';
const NAME: DocumentSchema = { type: 'string', pattern: UPPER_NAME_PATTERN, maxLength: NAME_LENGTH_MAX };
const NOT_FOUND: RefusalContract = { status: 404, when: 'There is no such resource class.' };
const RESOURCE_CLASS = closed(
  {
    name: NAME,
    links: {
      type: 'array',
      prefixItems: [
        closed({
          rel: { const: 'self' },
          href: { type: 'string', pattern: '^(?:/[^?#]*)?/resource_classes/[A-Z0-9_]+$' },
        }),
      ],
      items: false,
      minItems: 1,
    },
  },
  'ResourceClass',
);

export const listResourceClasses: OperationContract = {
  id: 'listResourceClasses',
  tag: TAG,
  summary: 'List resource classes, standard ones first.',
  answers: () => dated(closed({ resource_classes: { type: 'array', items: RESOURCE_CLASS } })),
};

export const createResourceClass: OperationContract = {
  id: 'createResourceClass',
  tag: TAG,
  summary: 'Create a custom resource class.',
  body: () => resourceClassBody.schema,
  answers: () => [{ status: 201, description: 'Created.', location: true }],
  refusals: [{ status: 409, when: 'It exists already.' }],
};

export const showResourceClass: OperationContract = {
  id: 'showResourceClass',
  tag: TAG,
  summary: 'Show a resource class.',
  parameters: { name: NAME },
  answers: () => dated(RESOURCE_CLASS),
  refusals: [NOT_FOUND],
};

/** 1.2 to 1.6. */
export const renameResourceClass: OperationContract = {
  id: 'renameResourceClass',
  tag: TAG,
  summary: 'Rename a custom resource class.',
  parameters: { name: NAME },
  body: () => resourceClassBody.schema,
  answers: () => [{ status: 200, description: 'Renamed.', body: RESOURCE_CLASS }],
  refusals: [NOT_FOUND, { status: 409, when: 'The new name is taken.' }],
};

/** From 1.7: the rule for the name in the path is that for the name in a body. */
export const ensureResourceClass: OperationContract = {
  id: 'ensureResourceClass',
  tag: TAG,
  summary: 'Make sure that a custom resource class exists.',
  parameters: documentSchema(resourceClassBody.schema).properties ?? {},
  answers: () => [
    { status: 201, description: 'Created.', location: true },
    { status: 204, description: 'It existed.', location: true },
  ],
};

export const deleteResourceClass: OperationContract = {
  id: 'deleteResourceClass',
  tag: TAG,
  summary: 'Delete a custom resource class.',
  parameters: { name: NAME },
  answers: () => DELETED,
  refusals: [NOT_FOUND, { status: 409, when: 'A provider has inventory of it.' }],
};
