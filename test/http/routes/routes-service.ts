// The operations of the API on a real store, without sockets, policy or guards: what is under test are the routes.

import type { TestContext } from 'node:test';
import type { PlacementSettings, SearchLimits } from '../../../src/config/settings.ts';
import { microversion } from '../../../src/domain/microversion.ts';
import type { BodyPiece } from '../../../src/http/incoming.ts';
import type { OperationAnswer, OperationRequest, QueryPairs } from '../../../src/http/operation.ts';
import { ANONYMOUS } from '../../../src/http/operation-request.ts';
import { placementOperations } from '../../../src/http/routes/index.ts';
import { createRoutingTable, operationFor, parameterOf } from '../../../src/http/routing.ts';
import { decodeJson } from '../../../src/http/validation/decode-json.ts';
import { KeptModel } from '../../../src/model/kept-model.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';

const SETTINGS: PlacementSettings = {
  randomizeAllocationCandidates: false,
  incompleteConsumerProjectId: '00000000-0000-0000-0000-000000000000',
  incompleteConsumerUserId: '00000000-0000-0000-0000-000000000000',
  maxAllocationCandidates: null,
  generationStrategy: 'depth-first',
};

const LIMITS: SearchLimits = { searchStepsMax: 100_000, requestGroupsMax: 64, candidatesMax: 100_000 };

export interface Asked {
  /** Minor microversion; 39 when absent. */
  readonly at?: number;
  /** JSON, or text that is sent as it is. */
  readonly body?: unknown;
  readonly query?: QueryPairs;
}

/** Asks `GET /traits` and the like. */
export type Ask = (method: string, path: string, asked?: Asked) => Promise<OperationAnswer>;

/** A fresh service that ends with the test. */
export async function openRoutes(test: TestContext, own: Partial<PlacementSettings> = {}): Promise<Ask> {
  const store = await openSqliteStore({ path: ':memory:', synchronous: false, busyTimeoutMs: 1000, sync: true });
  test.after(() => store.close());
  const model = new KeptModel(() => store.poll());
  const table = createRoutingTable(
    placementOperations({ store, model, settings: { ...SETTINGS, ...own }, searchLimits: LIMITS }),
  );
  return (method, path, { at = 39, body, query = [] } = {}) => {
    const found = table.find(path);
    const operations = found?.resource.operations.get(method);
    if (found === null || operations === undefined) throw new Error(`there is no ${method} ${path}`);
    const operation = operationFor(operations, microversion(at));
    const request: OperationRequest = {
      version: microversion(at),
      caller: ANONYMOUS,
      linkPrefix: '/placement',
      parameter: (name) => parameterOf(operation, found.segments, name),
      query: () => query,
      json: () => decodeJson(typeof body === 'string' ? body : JSON.stringify(body)),
    };
    return operation.answer(request);
  };
}

/** The answer's body as the value that a client reads. */
export function bodyOf({ body, pieces }: OperationAnswer) {
  if (pieces !== undefined) return JSON.parse(piecesText(pieces));
  return JSON.parse(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The JSON text of an answer that came in pieces. */
export function piecesText(pieces: readonly BodyPiece[]): string {
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString('utf8');
}
