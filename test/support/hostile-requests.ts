// Requests with one hostile value each, for every place of every operation where a client can put one.

import { randomUUID } from 'node:crypto';
import { MINOR_MAX, type Microversion, microversion } from '../../src/domain/microversion.ts';
import type { Operation } from '../../src/http/operation.ts';
import type { Json } from './client.ts';
import { OPERATIONS } from './contract.ts';
import { HOSTILE_IN_HEADER, HOSTILE_IN_JSON, HOSTILE_IN_URL, HOSTILE_KEYS_IN_JSON } from './hostile-values.ts';
import type { RawRequest } from './raw-request.ts';
import { type BodyTarget, VALID_BODIES } from './valid-bodies.ts';

/** Stands for the hostile value while a request is put together. */
const MARK = '@@';
/**
 * In each place one value in so many is tried, other ones in the next place: at the newest microversion of an operation,
 * and at others. Bodies have so many places that every value gets its turn in hundreds of them all the same.
 */
const DENSE_IN_URL = { newest: 1, others: 12 };
const DENSE_IN_BODY = { newest: 3, others: 24 };

/** A request that has a hostile value in its path or query. */
export interface Case {
  readonly operation: Operation;
  readonly version: Microversion;
  readonly path: string;
}

/** Versions at which an operation is tried: its first and last, and those around which bodies and queries change. */
function versionsOf({ since, until = MINOR_MAX }: Operation): readonly Microversion[] {
  const minors = new Set([since, 12, 22, 28, until].filter((minor) => minor >= since && minor <= until));
  return [...minors].map(microversion);
}

/** Some of the values, chosen by the number of the place. */
function* valuesAt(
  values: readonly string[],
  { operation, version, place }: { operation: Operation; version: Microversion; place: number },
  density: { readonly newest: number; readonly others: number },
): Iterable<string> {
  const every = version === (operation.until ?? MINOR_MAX) ? density.newest : density.others;
  for (const [index, value] of values.entries()) if ((index + place) % every === 0) yield value;
}

/** The path with harmless values for all its parameters. */
export function validPath({ path }: Operation, { stock }: BodyTarget): string {
  return path
    .replace('{uuid}', stock)
    .replace('{consumer_uuid}', randomUUID())
    .replace('{resource_class}', 'VCPU')
    .replace('{name}', path.startsWith('/traits') ? 'CUSTOM_TRAIT' : 'CUSTOM_CLASS');
}

/** Every parameter of every path. */
export function* pathCases(target: BodyTarget): Iterable<Case> {
  let place = 0;
  for (const operation of OPERATIONS) {
    for (const [parameter] of operation.path.matchAll(/\{[^}]*\}/g)) {
      for (const version of versionsOf(operation)) {
        place += 1;
        for (const value of valuesAt(HOSTILE_IN_URL, { operation, version, place }, DENSE_IN_URL)) {
          const path = validPath({ ...operation, path: operation.path.replace(parameter, MARK) }, target);
          yield { operation, version, path: path.replaceAll(MARK, () => value) };
        }
      }
    }
  }
}

/** Grammars inside the values of query parameters, by the parameter without its suffix. */
const GRAMMARS: ReadonlyMap<string, readonly string[]> = new Map([
  ['resources', [MARK, `VCPU:${MARK}`, `${MARK}:1`, `VCPU:1,${MARK}:1`]],
  ['member_of', [MARK, `in:${MARK}`, `!${MARK}`, `!in:${MARK},${MARK}`]],
  ['required', [MARK, `!${MARK}`, `in:${MARK},HW_CPU_X86_AVX`, `HW_CPU_X86_AVX,!${MARK}`]],
  ['root_required', [MARK, `!${MARK}`, `HW_CPU_X86_AVX,!${MARK}`]],
  ['same_subtree', [MARK, `1,${MARK}`]],
  ['name', [MARK, `startswith:${MARK}`, `in:${MARK},${MARK}`]],
]);

/** What a query needs for its other parameters to be looked at. */
function rest(operation: Operation, parameter: string, version: Microversion): string {
  switch (operation.contract.id) {
    case 'showUsages':
      return parameter === 'project_id' ? '' : '&project_id=a-project';
    case 'listAllocationCandidates': {
      const plain = parameter === 'resources' ? '' : '&resources=VCPU:1';
      return version < 25
        ? plain
        : `${plain}&resources1=VCPU:1${parameter === 'group_policy' ? '' : '&group_policy=none'}`;
    }
    default:
      return '';
  }
}

