// A service catalog: which services there are, and where.

import type { KeystoneEndpointChoice } from '../../config/settings.ts';
import { listAt, textAt } from './json.ts';

/** The address of Identity for this interface and region; null when the catalog has none (operations §2.4). */
export function identityEndpoint(catalog: readonly unknown[], choice: KeystoneEndpointChoice): string | null {
  for (const service of catalog) {
    if (textAt(service, 'type') !== 'identity') continue;
    for (const endpoint of listAt(service, 'endpoints')) {
      const url = textAt(endpoint, 'url');
      if (url === null || textAt(endpoint, 'interface') !== choice.interface) continue;
      if (choice.region !== null && !regionsOf(endpoint).includes(choice.region)) continue;
      if (isHttp(url)) return url;
    }
  }
  return null;
}

/** The types of the services in a catalog. */
export function serviceTypes(catalog: readonly unknown[]): readonly string[] {
  return catalog.map((service) => textAt(service, 'type')).filter((type) => type !== null);
}

/** Newer and older name of the same field. */
function regionsOf(endpoint: unknown): readonly (string | null)[] {
  return [textAt(endpoint, 'region_id'), textAt(endpoint, 'region')];
}

function isHttp(url: string): boolean {
  const protocol = URL.parse(url)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}
