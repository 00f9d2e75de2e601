// The service's own token: fetched when it is first needed, by one login at a time, and renewed before it ends or when
// Keystone refuses it (operations §2.3). Nothing of it is contacted at the start.

import type { KeystoneSettings } from '../../config/settings.ts';
import { identityEndpoint } from './catalog.ts';
import type { KeystoneAnswer, KeystoneClient } from './client.ts';
import { discoverV3, v3Base, v3OfEndpoint } from './discovery.ts';
import { loginBody, type ServiceSession, sessionOf } from './login.ts';
import { KeystoneTrouble } from './trouble.ts';

/** A token with less life left is renewed. */
const RENEW_BEFORE_MS = 120_000;
/** After a login that failed, nobody tries again for so long: a wrong password must not become a storm or lock the user. */
const PAUSE_AFTER_FAILURE_MS = 1000;

type LoginSettings = Pick<KeystoneSettings, 'authUrl' | 'discoverVersion' | 'login' | 'endpoint'>;

export class ServiceLogin {
  readonly #client: KeystoneClient;
  readonly #settings: LoginSettings;
  readonly #now: () => number;
  #session: ServiceSession | null = null;
  #loginUnderWay: Promise<ServiceSession> | null = null;
  #failure: { readonly trouble: unknown; readonly until: number } | null = null;
  /** Found once, and kept: it does not move. */
  #loginUrl: string | null = null;
  #endpoint: { readonly listed: string; readonly v3: string } | null = null;

  constructor(client: KeystoneClient, settings: LoginSettings, now: () => number) {
    this.#client = client;
    this.#settings = settings;
    this.#now = now;
  }

  /** A session with some life left. Throws KeystoneTrouble when Keystone does not give one. */
  async session(): Promise<ServiceSession> {
    const session = this.#session;
    if (session !== null && session.expiresAt - this.#now() > RENEW_BEFORE_MS) return session;
    if (this.#failure !== null && this.#now() < this.#failure.until) throw this.#failure.trouble;
    this.#loginUnderWay ??= this.#logIn().finally(() => {
      this.#loginUnderWay = null;
    });
    return this.#loginUnderWay;
  }

  /** A session other than the one that Keystone has refused. */
  async sessionInsteadOf(refused: ServiceSession): Promise<ServiceSession> {
    this.#forget(refused);
    return this.session();
  }

  /** Where tokens are validated, according to the session's catalog. */
  async validationUrl(session: ServiceSession): Promise<string> {
    const { endpoint } = this.#settings;
    const listed = identityEndpoint(session.catalog, endpoint);
    if (listed === null) {
      // The next login brings the catalog that someone is about to mend.
      this.#forget(session);
      const region = endpoint.region === null ? 'any region' : `region ${endpoint.region}`;
      throw this.#pauseAfter(
        new KeystoneTrouble(
          `the catalog has no endpoint of type identity, interface ${endpoint.interface} and ${region}: ` +
            'see [keystone_authtoken] interface and region_name',
        ),
      );
    }
    if (this.#endpoint?.listed !== listed) {
      const { url, certain } = await v3OfEndpoint(this.#client, listed);
      if (!certain) return `${v3Base(url)}/auth/tokens`;
      this.#endpoint = { listed, v3: v3Base(url) };
    }
    return `${this.#endpoint.v3}/auth/tokens`;
  }

  #forget(session: ServiceSession): void {
    if (this.#session === session) this.#session = null;
  }

  async #logIn(): Promise<ServiceSession> {
    try {
      const url = await this.#findLoginUrl();
      const session = await this.#logInAt(url);
      this.#session = session;
      this.#failure = null;
      return session;
    } catch (trouble) {
      throw this.#pauseAfter(trouble);
    }
  }

  #pauseAfter<Trouble>(trouble: Trouble): Trouble {
    this.#failure = { trouble, until: this.#now() + PAUSE_AFTER_FAILURE_MS };
    return trouble;
  }

  async #findLoginUrl(): Promise<string> {
    if (this.#loginUrl !== null) return this.#loginUrl;
    const { authUrl, discoverVersion } = this.#settings;
    if (!discoverVersion) return `${v3Base(authUrl)}/auth/tokens`;
    const discovered = await discoverV3(this.#client, authUrl);
    if (discovered !== null) {
      this.#loginUrl = `${v3Base(discovered)}/auth/tokens`;
      return this.#loginUrl;
    }
    if (/^\/v3|\/v3\/?$/.test(new URL(authUrl).pathname)) return `${v3Base(authUrl)}/auth/tokens`;
    throw new KeystoneTrouble(`there is no version document of Identity v3 at auth_url (${authUrl})`);
  }

  async #logInAt(url: string): Promise<ServiceSession> {
    const attempt = () => this.#client.send({ method: 'POST', url, body: loginBody(this.#settings.login) });
    const first = await attempt();
    const answer = first.status === 401 ? await attempt() : first;
    const session = answer.status < 200 || answer.status > 299 ? null : sessionOf(answer);
    if (session !== null) return session;
    throw new KeystoneTrouble(`the service's own login at ${url} was answered with ${explain(answer)}`);
  }
}

/** Never what Keystone wrote: it may quote whom it refused. */
function explain({ status }: KeystoneAnswer): string {
  switch (status) {
    case 401:
      return 'status 401: see the credentials in [keystone_authtoken]';
    case 404:
      return 'status 404: see [keystone_authtoken] auth_url';
    default:
      return status >= 200 && status <= 299 ? `status ${status} and no usable token` : `status ${status}`;
  }
}
