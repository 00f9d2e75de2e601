// Which resource a path names, and which operation of it answers (http-api §1.2 to §1.4). Our own exact matcher: the
// API decodes before it splits, never normalises, and chooses among operations of one path by microversion.

import { methodNotInVersion, operationNotInVersion } from '../domain/errors/http.ts';
import { MINOR_MAX, type Microversion } from '../domain/microversion.ts';
import type { Operation } from './operation.ts';

/** All operations of one path. */
export interface Resource {
  /** Template, as its first operation spells it. */
  readonly path: string;
  /** Nobody needs a token here, whatever the method. */
  readonly open: boolean;
  /** Answered ahead of everyone who waits, whatever the method. */
  readonly urgent: boolean;
  /** Value of the header `allow`. */
  readonly allow: string;
  /** By method; the operations of one method in order of their first microversion, never overlapping. */
  readonly operations: ReadonlyMap<string, readonly Operation[]>;
}

export interface RouteMatch {
  readonly resource: Resource;
  /** The path's segments, those of parameters among them. */
  readonly segments: readonly string[];
}

export interface RoutingTable {
  /** The resource at a decoded path below the mount prefix; null when there is none. */
  find(path: string): RouteMatch | null;
}

const METHOD_ORDER = ['GET', 'POST', 'PUT', 'DELETE'] as const;
/** The one path whose `allow` is in another order (http-api §1.4). */
const ALLOW_EXCEPTIONS: ReadonlyMap<string, string> = new Map([['/resource_providers/{uuid}', 'GET, DELETE, PUT']]);

interface Node {
  resource: Resource | null;
  readonly literals: Map<string, Node>;
  parameter: Node | null;
}

/**
 * Builds the table once, at start. Throws when two operations would answer the same request, and when one that is not
 * in every microversion has no guard to say so.
 */
export function createRoutingTable(operations: readonly Operation[]): RoutingTable {
  const root = newNode();
  for (const group of Map.groupBy(operations, pathShape).values()) {
    const resource = createResource(group);
    nodeFor(root, segmentsOf(resource.path)).resource = resource;
  }
  return {
    find(path) {
      const segments = path === '' ? [] : path.startsWith('/') ? segmentsOf(path) : null;
      if (segments === null) return null;
      const resource = resourceAt(root, segments, 0);
      return resource === null ? null : { resource, segments };
    },
  };
}

/** Of the operations of one method, that of the version, or the one a client of an older version would look for. */
export function operationFor(operations: readonly Operation[], version: Microversion): Operation {
  const operation = operations.find((one) => isInVersion(one, version)) ?? operations[0];
  if (operation === undefined) throw new Error('a method without operations is in the routing table');
  return operation;
}

/** Guard V. Throws 404, or 405 where the operation says so. */
export function checkOperationInVersion(operation: Operation, version: Microversion): void {
  if (isInVersion(operation, version)) return;
  throw operation.tooOld === 405 ? methodNotInVersion({}) : operationNotInVersion({});
}

/** A parameter of the path by its name in the template, or null when the template has none of that name. */
export function pathParameter({ resource, segments }: RouteMatch, name: string): string | null {
  return segments[parametersOf(resource.path).indexOf(name)] ?? null;
}

/** The segment that stands for `{name}` in the operation's path. Throws when the path has none of that name. */
export function parameterOf(operation: Operation, segments: readonly string[], name: string): string {
  const value = segments[parametersOf(operation.path).indexOf(name)];
  if (value === undefined) throw new Error(`${operation.path} has no parameter ${name}`);
  return value;
}

function createResource(group: readonly Operation[]): Resource {
  const [first] = group;
  if (first === undefined) throw new Error('a resource needs an operation');
  const operations = Map.groupBy(
    group.toSorted((one, other) => one.since - other.since),
    (operation) => operation.method,
  );
  for (const versions of operations.values()) checkVersions(versions);
  const allow = METHOD_ORDER.filter((method) => operations.has(method)).join(', ');
  return {
    path: first.path,
    open: group.every((operation) => operation.rule === null),
    urgent: group.every((operation) => operation.urgent === true),
    allow: ALLOW_EXCEPTIONS.get(first.path) ?? allow,
    operations,
  };
}

/** Since the operations are sorted, only neighbours can overlap. */
function checkVersions(operations: readonly Operation[]): void {
  for (const [index, { method, path, since, until, guards }] of operations.entries()) {
    const next = operations[index + 1];
    if (next !== undefined && (until ?? MINOR_MAX) >= next.since) {
      throw new Error(`${method} ${path} has two operations at 1.${next.since}`);
    }
    if ((since > 0 || until !== undefined) && !guards.includes('version')) {
      throw new Error(`${method} ${path} is not in every microversion and has no guard for it`);
    }
  }
}

/** Whether the operation exists at the microversion. */
export function isInVersion(operation: Operation, version: Microversion): boolean {
  return version >= operation.since && version <= (operation.until ?? MINOR_MAX);
}

/** A literal is preferred to a parameter; where that leads nowhere, the parameter is tried. */
function resourceAt(node: Node, segments: readonly string[], depth: number): Resource | null {
  const segment = segments[depth];
  if (segment === undefined) return node.resource;
  const literal = node.literals.get(segment);
  const found = literal === undefined ? null : resourceAt(literal, segments, depth + 1);
  if (found !== null || node.parameter === null || segment === '') return found;
  return resourceAt(node.parameter, segments, depth + 1);
}

function nodeFor(root: Node, segments: readonly string[]): Node {
  let node = root;
  for (const segment of segments) {
    let next = isParameter(segment) ? node.parameter : node.literals.get(segment);
    if (!next) {
      next = newNode();
      if (isParameter(segment)) node.parameter = next;
      else node.literals.set(segment, next);
    }
    node = next;
  }
  return node;
}

function newNode(): Node {
  return { resource: null, literals: new Map(), parameter: null };
}

/** `/` has no segments; `/a/` has two, of which the last is empty and matches nothing. */
function segmentsOf(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}

const parametersByTemplate = new Map<string, readonly (string | null)[]>();

/** The name of the parameter, or null, for each segment of a template. */
function parametersOf(template: string): readonly (string | null)[] {
  let parameters = parametersByTemplate.get(template);
  if (parameters === undefined) {
    parameters = segmentsOf(template).map((segment) => (isParameter(segment) ? segment.slice(1, -1) : null));
    parametersByTemplate.set(template, parameters);
  }
  return parameters;
}

/** Operations of one path share a resource even if they call its parameters differently. */
function pathShape(operation: Operation): string {
  return operation.path.replace(/\{[^}]*\}/g, '{}');
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{') && segment.endsWith('}');
}