/** Names of an operation's query parameters; those that take a suffix without and with one. */
function queryParameters(operation: Operation, version: Microversion): readonly string[] {
  const { properties = {}, patternProperties = {} } = operation.contract.query?.(version) ?? {};
  const suffixed = Object.keys(patternProperties).map((pattern) => /^\^([a-z_]+)/.exec(pattern)?.[1] ?? pattern);
  return [...Object.keys(properties), ...suffixed.flatMap((name) => [name, `${name}1`])];
}

/** Every query parameter that an operation has, and names that none has. */
export function* queryCases(target: BodyTarget): Iterable<Case> {
  let place = 0;
  for (const operation of OPERATIONS) {
    for (const version of versionsOf(operation)) {
      const path = validPath(operation, target);
      for (const parameter of queryParameters(operation, version)) {
        const tail = rest(operation, parameter, version);
        for (const grammar of GRAMMARS.get(parameter.replace(/1$/, '')) ?? [MARK]) {
          place += 1;
          for (const value of valuesAt(HOSTILE_IN_URL, { operation, version, place }, DENSE_IN_URL)) {
            yield { operation, version, path: `${path}?${parameter}=${grammar.replaceAll(MARK, () => value)}${tail}` };
          }
        }
      }
      if (operation.contract.query === undefined) continue;
      place += 1;
      for (const name of valuesAt(HOSTILE_IN_URL, { operation, version, place }, DENSE_IN_URL)) {
        yield { operation, version, path: `${path}?${name}=1${rest(operation, '', version)}` };
      }
    }
  }
}

/** A request that has a hostile value in its body. */
export interface BodyCase {
  readonly operation: Operation;
  readonly version: Microversion;
  /** Which of the marked bodies. */
  readonly place: number;
  /** JSON text. */
  readonly value: string;
}

/** Every value and every key of every body. */
export function* bodyCases(target: BodyTarget): Iterable<BodyCase> {
  for (const operation of OPERATIONS) {
    const body = VALID_BODIES.get(operation.contract.id);
    if (body === undefined) continue;
    for (const version of versionsOf(operation)) {
      for (const [place, marked] of [...markedBodies(body(target, version))].entries()) {
        const values = marked.kind === 'value' ? HOSTILE_IN_JSON : HOSTILE_KEYS_IN_JSON;
        for (const value of valuesAt(values, { operation, version, place }, DENSE_IN_BODY))
          yield { operation, version, place, value };
      }
    }
  }
}

/** The body of a case, as JSON text, for these providers. */
export function hostileBody({ operation, version, place, value }: BodyCase, target: BodyTarget): string {
  const valid = VALID_BODIES.get(operation.contract.id)?.(target, version);
  const marked = [...markedBodies(valid)][place];
  return JSON.stringify(marked?.body).replaceAll(JSON.stringify(MARK), () => value);
}

/** The body once for each of its values and keys, with the mark in its place. */
function* markedBodies(body: Json): Iterable<{ readonly kind: 'value' | 'key'; readonly body: Json }> {
  yield { kind: 'value', body: MARK };
  if (Array.isArray(body)) {
    for (const [index, item] of body.entries()) {
      for (const marked of markedBodies(item)) yield { ...marked, body: body.with(index, marked.body) };
    }
  } else if (typeof body === 'object' && body !== null) {
    const entries = Object.entries(body);
    for (const [index, [key, member]] of entries.entries()) {
      yield { kind: 'key', body: Object.fromEntries(entries.with(index, [MARK, member])) };
      for (const marked of markedBodies(member)) {
        yield { ...marked, body: Object.fromEntries(entries.with(index, [key, marked.body])) };
      }
    }
  }
}

const HEADERS = [
  'openstack-api-version',
  'x-auth-token',
  'x-roles',
  'x-user-id',
  'x-project-id',
  'x-domain-id',
  'x-is-admin-project',
  'x-service-roles',
  'openstack-system-scope',
  'accept',
  'content-type',
  'x-openstack-request-id',
  'host',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-prefix',
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
  'user-agent',
  'cookie',
  'authorization',
];

const HARMLESS: readonly RawRequest[] = [
  { method: 'GET', path: '/resource_providers?name=none', headers: {} },
  { method: 'POST', path: '/resource_providers', headers: { 'content-type': 'application/json' }, body: '{}' },
  { method: 'OPTIONS', path: '/traits', headers: { origin: 'http://console.example' } },
  { method: 'GET', path: '/', headers: {} },
];

/** Every header that means something, in requests that change nothing whoever sends them. */
export function* headerCases(): Iterable<RawRequest & { readonly name: string; readonly value: string }> {
  for (const request of HARMLESS) {
    for (const name of HEADERS) {
      for (const value of HOSTILE_IN_HEADER) yield { ...request, name, value };
      if (name === 'openstack-api-version') {
        for (const value of HOSTILE_IN_HEADER) yield { ...request, name, value: `placement ${value}` };
      }
    }
  }
}
