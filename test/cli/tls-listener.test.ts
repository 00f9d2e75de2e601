// The TLS listener: HTTPS only, and a new certificate is taken over on SIGHUP without a connection being closed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { runBerth } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';
import { makeCertificate } from '../support/self-signed.ts';
import { answerTo, ask, folderOf, requestUnderWay, startConfigured } from './running-service.ts';

const tlsOptions = (folder: string) =>
  `[berth]\ntls_certificate = ${join(folder, 'tls.crt')}\ntls_key = ${join(folder, 'tls.key')}`;

/** The fingerprint of the certificate that a new connection is shown. */
async function shownCertificate(port: string): Promise<string> {
  const socket: TLSSocket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

test('serves HTTPS, and nothing else', async (t) => {
  const folder = folderOf(t);
  makeCertificate(join(folder, 'tls.crt'), join(folder, 'tls.key'), 'one');
  const berth = await startConfigured(t, folder, tlsOptions(folder));
  assert.match(berth.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const { port } = new URL(berth.url);
  const ca = readFileSync(join(folder, 'tls.crt'));
  assert.equal((await ask({ host: 'localhost', port, path: '/', ca })).status, 200);
  await assert.rejects(ask({ host: 'localhost', port, path: '/' }), 'plain HTTP is not spoken');
  await assert.rejects(
    ask({ host: 'localhost', port, path: '/', ca: Buffer.from('') }),
    /self-signed certificate/,
    'the client does look at the certificate',
  );
  // Absolute addresses in answers say how the client came.
  const made = await ask({
    ...{ host: 'localhost', port, path: '/traits/CUSTOM_X', method: 'PUT', ca },
  });
  assert.equal(made.status, 201);
  assert.equal(await berth.stop(), 0);
});

test('takes a new certificate over on SIGHUP; connections and requests under way go on', async (t) => {
  const folder = folderOf(t);
  const [certificate, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  const first = makeCertificate(certificate, key, 'first');
  const second = makeCertificate(join(folder, 'second.crt'), join(folder, 'second.key'), 'second');
  const berth = await startConfigured(t, folder, tlsOptions(folder));
  const { port } = new URL(berth.url);
  const ca = Buffer.concat([readFileSync(certificate), readFileSync(join(folder, 'second.crt'))]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const kept = { host: 'localhost', port, ca, agent, path: '/traits' };
  assert.equal((await ask(kept)).status, 200);
  const sockets: TLSSocket[] = [];
  agent.on('free', (socket: TLSSocket) => sockets.push(socket));
  assert.equal(await shownCertificate(port), first);
  const body = JSON.stringify({ name: 'made across the change' });
  const underWay = await requestUnderWay({ host: 'localhost', port, ca }, body);

  copyFileSync(join(folder, 'second.crt'), certificate);
  copyFileSync(join(folder, 'second.key'), key);
  await berth.reload();

  assert.equal(await shownCertificate(port), second);
  assert.equal((await ask(kept)).status, 200);
  assert.deepEqual(
    sockets.map((socket) => socket.getPeerCertificate().fingerprint256),
    [first],
    'the connection from before was used again',
  );
  const answer = answerTo(underWay);
  underWay.end(body);
  assert.equal((await answer).status, 200);

  writeFileSync(certificate, 'no certificate\n');
  await berth.reload();
  await berth.said(/"level":"error".*the certificate cannot be used, the one from before stays/);
  assert.equal(await shownCertificate(port), second);
  assert.equal(await berth.stop(), 0);
});

test('does not start with a certificate that cannot be used, and says which option', async (t) => {
  const folder = folderOf(t);
  const { configFile } = writeConfiguration(folder, tlsOptions(folder));
  const start = () => runBerth(['serve', '--config-file', configFile, '--port', '0']);
  const refused = async (pattern: RegExp) => {
    const { code, stdout, stderr } = await start();
    assert.match(stderr, pattern);
    assert.deepEqual([code, stdout], [1, '']);
  };
  await refused(/^berth: \[berth\] tls_certificate cannot be read: ENOENT[^\n]*\n$/);
  makeCertificate(join(folder, 'tls.crt'), join(folder, 'other.key'), 'one');
  makeCertificate(join(folder, 'other.crt'), join(folder, 'tls.key'), 'other');
  await refused(/^berth: \[berth\] tls_certificate and tls_key cannot be used: [^\n]*mismatch[^\n]*\n$/);
  const half = writeConfiguration(folder, `[berth]\ntls_key = ${join(folder, 'tls.key')}`);
  const { code, stderr } = await runBerth(['serve', '--config-file', half.configFile]);
  assert.match(stderr, /^berth: \[berth\] tls_certificate: tls_certificate and tls_key go together\n$/);
  assert.equal(code, 1);
});
