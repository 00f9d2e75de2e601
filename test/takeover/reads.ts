// Everything that can be read of a world, at the microversions where answers change their form, in a form in which two
// services' answers can be compared: what the documents leave open (order, "now") is taken out.

import type { Answer, Json, Peer } from './peer.ts';
import { AGGREGATES, CONSUMERS, classesOf, id, PROVIDERS, projectOf, traitsOf, userOf } from './story.ts';

/** Versions at which a kind of answer has another form. */
const VERSIONS = {
  object: ['1.8', '1.39'],
  allocations: ['1.0', '1.12', '1.28', '1.39'],
  providers: ['1.17', '1.39'],
  candidates: ['1.12', '1.28', '1.39'],
} as const;
const AT_ONCE = 4;
/** `Last-Modified` has whole seconds. */
const SECOND_MS = 1_000;

/** By `1.39 GET /path`: what was answered, as one text. */
export type Recording = ReadonlyMap<string, string>;

/** Reads everything there is of the worlds. */
export async function readEverything(peer: Peer, worlds: readonly string[]): Promise<Recording> {
  // Whatever was written so far is then older than "now".
  await new Promise((resolve) => setTimeout(resolve, 1.1 * SECOND_MS));
  const startedAt = Date.now();
  const paths = ['/', '/resource_providers', '/resource_classes', '/traits', ...worlds.flatMap(pathsOf)];
  const reads = paths.flatMap((path) => VERSIONS[kindOf(path)].map((version) => ({ path, version })));
  const recording = new Map<string, string>();
  const work = async () => {
    for (let read = reads.pop(); read !== undefined; read = reads.pop()) {
      const { path, version } = read;
      const answer = await peer.call('GET', path, version);
      recording.set(`${version} GET ${path}`, normalForm(path, answer, startedAt));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return recording;
}

function kindOf(path: string): keyof typeof VERSIONS {
  if (path.startsWith('/allocation_candidates')) return 'candidates';
  if (path.startsWith('/allocations')) return 'allocations';
  return path.startsWith('/resource_providers?') ? 'providers' : 'object';
}

function pathsOf(world: string): readonly string[] {
  return [...objectPaths(world), ...searchPaths(world)];
}

function objectPaths(world: string): readonly string[] {
  const parts = ['', '/inventories', '/inventories/VCPU', '/usages', '/aggregates', '/traits', '/allocations'];
  const usages = `/usages?project_id=${projectOf(world)}`;
  return [
    ...PROVIDERS.flatMap((provider) => parts.map((part) => `/resource_providers/${id(world, provider)}${part}`)),
    ...CONSUMERS.map((consumer) => `/allocations/${id(world, consumer)}`),
    ...[...classesOf(world), 'VCPU', `CUSTOM_OLD_${world}`].map((name) => `/resource_classes/${name}`),
    ...[...traitsOf(world), 'HW_NUMA_ROOT', 'CUSTOM_NONE'].map((name) => `/traits/${name}`),
    usages,
    `${usages}&user_id=${userOf(world)}`,
    `${usages}&user_id=nobody`,
    ...['all', 'unknown', 'INSTANCE', 'MIGRATION', `LATE_${world}`].map((type) => `${usages}&consumer_type=${type}`),
    '/usages?project_id=00000000-0000-0000-0000-000000000000',
  ];
}

function searchPaths(world: string): readonly string[] {
  const [fabric, edge] = AGGREGATES.map((name) => id(world, name));
  const [gpu, magic] = classesOf(world);
  const [fast, gold] = traitsOf(world);
  const providerFilters = [
    `name=host1-${world}`,
    `uuid=${id(world, 'moved')}`,
    `member_of=${fabric}`,
    `member_of=in:${fabric},${edge}`,
    `member_of=!${fabric}`,
    `in_tree=${id(world, 'host2-numa0')}`,
    'resources=VCPU:1',
    `resources=VCPU:2,${gpu}:1`,
    `resources=${magic}:4`,
    `required=${fast}`,
    `required=${gold},!HW_CPU_X86_VMX`,
    `required=in:${fast},${gold}`,
  ];
  const candidateQueries = [
    'resources=VCPU:1',
    'resources=VCPU:1,MEMORY_MB:64',
    'resources=VCPU:1,DISK_GB:20',
    'resources=VCPU:9',
    `resources=${gpu}:1,VCPU:1&required=${fast}`,
    `resources=VCPU:1&required=!${fast}`,
    `resources=VCPU:1&required=in:${fast},${gold}`,
    `resources=VCPU:1&member_of=${edge}`,
    `resources=VCPU:1&member_of=!${edge}`,
    `resources=VCPU:1&in_tree=${id(world, 'host1-numa0')}`,
    `resources1=VCPU:1&resources2=VCPU:1&group_policy=none&in_tree1=${id(world, 'host1')}`,
    `resources1=VCPU:1&resources2=${gpu}:1&group_policy=isolate`,
    `resources1=VCPU:1&resources2=${gpu}:1&group_policy=none&same_subtree=1,2`,
    `resources=MEMORY_MB:64&resources_A=VCPU:1&required_B=${fast}&same_subtree=_A,_B&group_policy=none`,
    `resources=VCPU:1&root_required=${gold}`,
    `resources=${magic}:3`,
    'resources=CUSTOM_NOTHING:1',
  ];
  return [
    ...providerFilters.map((filter) => `/resource_providers?${filter}`),
    ...candidateQueries.map((query) => `/allocation_candidates?${query}`),
    '/traits?associated=true',
    '/traits?associated=false',
    `/traits?name=in:${traitsOf(world).join()}`,
    '/traits?name=startswith:CUSTOM_',
  ];
}

function normalForm(path: string, answer: Answer, startedAt: number): string {
  const { status, body } = answer;
  if (status >= 400) return JSON.stringify({ status, code: body?.errors?.[0]?.code });
  const known = path.startsWith('/traits') ? withoutStandardTraits(path, body) : body;
  return JSON.stringify({ status, lastModified: momentOf(path, answer, startedAt), body: sorted(known) });
}

/** Each release knows other standard traits, and makes them when it starts. */
function withoutStandardTraits(path: string, body: Json): Json {
  if (!Array.isArray(body?.traits) || path.includes('associated=true')) return body;
  return { traits: body.traits.filter((name: string) => name.startsWith('CUSTOM_')) };
}

function momentOf(path: string, { lastModified, body }: Answer, startedAt: number): string | null {
  // Of standard traits among them, see above.
  if (/^\/traits($|\?associated=false)/.test(path)) return 'any';
  // Without inventory one service says nothing and the other "now" (http-api §1.14).
  const nothing = path.endsWith('/inventories') && Object.keys(body?.inventories ?? {}).length === 0;
  if (nothing) return 'any';
  if (lastModified === null) return null;
  return Date.parse(lastModified) >= startedAt - SECOND_MS ? 'now' : lastModified;
}

/** Objects by name; lists, whose order is open everywhere, by content. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
