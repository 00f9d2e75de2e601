// Holds any answer of the service against the OpenAPI document of its microversion: status, headers and body must be
// what the document says, no more and no less. The client of the tests does it with every answer that a test receives.

import { isMicroversion, type Microversion, microversion } from '../../src/domain/microversion.ts';
import { openApiDocument } from '../../src/http/openapi/document.ts';
import { provokedStatuses, STATUSES_OF_ANY_REQUEST } from '../../src/http/openapi/statuses.ts';
import type { Operation } from '../../src/http/operation.ts';
import { decodePath } from '../../src/http/request-target.ts';
import { allOperations } from '../../src/http/routes/index.ts';
import { createRoutingTable, isInVersion, operationFor, type Resource } from '../../src/http/routing.ts';
import { versionDocument } from '../../src/http/version-document.ts';
import { type Answer, CheckedDocument } from './checked-document.ts';
import { otherMethods, recordTriple, routeOf } from './triples.ts';

/** One request and its answer. */
export interface Exchange extends Answer {
  /** With its query, below the mount prefix. */
  readonly path: string;
  /** The microversion asked for, such as `1.39`. */
  readonly version: string;
}

/** Every operation of the service. A table of routes asks nothing of its service until a request comes. */
export const OPERATIONS: readonly Operation[] = [versionDocument, ...allOperations(Object.create(null))];

/** What a path or a method that the document does not have may be answered with, beside its own 404 or 405. */
const OF_ANY_PATH = [400, 401, ...STATUSES_OF_ANY_REQUEST];

const table = createRoutingTable(OPERATIONS);
const documents = new Map<Microversion, CheckedDocument>();

/** Throws, with a text that says what differs, unless the answer is one that the contract allows. */
export function checkContract(exchange: Exchange): void {
  const problem = contractProblem(exchange);
  if (problem === null) return;
  const { method, path, version, status, headers, text } = exchange;
  throw new Error(
    `the answer breaks its contract: ${method} ${path} at ${version} answered ${status}: ${problem}\n` +
      `headers: ${JSON.stringify(headers)}\nbody: ${text.slice(0, 2000)}`,
  );
}

/** Notes which answer was reached; nothing for paths and versions that do not exist. */
export function recordReached({ method, path, version: text, status }: Exchange): void {
  const version = versionOf(text);
  const resource = resourceAt(path);
  if (version === null || resource === null) return;
  const candidates = resource.operations.get(method);
  const route = candidates === undefined ? otherMethods(resource.path) : routeOf(operationFor(candidates, version));
  recordTriple(route, version, status);
}

function contractProblem(exchange: Exchange): string | null {
  const version = versionOf(exchange.version);
  if (version === null) return negotiationProblem(exchange);
  const document = checkedDocument(version);
  const resource = resourceAt(exchange.path);
  if (resource === null) return document.problem(document.errors([...OF_ANY_PATH, 404]), exchange);

  const candidates = resource.operations.get(exchange.method);
  if (candidates === undefined) {
    if (exchange.status === 405 && exchange.headers.allow !== resource.allow) return `allow is not ${resource.allow}`;
    return document.problem(document.errors([...OF_ANY_PATH, 405]), exchange);
  }
  const operation = operationFor(candidates, version);
  return document.problem(
    isInVersion(operation, version)
      ? document.responsesOf(operation)
      : document.errors([...OF_ANY_PATH, ...provokedStatuses(operation, version)]),
    exchange,
  );
}

function resourceAt(path: string): Resource | null {
  const decoded = decodePath(path.split('?', 1)[0] ?? '');
  return decoded === null ? null : (table.find(decoded)?.resource ?? null);
}

/** What refuses the version is made for none, so the document of any will do. */
function negotiationProblem(exchange: Exchange): string | null {
  if (exchange.headers['openstack-api-version'] !== undefined) return 'it is for a version, though there is none';
  const document = checkedDocument(microversion(0));
  const allowed = new Map([
    [400, document.shared('VersionMalformed')],
    [406, document.shared('VersionUnacceptable')],
    ...document.errors([401, ...STATUSES_OF_ANY_REQUEST]),
  ]);
  return document.problem(allowed, exchange);
}

function versionOf(text: string): Microversion | null {
  const minor = /^1\.(0|[1-9]\d*)$/.exec(text)?.[1];
  const number = Number(minor ?? Number.NaN);
  return isMicroversion(number) ? number : null;
}

function checkedDocument(version: Microversion): CheckedDocument {
  let document = documents.get(version);
  if (document === undefined) {
    document = new CheckedDocument(openApiDocument(OPERATIONS, version));
    documents.set(version, document);
  }
  return document;
}
