// Certificates for tests, made with openssl; they vouch for themselves.

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Writes a certificate for localhost with this common name, and its key; the certificate's fingerprint. */
export function makeCertificate(certificateFile: string, keyFile: string, commonName: string): string {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${commonName}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', keyFile, '-out', certificateFile],
    ],
    { stdio: 'ignore' },
  );
  return new X509Certificate(readFileSync(certificateFile)).fingerprint256;
}
