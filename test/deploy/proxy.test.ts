// Behind nginx, with the very blocks of docs/deployment.md: under a prefix, over a Unix socket, TLS at the proxy.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folderOf, startConfigured } from '../cli/running-service.ts';
import { freePort } from '../support/databases/free-port.ts';
import { findProgram } from '../support/databases/installed-programs.ts';
import { makeCertificate } from '../support/self-signed.ts';

const PAGE = readFileSync(new URL('../../docs/deployment.md', import.meta.url), 'utf8');
const nginx = findProgram('nginx');
const skip = nginx === undefined ? 'nginx is not installed (.ci/databases installs it)' : false;
if (skip !== false) {
  if (process.env.CI) throw new Error(skip);
  process.stderr.write(`the proxy of docs/deployment.md NOT TESTED: ${skip}\n`);
}

function blockOf(language: string, containing: string): string {
  const blocks = [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    (match) => match[1] ?? '',
  );
  const found = blocks.find((block) => block.includes(containing));
  assert.ok(found !== undefined, `docs/deployment.md has no block with ${containing}`);
  return found;
}

/** Starts nginx with these locations; the port at which it speaks TLS. */
async function startProxy(t: TestContext, folder: string, locations: string): Promise<number> {
  const port = await freePort();
  const at = (name: string) => join(folder, name);
  makeCertificate(at('proxy.crt'), at('proxy.key'), 'proxy');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${at(kind)};`,
  );
  writeFileSync(
    at('nginx.conf'),
    `daemon off; pid ${at('nginx.pid')}; error_log ${at('error.log')};
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http { access_log off; ${temporary.join(' ')}
server { listen 127.0.0.1:${port} ssl; ssl_certificate ${at('proxy.crt')}; ssl_certificate_key ${at('proxy.key')};
${locations}
} }
`,
  );
  const child = spawn(String(nginx), ['-p', folder, '-c', at('nginx.conf')], { stdio: 'ignore' });
  t.after(() => child.kill('SIGTERM'));
  while (!(await accepts(port))) {
    assert.equal(child.exitCode, null, 'nginx has ended');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1');
    probe.once('connect', () => resolve(true));
    probe.once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}

test('the blocks of the page: prefix, scheme and host are those of the outside', { skip }, async (t) => {
  const folder = folderOf(t);
  const socketPath = join(folder, 'berth.sock');
  const here = (text: string) => text.replaceAll('/run/berth/berth.sock', socketPath);
  const berth = await startConfigured(t, folder, here(blockOf('ini', 'mount_prefix')));
  const port = await startProxy(t, folder, here(blockOf('nginx', 'proxy_pass')));
  const ask = async (method: string, path: string) => {
    const headers = { 'x-auth-token': 'admin', 'openstack-api-version': 'placement 1.39', host: `localhost:${port}` };
    const sent = request({ host: '127.0.0.1', port, method, path, headers, rejectUnauthorized: false });
    sent.end();
    return new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', (response) => {
        response.resume();
        resolve(response);
      });
      sent.once('error', reject);
    });
  };
  const made = await ask('PUT', '/placement/traits/CUSTOM_BEHIND');
  assert.equal(made.statusCode, 201);
  assert.equal(made.headers.location, `https://localhost:${port}/placement/traits/CUSTOM_BEHIND`);
  for (const [path, status] of [
    ['/placement', 200],
    ['/placement/', 200],
    ['/placement/traits/CUSTOM_BEHIND', 204],
    ['/traits/CUSTOM_BEHIND', 404],
    ['/placement/berth/metrics', 404],
    ['/placement/berth/health/ready', 404],
  ] as const) {
    assert.equal((await ask('GET', path)).statusCode, status, path);
  }
  assert.equal(await berth.stop(), 0);
});
