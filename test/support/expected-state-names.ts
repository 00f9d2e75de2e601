// Resource classes and traits as http-api §7.1–7.4 and §8 describe them.

import type { Json } from './client.ts';
import {
  type ApiRequest,
  absent,
  type ExpectedReply,
  hasMembers,
  invalid,
  Refused,
  refused,
  type State,
} from './expected-state.ts';

const CUSTOM = /^CUSTOM_[A-Z0-9_]+$/;

/** §8.1 */
function showClass(name: string): Json {
  return { name, links: [{ rel: 'self', href: `/resource_classes/${name}` }] };
}

/** §8.2; only the custom classes of this sequence, since others live in the same service. */
export function listClasses(state: State): ExpectedReply {
  return { status: 200, body: { resource_classes: state.classes.filter((name) => CUSTOM.test(name)).map(showClass) } };
}

/** §8.4 */
export function getClass(state: State, name: string): ExpectedReply {
  if (!state.classes.includes(name)) throw new Refused(404, [], 'placement.undefined_code', []);
  return { status: 200, body: showClass(name) };
}

/** §8.3 */
export function postClass(state: State, { body }: ApiRequest): ExpectedReply {
  if (!hasMembers(body, ['name']) || !CUSTOM.test(body.name)) throw invalid();
  if (state.classes.includes(body.name)) throw refused(409, 'Conflicting resource class already exists');
  state.classes.push(body.name);
  return { status: 201 };
}

/** §8.5 below 1.7, §8.6 from there on */
export function putClass(state: State, { version, body }: ApiRequest, name: string): ExpectedReply {
  if (version < 7) return renameClass(state, body, name);
  if (!CUSTOM.test(name))
    throw new Refused(400, ['JSON does not validate', "Failed validating 'pattern'"], 'placement.undefined_code', []);
  if (state.classes.includes(name)) return { status: 204 };
  state.classes.push(name);
  return { status: 201 };
}

function renameClass(state: State, body: Json, name: string): ExpectedReply {
  if (!hasMembers(body, ['name']) || !CUSTOM.test(body.name)) throw invalid();
  const newName: string = body.name;
  if (!state.classes.includes(name)) throw new Refused(404, [], 'placement.undefined_code', []);
  if (!CUSTOM.test(name)) throw refused(400, `Cannot update standard resource class ${name}`);
  if (newName !== name && state.classes.includes(newName)) throw refused(409, 'Resource class already exists');
  state.classes = state.classes.map((each) => (each === name ? newName : each));
  for (const provider of state.providers.values()) provider.inventories = renamed(provider.inventories, name, newName);
  for (const consumer of state.consumers.values()) {
    for (const [uuid, resources] of consumer.holdings) consumer.holdings.set(uuid, renamed(resources, name, newName));
  }
  return { status: 200, body: showClass(newName) };
}

function renamed<Value>(map: ReadonlyMap<string, Value>, name: string, newName: string): Map<string, Value> {
  return new Map([...map].map(([key, value]) => [key === name ? newName : key, value]));
}

/** §8.7 */
export function deleteClass(state: State, name: string): ExpectedReply {
  if (!state.classes.includes(name)) throw new Refused(404, [], 'placement.undefined_code', []);
  if (!CUSTOM.test(name)) throw refused(400, 'Cannot delete standard resource class');
  if ([...state.providers.values()].some((provider) => provider.inventories.has(name))) {
    throw new Refused(
      409,
      ['Error in delete resource class', 'Class is in use in inventory'],
      'placement.undefined_code',
      [],
    );
  }
  state.classes = state.classes.filter((each) => each !== name);
  return { status: 204 };
}

/** §7.1 with `name=startswith:…` and perhaps `associated`; sorted, since the order is open. */
export function listTraits(state: State, query: URLSearchParams): ExpectedReply {
  const prefix = query.get('name')?.slice('startswith:'.length) ?? '';
  const associated = query.get('associated');
  const traits = state.traits.filter(
    (name) => name.startsWith(prefix) && (associated === null || isAssociated(state, name) === (associated === 'true')),
  );
  return { status: 200, body: { traits: traits.sort() } };
}

/** §7.2 */
export function getTrait(state: State, name: string): ExpectedReply {
  if (!state.traits.includes(name)) throw new Refused(404, [], 'placement.undefined_code', []);
  return { status: 204 };
}

/** §7.3 */
export function putTrait(state: State, name: string): ExpectedReply {
  if (!CUSTOM.test(name))
    throw refused(400, 'The trait is invalid. A valid trait must be no longer than 255 characters');
  if (state.traits.includes(name)) return { status: 204 };
  state.traits.push(name);
  return { status: 201 };
}

/** §7.4 */
export function deleteTrait(state: State, name: string): ExpectedReply {
  if (!state.traits.includes(name)) throw new Refused(404, [], 'placement.undefined_code', []);
  if (!CUSTOM.test(name)) throw refused(400, 'Cannot delete standard trait');
  if (isAssociated(state, name)) throw refused(409, `The trait ${name} is in use by a resource provider.`);
  state.traits = state.traits.filter((each) => each !== name);
  return { status: 204 };
}

function isAssociated(state: State, name: string): boolean {
  return [...state.providers.values()].some((provider) => provider.traits.has(name));
}

/** Guard V of a whole resource. */
export function since(minor: number, { version }: ApiRequest): void {
  if (version < minor) throw absent();
}
