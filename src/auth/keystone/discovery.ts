// Where v3 of Identity is, by its version documents (operations §2.3, §2.4). A document may send us to another address, but
// never from https to http: Keystone behind a proxy that ends TLS often names itself by the wrong scheme.

import type { KeystoneAnswer, KeystoneClient } from './client.ts';
import { listAt, recordAt, textAt } from './json.ts';

const REDIRECTS_MAX = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The v3 address that the version document at `url` names, or null when it names none. Throws KeystoneTrouble when the
 * connection fails.
 */
export async function discoverV3(client: KeystoneClient, url: string): Promise<string | null> {
  let address = url;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const answer = await client.send({ method: 'GET', url: address });
    const next = redirectOf(answer, address);
    if (next === null) return v3LinkOf(answer, address);
    address = next;
  }
  return null;
}

/**
 * The v3 address of an endpoint of the catalog, and whether that is certain: an endpoint that names no version is
 * asked, and what does not tell is taken to be below it.
 */
export async function v3OfEndpoint(
  client: KeystoneClient,
  endpoint: string,
): Promise<{ readonly url: string; readonly certain: boolean }> {
  const version = versionInPath(endpoint);
  if (version?.startsWith('v3')) return { url: withoutSlash(endpoint), certain: true };
  const base = version === null ? endpoint : withoutSlash(endpoint).slice(0, -version.length);
  const discovered = await discoverV3(client, base);
  return { url: discovered ?? `${withoutSlash(base)}/v3`, certain: discovered !== null };
}

/** The base of v3 with `/v3` at its end and no slash. */
export function v3Base(url: string): string {
  const base = withoutSlash(url);
  return base.endsWith('v3') ? base : `${base}/v3`;
}

function redirectOf(answer: KeystoneAnswer, address: string): string | null {
  const { location } = answer.headers;
  return REDIRECTS.has(answer.status) && location !== undefined ? safeLink(location, address) : null;
}

/** The three forms of version documents: of the root, of a list, and of one version. */
function v3LinkOf(answer: KeystoneAnswer, address: string): string | null {
  if (answer.status !== 200 && answer.status !== 300) return null;
  const { body } = answer;
  const one = recordAt(body, 'version');
  const versions = [
    ...(one === null ? [] : [one]),
    ...listAt(body, 'versions'),
    ...listAt(recordAt(body, 'versions'), 'values'),
  ];
  const v3 = versions.find((version) => textAt(version, 'id')?.startsWith('v3'));
  const self = listAt(v3, 'links').find((link) => textAt(link, 'rel') === 'self');
  const href = textAt(self, 'href');
  const link = href === null ? null : safeLink(href, address);
  return link === null ? null : withoutSlash(link);
}

/** A link found at an address; null when it leads out of HTTP. */
function safeLink(link: string, address: string): string | null {
  const url = URL.parse(link, address);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  const from = new URL(address);
  if (from.protocol === 'https:' && url.protocol === 'http:') return `${from.origin}${url.pathname}`;
  return `${url.origin}${url.pathname}`;
}

function versionInPath(url: string): string | null {
  return /\/(v\d+(?:\.\d+)?)\/?$/.exec(url)?.[1] ?? null;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
