// Every identifier that requests used, taken from the bytes that were sent and from the tables of the database: of
// consumers, projects and users, and what callers identify themselves with.

import { DatabaseSync } from 'node:sqlite';

export const KINDS = ['consumer', 'project', 'user', 'token', 'password'] as const;
export type IdentifierKind = (typeof KINDS)[number];

export interface UsedIdentifier {
  readonly kind: IdentifierKind;
  readonly text: string;
}

interface SentRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** By lower-case name. */
const HEADERS: Readonly<Record<string, IdentifierKind>> = {
  'x-auth-token': 'token',
  'x-service-token': 'token',
  'x-user-id': 'user',
  'x-project-id': 'project',
};

/** The identifiers in all that a client sent on one connection. */
export function identifiersSent(bytes: Buffer): readonly UsedIdentifier[] {
  return requestsIn(bytes)
    .flatMap((request) => [...inHeaders(request), ...inTarget(request.target), ...inBody(request)])
    .filter(({ text }) => text !== '');
}

/** Those in the tables of a SQLite file. */
export function identifiersStored(path: string): readonly UsedIdentifier[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const column = (kind: IdentifierKind, query: string): readonly UsedIdentifier[] =>
    database
      .prepare(query)
      .all()
      .map(({ text }) => ({ kind, text: String(text) }));
  try {
    return [
      ...column('consumer', 'SELECT uuid AS text FROM consumers'),
      ...column('consumer', 'SELECT DISTINCT consumer_id AS text FROM allocations'),
      ...column('project', 'SELECT external_id AS text FROM projects'),
      ...column('user', 'SELECT external_id AS text FROM users'),
    ];
  } finally {
    database.close();
  }
}

/** Requests one after the other; their bodies have a length, which is all that the suite sends. */
function requestsIn(bytes: Buffer): readonly SentRequest[] {
  const requests: SentRequest[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf('\r\n\r\n', start);
    if (end === -1) throw new Error('a client sent half a request');
    const [line = '', ...lines] = bytes.toString('utf8', start, end).split('\r\n');
    const [method = '', target = ''] = line.split(' ');
    const headers = lines.map((text) => {
      const colon = text.indexOf(':');
      return [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()] as const;
    });
    const length = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
    const bodyEnd = end + 4 + length;
    requests.push({ method, target, headers, body: bytes.toString('utf8', end + 4, bodyEnd) });
    start = bodyEnd;
  }
  return requests;
}

function inHeaders({ headers }: SentRequest): readonly UsedIdentifier[] {
  return headers.flatMap(([name, text]) => {
    const kind = HEADERS[name];
    if (kind === undefined) return [];
    if (name !== 'x-auth-token') return [{ kind, text }];
    // The token of noauth2 is the user, and behind a colon the project; without one they are the same.
    const [user = '', project = user] = text.split(/:(.*)/s);
    return [
      { kind: 'token', text },
      { kind: 'user', text: user },
      { kind: 'project', text: project },
    ];
  });
}

function inTarget(target: string): readonly UsedIdentifier[] {
  const { pathname, searchParams } = new URL(target, 'http://x');
  const consumer = /^\/allocations\/([^/]+)$/.exec(pathname)?.[1];
  const named = (name: string, kind: IdentifierKind) => searchParams.getAll(name).map((text) => ({ kind, text }));
  return [
    ...(consumer === undefined ? [] : [{ kind: 'consumer', text: decodeURIComponent(consumer) } as const]),
    ...named('project_id', 'project'),
    ...named('user_id', 'user'),
  ];
}

function inBody({ method, target, body }: SentRequest): readonly UsedIdentifier[] {
  if (body === '') return [];
  // By their names, so that they are found in a body that is no JSON as well.
  const members = [...body.matchAll(/"(project|user)_id"\s*:\s*"([^"]+)"/g)].map(
    ([, kind, text = '']): UsedIdentifier => ({ kind: kind === 'project' ? 'project' : 'user', text }),
  );
  return [...members, ...consumersNamedIn(method, target, body)];
}

function consumersNamedIn(method: string, target: string, body: string): readonly UsedIdentifier[] {
  if (method !== 'POST') return [];
  const byConsumer =
    target === '/allocations' ? parsed(body) : target === '/reshaper' ? parsed(body)?.allocations : null;
  if (typeof byConsumer !== 'object' || byConsumer === null || Array.isArray(byConsumer)) return [];
  return Object.keys(byConsumer).map((text) => ({ kind: 'consumer', text }));
}

function parsed(body: string): { readonly allocations?: unknown } | null {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
