// Requests as the text that goes over the wire. `{uuid}` in it stands for a UUID of its own each time it is sent.

import { randomUUID } from 'node:crypto';

const PLACEHOLDER = '{uuid}';
const UUID_LENGTH = 36;

/** What a caller of either service sends who may do everything. */
const HEAD =
  'host: bench\r\nx-auth-token: admin\r\nopenstack-api-version: placement 1.39\r\naccept: application/json\r\n';

export function requestText(method: string, path: string, body?: object): string {
  const head = `${method} ${path} HTTP/1.1\r\n${HEAD}`;
  if (body === undefined) return `${head}\r\n`;
  const text = JSON.stringify(body);
  const placeholders = text.split(PLACEHOLDER).length - 1;
  const length = Buffer.byteLength(text) + placeholders * (UUID_LENGTH - PLACEHOLDER.length);
  return `${head}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${text}`;
}

export function filledIn(text: string): string {
  return text.includes(PLACEHOLDER) ? text.replaceAll(PLACEHOLDER, randomUUID()) : text;
}
