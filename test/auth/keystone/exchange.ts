// One request on a connection of its own, JSON in and JSON out.

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Json } from '../../support/client.ts';

export interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded; undefined when there is none. */
  readonly body: Json;
}

export function exchange(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<Exchanged> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const about = payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, agent: false, headers: { ...about, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const decoded: Json = text === '' ? undefined : JSON.parse(text);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: decoded });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}
