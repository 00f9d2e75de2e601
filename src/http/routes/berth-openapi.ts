// /berth/openapi.json: the API described for machines. It is outside the microversions, so the one that it describes is
// a parameter; a tool that reads it seldom can set headers.

import { MINOR_MAX, type Microversion, microversion } from '../../domain/microversion.ts';
import { showOpenApi, validateOpenApiParameters } from '../openapi/contracts/berth.ts';
import { openApiDocument } from '../openapi/document.ts';
import type { Operation, OperationRequest } from '../operation.ts';
import { versionDocument } from '../version-document.ts';
import { lastValue } from './query-values.ts';

/** The operation that describes the given ones, the version document and itself. */
export function berthOpenApi(described: readonly Operation[]): Operation {
  const texts = new Map<Microversion, string>();
  const operation: Operation = {
    method: 'GET',
    path: '/berth/openapi.json',
    since: 0,
    guards: [],
    rule: null,
    contract: showOpenApi,
    async answer(request) {
      const version = requestedVersion(request);
      let text = texts.get(version);
      if (text === undefined) {
        text = JSON.stringify(openApiDocument([versionDocument, ...described, operation], version));
        texts.set(version, text);
      }
      return { status: 200, body: text };
    },
  };
  return operation;
}

function requestedVersion(request: OperationRequest): Microversion {
  const parameters = request.query();
  validateOpenApiParameters(parameters);
  const text = lastValue(parameters, 'microversion');
  return microversion(text === null ? MINOR_MAX : Number(text.slice('1.'.length)));
}
