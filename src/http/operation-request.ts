// What an operation sees of a request. Query and body are decoded when asked for, so that an operation that ignores
// them answers whatever they are, and one that checks something first is not overtaken by their errors.

import type { Caller } from '../auth/caller.ts';
import type { Microversion } from '../domain/microversion.ts';
import { hasMoreParameters, type LimitRefusals } from './limits.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { parameterOf } from './routing.ts';
import { decodeJson } from './validation/decode-json.ts';
import { decodeQuery } from './validation/decode-query.ts';

export interface OperationRequestParts {
  readonly operation: Operation;
  readonly segments: readonly string[];
  readonly version: Microversion;
  readonly caller: Caller;
  readonly linkPrefix: string;
  readonly rawQuery: string;
  readonly queryParametersMax: number;
  readonly refusals: LimitRefusals;
}

/** The request as far as it is known before its body is read; `json()` is a mistake in it. */
export function operationRequest(parts: OperationRequestParts): OperationRequest {
  return {
    version: parts.version,
    caller: parts.caller,
    linkPrefix: parts.linkPrefix,
    parameter: (name) => parameterOf(parts.operation, parts.segments, name),
    query() {
      if (hasMoreParameters(parts.rawQuery, parts.queryParametersMax)) throw parts.refusals.queryParametersTooMany();
      return decodeQuery(parts.rawQuery);
    },
    json() {
      throw new Error(`${parts.operation.method} ${parts.operation.path} has no body: it lacks the guard for content`);
    },
  };
}

/** The same request with its body. */
export function withBody(request: OperationRequest, body: Buffer, jsonDepthMax: number): OperationRequest {
  return { ...request, json: () => decodeJson(body, jsonDepthMax) };
}

/** Stands for the caller of operations that are open to everyone. */
export const ANONYMOUS: Caller = {
  userId: null,
  projectId: null,
  domainId: null,
  userDomainId: null,
  projectDomainId: null,
  systemScope: null,
  roles: [],
  isAdminProject: false,
  serviceUserId: null,
  serviceProjectId: null,
  serviceUserDomainId: null,
  serviceProjectDomainId: null,
  serviceRoles: [],
};
