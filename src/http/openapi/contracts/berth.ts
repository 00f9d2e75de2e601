// The contracts of what Berth offers beyond the Placement API, under /berth.

import { formatMicroversion, MINOR_MAX, microversion } from '../../../domain/microversion.ts';
import { METRICS_CONTENT_TYPE } from '../../../telemetry/metrics.ts';
import type { JsonSchema } from '../../validation/json-schema.ts';
import { queryValidator } from '../../validation/query-validator.ts';
import type { OperationContract } from '../contract.ts';
import { closed } from './fields.ts';

const MICROVERSIONS = Array.from({ length: MINOR_MAX + 1 }, (_, minor) => formatMicroversion(microversion(minor)));
const OPENAPI_QUERY: JsonSchema = {
  type: 'object',
  properties: { microversion: { type: 'string', enum: MICROVERSIONS } },
  additionalProperties: false,
};

/** Parameters of `GET /berth/openapi.json`. Throws 400 `Invalid query string parameters: …`. */
export const validateOpenApiParameters = queryValidator(OPENAPI_QUERY);

export const showOpenApi: OperationContract = {
  id: 'showOpenApi',
  tag: 'Berth',
  summary: 'Describe the API at a microversion, the latest unless another one is named.',
  query: () => validateOpenApiParameters.schema,
  answers: () => [
    {
      status: 200,
      description: 'An OpenAPI 3.1 document.',
      body: {
        type: 'object',
        properties: { openapi: { const: '3.1.0' } },
        required: ['openapi', 'info', 'paths', 'components'],
      },
    },
  ],
};

export const showLiveness: OperationContract = {
  id: 'showLiveness',
  tag: 'Berth',
  summary: 'Tell whether the process runs.',
  answers: () => [{ status: 200, description: 'It runs.', body: closed({ status: { const: 'live' } }) }],
};

export const showReadiness: OperationContract = {
  id: 'showReadiness',
  tag: 'Berth',
  summary: 'Tell whether requests can be served. 503 says why not.',
  answers: () => [{ status: 200, description: 'They can.', body: closed({ status: { const: 'ready' } }) }],
};

export const showMetrics: OperationContract = {
  id: 'showMetrics',
  tag: 'Berth',
  summary: 'List the metrics of the service, all of its processes together.',
  answers: () => [
    {
      status: 200,
      description: 'The text format of Prometheus.',
      body: { type: 'string' },
      contentType: METRICS_CONTENT_TYPE,
    },
  ],
};
