// `http:` and `https:` checks (operations §3.6): another server is asked, and only its `True` lets the caller in. Anything
// that goes wrong on the way is an error here, and a refusal to the client.

import { accessSync, constants, readFileSync } from 'node:fs';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { StartRefusedError } from '../auth/start-refused.ts';
import type { RemoteQuestion } from './evaluate.ts';

export interface RemoteCheckOptions {
  readonly contentType: 'application/x-www-form-urlencoded' | 'application/json';
  readonly verifyServerCertificate: boolean;
  readonly caFile: string | null;
  readonly clientCertificateFile: string | null;
  readonly clientKeyFile: string | null;
  /** From the first byte sent to the last received. */
  readonly timeoutMs: number;
}

/** An answer longer than this is not `True`. */
const ANSWER_BYTES_MAX = 64;

/**
 * Throws StartRefusedError, with all of them, for files that cannot be read: the first `https:` check would be too late to
 * say so. They are read anew for each check, so that a certificate can be replaced while the service runs.
 */
export function assertReadable({ caFile, clientCertificateFile, clientKeyFile }: RemoteCheckOptions): void {
  const problems = Object.entries({
    remote_ssl_ca_crt_file: caFile,
    remote_ssl_client_crt_file: clientCertificateFile,
    remote_ssl_client_key_file: clientKeyFile,
  }).flatMap(([option, path]) => {
    try {
      if (path !== null) accessSync(path, constants.R_OK);
      return [];
    } catch {
      return [`[oslo_policy] ${option} = ${path} cannot be read`];
    }
  });
  if (problems.length > 0) throw new StartRefusedError(problems.join('; '));
}

/** Asks, and tells whether the answer is `True`, quoted or not. Rejects when there is no usable answer. */
export async function askRemote(url: string, question: RemoteQuestion, options: RemoteCheckOptions): Promise<boolean> {
  const body = options.contentType === 'application/json' ? JSON.stringify(question) : formOf(question);
  const { protocol } = new URL(url);
  const common: RequestOptions = {
    method: 'POST',
    headers: { 'content-type': options.contentType, 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.timeout(options.timeoutMs),
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const request =
      protocol === 'https:' ? httpsRequest(url, { ...common, ...tlsOptions(options) }) : httpRequest(url, common);
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > ANSWER_BYTES_MAX) {
          resolve(false);
          response.destroy();
        }
      });
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        if (status < 200 || status > 299) reject(new Error(`it answered with status ${status}`));
        else resolve(text.replace(/^"+|"+$/g, '') === 'True');
      });
    });
    request.end(body);
  });
}

/** Three fields, each holding JSON. */
function formOf(question: RemoteQuestion): string {
  return new URLSearchParams({
    rule: JSON.stringify(question.rule),
    target: JSON.stringify(question.target),
    credentials: JSON.stringify(question.credentials),
  }).toString();
}

function tlsOptions(options: RemoteCheckOptions) {
  return {
    rejectUnauthorized: options.verifyServerCertificate,
    ...fileOption('ca', options.caFile),
    ...fileOption('cert', options.clientCertificateFile),
    ...fileOption('key', options.clientKeyFile),
  };
}

function fileOption(name: 'ca' | 'cert' | 'key', path: string | null): { readonly [option: string]: Buffer } {
  return path === null ? {} : { [name]: readFileSync(path) };
}
