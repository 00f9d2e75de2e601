// A certificate for 127.0.0.1 that signs itself, with its key.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Makes it in the folder, by `openssl`. */
export function certificate(folder: string, name: string): Certificate {
  const certificateFile = join(folder, `${name}.pem`);
  const keyFile = join(folder, `${name}.key`);
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...kind, ...subject, '-keyout', keyFile, '-out', certificateFile], { stdio: 'ignore' });
  return { certificateFile, keyFile, cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
}
