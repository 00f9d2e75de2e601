// The files of TLS, read once and checked at the start: a path that is wrong should not wait for the first request to say so.

import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates } from 'node:tls';
import type { KeystoneTlsSettings } from '../../config/settings.ts';
import { StartRefusedError } from '../start-refused.ts';

export interface TlsFiles {
  /** Null: whatever Node and the system trust. */
  readonly ca: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly verify: boolean;
}

/** Reads what the settings name. Throws StartRefusedError that tells all that is wrong. */
export function readTlsFiles(settings: KeystoneTlsSettings): TlsFiles {
  const problems: string[] = [];
  const read = (option: string, path: string | null): string | null => {
    if (path === null) return null;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      problems.push(`[keystone_authtoken] ${option} = ${path} cannot be read (${errorCode(error)})`);
      return null;
    }
  };
  const ca = read('cafile', settings.caFile);
  const certificate = read('certfile', settings.certificateFile);
  // One file may hold both.
  const key = settings.keyFile === null ? certificate : read('keyfile', settings.keyFile);
  const check = (options: string, make: () => void) => {
    try {
      make();
    } catch (error) {
      problems.push(`[keystone_authtoken] ${options}: not usable as PEM (${errorCode(error)})`);
    }
  };
  if (ca !== null) {
    check('cafile', () => createSecureContext({ ca }));
    if (!ca.includes('-----BEGIN CERTIFICATE') && !ca.includes('-----BEGIN TRUSTED CERTIFICATE'))
      problems.push('[keystone_authtoken] cafile: there is no certificate in it');
  }
  if (certificate !== null && key !== null) {
    check('certfile and keyfile', () => createSecureContext({ cert: certificate, key }));
  }
  if (problems.length > 0) throw new StartRefusedError(problems.join('; '));
  return { ca, certificate, key, verify: settings.verify };
}

/** For node:https. Without a file of its own, what the system trusts counts besides what Node brings along. */
export function tlsOptions(files: TlsFiles) {
  return {
    rejectUnauthorized: files.verify,
    ca: files.ca ?? [...new Set([...getCACertificates('default'), ...getCACertificates('system')])],
    ...(files.certificate === null ? {} : { cert: files.certificate }),
    ...(files.key === null ? {} : { key: files.key }),
  };
}

/** The code of an error of Node's, which names a kind of failure and nothing else. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : error.name;
}
