// Every triple of route, microversion and status that a client can bring about, from the routes themselves.

import { MINOR_MAX, microversion } from '../../src/domain/microversion.ts';
import { provokedStatuses } from '../../src/http/openapi/statuses.ts';
import { operationFor } from '../../src/http/routing.ts';
import { OPERATIONS } from './contract.ts';
import { otherMethods, routeOf, tripleText } from './triples.ts';

export const VERSIONS = Array.from({ length: MINOR_MAX + 1 }, (_, minor) => microversion(minor));

/** One route, and what it can answer at a microversion; of one method and path the operation of that microversion. */
export function possibleTriples(): ReadonlySet<string> {
  const triples = new Set<string>();
  for (const version of VERSIONS) {
    for (const candidates of Map.groupBy(OPERATIONS, routeOf).values()) {
      const operation = operationFor(candidates, version);
      for (const status of provokedStatuses(operation, version)) {
        triples.add(tripleText(routeOf(operation), version, status));
      }
    }
    for (const [path, operations] of Map.groupBy(OPERATIONS, (operation) => operation.path)) {
      const open = operations.every(({ rule }) => rule === null);
      for (const status of open ? [400, 405] : [400, 401, 405]) {
        triples.add(tripleText(otherMethods(path), version, status));
      }
    }
  }
  return triples;
}
