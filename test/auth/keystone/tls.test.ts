// TLS towards Keystone: what is trusted, what is shown, and what is said at the start about files that cannot be used.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { writeIn } from '../../config/directory.ts';
import { temporaryFolder } from '../../support/berth-process.ts';
import { asker, user } from './asking.ts';
import { answerWith, startKeystone, tokenOf } from './scripted-keystone.ts';

const TLS = { caFile: null, certificateFile: null, keyFile: null, verify: true };

describe('TLS', () => {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder.path, name);
  before(() => {
    for (const name of ['server', 'other', 'client']) {
      const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
      const files = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'].concat(
          subject,
          files,
        ),
        { stdio: 'ignore' },
      );
    }
  });
  after(() => folder.remove());

  const pair = (name: string) => ({ cert: readFileSync(file(`${name}.pem`)), key: readFileSync(file(`${name}.key`)) });

  test('a certificate of its own is refused, in one attempt, until it is trusted or not to be verified', async (t) => {
    const keystone = await startKeystone(t, pair('server'));
    keystone.tokens.set('token-1', tokenOf('user-1'));
    for (const tls of [TLS, { ...TLS, caFile: file('other.pem') }]) {
      const one = asker(keystone.url, { tls });
      assert.equal(await one.status(user('token-1')), 503);
      assert.match(one.journal.join(), /the connection to https:.* failed \([A-Z_]*SELF_SIGNED[A-Z_]*\)/);
    }
    assert.equal(keystone.asked.length, 0);
    for (const tls of [
      { ...TLS, caFile: file('server.pem') },
      { ...TLS, verify: false },
    ]) {
      assert.equal(await asker(keystone.url, { tls }).status(user('token-1')), 200);
    }
  });

  test('a certificate for another host is refused', async (t) => {
    const keystone = await startKeystone(t, pair('server'));
    const one = asker(keystone.url.replace('127.0.0.1', 'localhost'), { tls: { ...TLS, caFile: file('server.pem') } });
    assert.equal(await one.status(user('token-1')), 503);
    assert.match(one.journal.join(), /ERR_TLS_CERT_ALTNAME_INVALID/);
  });

  test('a validation over TLS that fails is not tried again', async (t) => {
    const trusted = await startKeystone(t);
    const untrusted = await startKeystone(t, pair('server'));
    let connections = 0;
    untrusted.server.on('connection', () => {
      connections++;
    });
    trusted.service.catalog = [
      { type: 'identity', endpoints: [{ interface: 'internal', url: `${untrusted.url}/v3` }] },
    ];
    assert.equal(await asker(trusted.url).status(user('token-1')), 503);
    assert.equal(connections, 1);
    assert.equal(untrusted.asked.length, 0);
  });

  test('a client certificate is shown; the key may be in the same file', async (t) => {
    const keystone = await startKeystone(t, {
      ...pair('server'),
      ca: readFileSync(file('client.pem')),
      requestCert: true,
      rejectUnauthorized: true,
    });
    keystone.tokens.set('token-1', tokenOf('user-1'));
    const tls = { ...TLS, caFile: file('server.pem') };
    assert.equal(await asker(keystone.url, { tls, retriesMax: 0 }).status(user('token-1')), 503);
    const both = writeIn(folder.path, 'both.pem', Object.values(pair('client')).map(String).join('\n'));
    for (const more of [
      { certificateFile: file('client.pem'), keyFile: file('client.key') },
      { certificateFile: both, keyFile: null },
    ]) {
      assert.equal(await asker(keystone.url, { tls: { ...tls, ...more } }).status(user('token-1')), 200);
    }
  });

  test('a document found over TLS does not lead out of it', async (t) => {
    const keystone = await startKeystone(t, pair('server'));
    keystone.tokens.set('token-1', tokenOf('user-1'));
    const plain = keystone.url.replace('https:', 'http:');
    const document = { version: { id: 'v3.14', links: [{ rel: 'self', href: `${plain}/v3/` }] } };
    keystone.always.discover = answerWith(200, JSON.stringify(document));
    const tls = { ...TLS, caFile: file('server.pem') };
    assert.equal(await asker(keystone.url, { tls }).status(user('token-1')), 200);
  });

  test('files that cannot be used are told at the start, all of them', () => {
    const tls = { ...TLS, caFile: file('no-ca.pem'), certificateFile: file('no.pem'), keyFile: file('no.key') };
    assert.throws(() => asker('https://127.0.0.1:1', { tls }), {
      name: 'StartRefusedError',
      message: /cafile = .*no-ca\.pem cannot be read \(ENOENT\); .*certfile = .*; .*keyfile = .*ENOENT/,
    });
    const mixed = {
      ...TLS,
      caFile: file('server.key'),
      certificateFile: file('client.pem'),
      keyFile: file('other.key'),
    };
    assert.throws(() => asker('https://127.0.0.1:1', { tls: mixed }), /certfile and keyfile: not usable as PEM/);
    assert.throws(
      () => asker('https://127.0.0.1:1', { tls: { ...TLS, caFile: file('server.key') } }),
      /cafile: there is no certificate in it/,
    );
  });
});
