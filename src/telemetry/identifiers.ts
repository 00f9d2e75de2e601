// The one place where a log may name consumers, projects and users, and only as far as the operator lets it (P5): not at
// all, as hashes that tell two of them apart and nothing else, or as they are. Everything else in this room has no field
// for them at any setting.

import { createHmac } from 'node:crypto';

/** What the operator lets into the log. */
export type IdentifierPolicy =
  | { readonly kind: 'none' }
  | { readonly kind: 'plain' }
  /** The same key gives the same hashes: those of all processes of a deployment can be compared. */
  | { readonly kind: 'hashed'; readonly key: string };

/** Whose request it was; null where it is not known. */
export interface RequestIdentifiers {
  /** UUID of the consumer in the path. */
  readonly consumer: string | null;
  /** Of the caller. */
  readonly project: string | null;
  readonly user: string | null;
}

/** Fields for the line of a request. */
export type IdentifierFields = Readonly<Partial<Record<keyof RequestIdentifiers, string>>>;

/** Makes the function that says what the line of a request may tell. */
export function identifierFields(policy: IdentifierPolicy): (identifiers: RequestIdentifiers) => IdentifierFields {
  if (policy.kind === 'none') return () => ({});
  const show = policy.kind === 'plain' ? (text: string) => text : hashWith(policy.key);
  return ({ consumer, project, user }) => ({
    ...(consumer === null ? {} : { consumer: show(canonicalConsumer(consumer)) }),
    ...(project === null ? {} : { project: show(project) }),
    ...(user === null ? {} : { user: show(user) }),
  });
}

/** HMAC-SHA-256 in hexadecimal, as `openssl dgst -sha256 -hmac KEY` prints it. */
function hashWith(key: string): (text: string) => string {
  return (text) => createHmac('sha256', key).update(text, 'utf8').digest('hex');
}

/** A UUID is one consumer however it is written: lower case, with dashes. Anything else stays as it is. */
function canonicalConsumer(text: string): string {
  const digits = text.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) return text;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
