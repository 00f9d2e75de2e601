// Under which address a client sees the service: `location` is built from it, and the prefix of `links` is its last
// part (http-api §1.15). What proxies say counts only where the operator said that there are proxies.

import type { RequestHeaders } from '../auth/caller.ts';
import { headerText } from './incoming.ts';

export interface PublicAddress {
  readonly scheme: 'http' | 'https';
  /** Host, with its port unless that is the scheme's own. */
  readonly authority: string;
  /** Prefix of every path, empty or `/placement`: without a slash at its end. */
  readonly prefix: string;
}

export interface AddressSource {
  readonly headers: RequestHeaders;
  /** What the socket itself speaks. */
  readonly socketScheme: 'http' | 'https';
  /** Host and port of a request target that was a whole URL. It wins over `Host` (RFC 9112 §3.2.2). */
  readonly targetAuthority: string | null;
  readonly localAuthority: string;
  readonly mountPrefix: string;
  readonly trustProxyHeaders: boolean;
}

interface ProxyWord {
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
}

const DEFAULT_PORTS = { http: ':80', https: ':443' } as const;
/** Characters of a host and port (RFC 3986). Others could not stand in an answer's header. */
const AUTHORITY = /^[A-Za-z0-9.\-_~%!$&'()*+,;=:[\]]+$/;
const NOT_IN_HEADERS = /[^\x21-\x7e]/g;
/** One `name=value` of `Forwarded`, with the separator behind it (RFC 7239 §4). */
const FORWARDED_PAIR = /[ \t]*([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^";,\s]*)[ \t]*([;,]|$)/y;
const PREFIX = /^(?:\/[A-Za-z0-9.\-_~%!$&'()*+,;=:@]+)+$/;

export function publicAddress(source: AddressSource): PublicAddress {
  const { headers, trustProxyHeaders, mountPrefix } = source;
  const proxy = trustProxyHeaders ? proxyWord(headers) : { scheme: undefined, authority: undefined };
  const scheme = proxy.scheme === 'https' || proxy.scheme === 'http' ? proxy.scheme : source.socketScheme;
  const candidates = [proxy.authority, source.targetAuthority ?? undefined, headerText(headers, 'host')];
  const authority = candidates.find((text) => text !== undefined && AUTHORITY.test(text)) ?? source.localAuthority;
  const defaultPort = DEFAULT_PORTS[scheme];
  return {
    scheme,
    authority: authority.endsWith(defaultPort) ? authority.slice(0, -defaultPort.length) : authority,
    prefix: (trustProxyHeaders ? forwardedPrefix(headers) : '') + mountPrefix,
  };
}

/** The absolute address of a path below the prefix. */
export function absoluteLocation(address: PublicAddress, path: string): string {
  const location = `${address.scheme}://${address.authority}${address.prefix}${path}`;
  return location.replace(NOT_IN_HEADERS, (character) => encodeURIComponent(character.toWellFormed()));
}

function proxyWord(headers: RequestHeaders): ProxyWord {
  const forwarded = headerText(headers, 'forwarded');
  if (forwarded !== undefined) {
    const pairs = firstForwardedElement(forwarded);
    return { scheme: pairs.get('proto')?.toLowerCase(), authority: pairs.get('host') };
  }
  return {
    scheme: firstItem(headerText(headers, 'x-forwarded-proto'))?.toLowerCase(),
    authority: firstItem(headerText(headers, 'x-forwarded-host')),
  };
}

function firstForwardedElement(header: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (let position = 0; position < header.length; ) {
    FORWARDED_PAIR.lastIndex = position;
    const match = FORWARDED_PAIR.exec(header);
    if (match === null) break;
    const [whole, name = '', value = '', separator] = match;
    pairs.set(name.toLowerCase(), value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value);
    if (separator === ',') break;
    position += whole.length;
  }
  return pairs;
}

/** Anything that is not a path of one or more segments is as good as absent. */
function forwardedPrefix(headers: RequestHeaders): string {
  const prefix = (firstItem(headerText(headers, 'x-forwarded-prefix')) ?? '').replace(/\/$/, '');
  return PREFIX.test(prefix) ? prefix : '';
}

function firstItem(list: string | undefined): string | undefined {
  return list?.split(',', 1)[0]?.trim();
}
