// The order "unknown provider (404) before a bad body (400)", which most writes below a provider have, at the price of
// the second lookup only where the body is bad: a good body goes straight to its operation, which looks the provider up
// in its own transaction and answers the same 404.

import type { ProviderUuid } from '../../domain/ids.ts';
import { readProvider } from '../../operations/read-provider.ts';
import type { Service } from '../../operations/service.ts';

/**
 * What `read` makes of the body. When it throws, the provider is looked up first: its 404 wins over the body's 400
 * (http-api §4.5, §5.3, §5.4, §5.7, §6.2).
 */
export async function bodyAfterProvider<Body>(service: Service, uuid: ProviderUuid, read: () => Body): Promise<Body> {
  try {
    return read();
  } catch (error) {
    await readProvider(service, uuid, () => {});
    throw error;
  }
}
