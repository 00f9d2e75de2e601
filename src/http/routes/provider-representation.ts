// A resource provider as clients see it, by microversion (http-api §4.1). Written as JSON text, because a list may hold
// every provider of a large cloud, each with up to six links.

import type { Microversion } from '../../domain/microversion.ts';
import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import { providerPath } from './hrefs.ts';

/** Parent and root are shown from here on. */
const SHOWS_TREE_SINCE = 14;

/** In the order shown. */
const LINKS: readonly { readonly rel: string; readonly suffix: string; readonly since: number }[] = [
  { rel: 'self', suffix: '', since: 0 },
  { rel: 'inventories', suffix: '/inventories', since: 0 },
  { rel: 'usages', suffix: '/usages', since: 0 },
  { rel: 'aggregates', suffix: '/aggregates', since: 1 },
  { rel: 'traits', suffix: '/traits', since: 6 },
  { rel: 'allocations', suffix: '/allocations', since: 11 },
];

/** What is shown of a provider; a `ResourceProvider` is one. */
export interface ProviderView {
  readonly uuid: string;
  readonly name: string;
  readonly generation: number;
  /** Null for a root. */
  readonly parentUuid: string | null;
  readonly rootUuid: string;
}

/** One provider as JSON text. */
export function providerText(provider: ProviderView, version: Microversion, linkPrefix: string): string {
  const uuid = JSON.stringify(provider.uuid);
  const tree =
    version >= SHOWS_TREE_SINCE
      ? `,"parent_provider_uuid":${JSON.stringify(provider.parentUuid)}` +
        `,"root_provider_uuid":${JSON.stringify(provider.rootUuid)}`
      : '';
  return (
    `{"uuid":${uuid},"name":${JSON.stringify(provider.name)},"generation":${provider.generation}${tree}` +
    `,"links":${linksText(provider.uuid, version, linkPrefix)}}`
  );
}

/** The body of `GET /resource_providers`. */
export function providerListText(
  model: ModelReader,
  providers: readonly ProviderNumber[],
  version: Microversion,
  linkPrefix: string,
): string {
  const texts = providers.map((provider) => providerText(providerView(model, provider), version, linkPrefix));
  return `{"resource_providers":[${texts.join(',')}]}`;
}

/** The provider as the model has it. */
export function providerView(model: ModelReader, provider: ProviderNumber): ProviderView {
  const parent = model.parent(provider);
  return {
    uuid: model.uuid(provider),
    name: model.name(provider),
    generation: model.generation(provider),
    parentUuid: parent === undefined ? null : model.uuid(parent),
    rootUuid: model.uuid(model.root(provider)),
  };
}

function linksText(uuid: string, version: Microversion, linkPrefix: string): string {
  const self = JSON.stringify(linkPrefix + providerPath(uuid)).slice(1, -1);
  const links: string[] = [];
  for (const { rel, suffix, since } of LINKS) {
    if (version >= since) links.push(`{"rel":"${rel}","href":"${self}${suffix}"}`);
  }
  return `[${links.join(',')}]`;
}
