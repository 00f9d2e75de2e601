// One question to Keystone: is this token good, and whose is it (operations §2.5, §2.9)? It is asked again when the
// connection fails, and after a new login when Keystone refuses our own token.

import { setTimeout as pause } from 'node:timers/promises';
import type { KeystoneAnswer, KeystoneClient, KeystoneRequest } from './client.ts';
import type { ServiceSession } from './login.ts';
import type { ServiceLogin } from './service-login.ts';
import { readValidatedToken, type ValidatedToken } from './token.ts';
import { KeystoneTrouble } from './trouble.ts';

export interface QuestionSettings {
  /** Further attempts when the connection fails. */
  readonly retriesMax: number;
  /** Before the first further attempt; twice as long before each next one. */
  readonly firstPauseMs: number;
  /** Whether the token's catalog is asked for. */
  readonly withCatalog: boolean;
}

/** New logins within one question, when our own token is refused again and again. */
const NEW_LOGINS_MAX = 2;
const PAUSE_MS_MAX = 8000;

export class TokenQuestion {
  readonly #client: KeystoneClient;
  readonly #login: ServiceLogin;
  readonly #settings: QuestionSettings;

  constructor(client: KeystoneClient, login: ServiceLogin, settings: QuestionSettings) {
    this.#client = client;
    this.#login = login;
    this.#settings = settings;
  }

  /**
   * What Keystone knows of a token; null when it does not accept it. Throws KeystoneTrouble.
   *
   * @param allowExpired also accept a token that ended a while ago; Keystone says for how long
   */
  async ask(token: string, allowExpired: boolean): Promise<ValidatedToken | null> {
    let session = await this.#login.session();
    for (let newLogins = 0; ; newLogins++) {
      const answer = await this.#sendPatiently(await this.#request(session, token, allowExpired));
      if (answer.status !== 401) return verdict(answer);
      if (newLogins === NEW_LOGINS_MAX) {
        throw new KeystoneTrouble("Keystone refuses the service's own token, a new one as well (status 401)");
      }
      session = await this.#login.sessionInsteadOf(session);
    }
  }

  async #request(session: ServiceSession, token: string, allowExpired: boolean): Promise<KeystoneRequest> {
    const query = [...(this.#settings.withCatalog ? [] : ['nocatalog']), ...(allowExpired ? ['allow_expired=1'] : [])];
    const url = await this.#login.validationUrl(session);
    return {
      method: 'GET',
      url: query.length === 0 ? url : `${url}?${query.join('&')}`,
      headers: {
        'x-auth-token': session.token,
        'x-subject-token': token,
        // Without it Keystone does not tell of tokens that have access rules.
        'openstack-identity-access-rules': '1',
      },
    };
  }

  async #sendPatiently(request: KeystoneRequest): Promise<KeystoneAnswer> {
    const { retriesMax, firstPauseMs } = this.#settings;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#client.send(request);
      } catch (error) {
        if (!(error instanceof KeystoneTrouble) || !error.retryable || attempt >= retriesMax) throw error;
        await pause(Math.min(firstPauseMs * 2 ** attempt, PAUSE_MS_MAX), undefined, { ref: false });
      }
    }
  }
}

function verdict(answer: KeystoneAnswer): ValidatedToken | null {
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw new KeystoneTrouble(`a validation was answered with status ${answer.status}`);
  const token = readValidatedToken(answer.body);
  if (token === null) throw new KeystoneTrouble('a validation was answered with status 200 and no usable v3 token');
  return token;
}
