// The OpenAPI 3.1 document of one microversion. It is made from the operations that the server routes by and from the
// schemas that it validates with, so it cannot say anything else than they do.

import { formatMicroversion, type Microversion } from '../../domain/microversion.ts';
import type { Operation } from '../operation.ts';
import { isInVersion } from '../routing.ts';
import { type ParameterObject, pathParameters, queryParameters, versionParameter } from './parameters.ts';
import {
  errorComponents,
  errorReference,
  type HeaderObject,
  headerComponents,
  type Reference,
  type ResponseObject,
  successResponse,
} from './responses.ts';
import { type DocumentSchema, documentSchema } from './schema.ts';
import { documentedStatuses } from './statuses.ts';

export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters: readonly (ParameterObject | Reference)[];
  readonly requestBody?: {
    readonly required: true;
    readonly content: { readonly 'application/json': { readonly schema: DocumentSchema } };
  };
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>;
  /** Empty: open to everyone. */
  readonly security?: readonly [];
  readonly 'x-openstack-policy-rule'?: string;
}

type DocumentMethod = 'get' | 'put' | 'post' | 'delete';

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  readonly security: readonly { readonly token: readonly [] }[];
  readonly paths: Readonly<Record<string, { readonly [method in DocumentMethod]?: OperationObject }>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, object>>;
    readonly parameters: Readonly<Record<string, ParameterObject>>;
    readonly headers: Readonly<Record<string, HeaderObject>>;
    readonly responses: Readonly<Record<string, ResponseObject>>;
  };
}

/** How the document writes a method. */
export const DOCUMENT_METHODS: { readonly [method in Operation['method']]: DocumentMethod } = {
  GET: 'get',
  PUT: 'put',
  POST: 'post',
  DELETE: 'delete',
};

/** What paths and methods that the document does not have are answered with. */
const UNKNOWN_PATH = 404;
const UNKNOWN_METHOD = 405;

/** The document of the operations that exist at the microversion. */
export function openApiDocument(operations: readonly Operation[], version: Microversion): OpenApiDocument {
  const present = operations.filter((operation) => isInVersion(operation, version));
  const statuses = new Set([UNKNOWN_PATH, UNKNOWN_METHOD]);
  for (const operation of present) for (const status of errorStatuses(operation, version)) statuses.add(status);
  const byPath = Map.groupBy(present, ({ path }) => path);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Berth, an OpenStack Placement API',
      version: formatMicroversion(version),
      description:
        'One document describes one microversion. Paths that it does not have are answered with 404, other methods ' +
        'of its paths with 405 and `allow`.',
    },
    tags: [...new Set(present.map(({ contract }) => contract.tag))].map((name) => ({ name })),
    security: [{ token: [] }],
    paths: Object.fromEntries([...byPath].map(([path, group]) => [path, pathItem(group, version)])),
    components: {
      securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
      parameters: { Version: versionParameter(version) },
      headers: headerComponents(version),
      responses: errorComponents([...statuses].sort(), version),
    },
  };
}

function pathItem(group: readonly Operation[], version: Microversion) {
  return Object.fromEntries(
    group.map((operation) => [DOCUMENT_METHODS[operation.method], operationObject(operation, version)] as const),
  );
}

function operationObject(operation: Operation, version: Microversion): OperationObject {
  const { contract, rule } = operation;
  const body = contract.body?.(version);
  return {
    operationId: contract.id,
    tags: [contract.tag],
    summary: contract.summary,
    parameters: [
      ...pathParameters(operation),
      ...queryParameters(operation, version),
      ...(rule === null ? [] : [{ $ref: '#/components/parameters/Version' }]),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: documentSchema(body) } } } }),
    responses: responses(operation, version),
    ...(rule === null ? { security: [] as const } : { 'x-openstack-policy-rule': rule }),
  };
}

function responses(operation: Operation, version: Microversion): OperationObject['responses'] {
  const { contract } = operation;
  const successes = contract.answers(version).map((one) => [one.status, successResponse(one, version)] as const);
  const errors = errorStatuses(operation, version).map((status) => {
    const refusal = contract.refusals?.find((one) => one.status === status && version >= (one.since ?? 0));
    return [status, errorReference(status, refusal?.when)] as const;
  });
  return Object.fromEntries([...successes, ...errors]);
}

function errorStatuses(operation: Operation, version: Microversion): readonly number[] {
  return documentedStatuses(operation, version).filter((status) => status >= 400);
}
