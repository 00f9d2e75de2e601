// [oslo_policy]: whom the service lets in.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folderFor, startConfigured } from '../support/configured-service.ts';
import { certificate } from './certificate.ts';
import type { Effect } from './effect.ts';

interface Asking {
  readonly roles?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
}

/** Status of a request to a service with these lines in [oslo_policy], and these files beside its configuration. */
async function statusWith(t: TestContext, lines: string, { files = {}, ...asking }: Asking): Promise<number> {
  const folder = folderFor(t);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { client } = await startConfigured(t, `[oslo_policy]\n${lines}`, folder);
  const { roles = 'x', headers = {}, method = 'GET', path = '/traits' } = asking;
  return (await client.send(method, path, { headers: { 'x-roles': roles, ...headers } })).status;
}

const open = '"placement:traits:list": "role:x"\n';

interface Asked {
  readonly type: string;
  readonly body: string;
}

/** A server for `http:` and `https:` checks, which lets everyone in, or never answers. */
async function checker(t: TestContext, answers: boolean, tls?: ServerOptions) {
  const asked: Asked[] = [];
  const listener: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ type: request.headers['content-type'] ?? '', body });
    if (answers) response.end('True');
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const files = {
    'policy.yaml': `"placement:traits:list": "${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/"\n`,
  };
  return { asked, files };
}

export const policyEffects: readonly Effect[] = [
  {
    options: ['[oslo_policy] enforce_scope'],
    shows: 'an administrator of the system is refused, or let in',
    proof: async (t) => {
      const system = { roles: 'admin', headers: { 'openstack-system-scope': 'all' } };
      assert.equal(await statusWith(t, 'enforce_scope = true', system), 403);
      assert.equal(await statusWith(t, 'enforce_scope = false', system), 200);
    },
  },
  {
    options: ['[oslo_policy] enforce_new_defaults'],
    shows: 'an administrator may not reshape by the new defaults, and may by the old ones',
    proof: async (t) => {
      const reshape = {
        roles: 'admin',
        method: 'POST',
        path: '/reshaper',
        headers: { 'content-type': 'application/json' },
      };
      assert.equal(await statusWith(t, 'enforce_new_defaults = true', reshape), 403);
      // Beyond policy, it is told that there is no body.
      assert.equal(await statusWith(t, 'enforce_new_defaults = false', reshape), 400);
    },
  },
  {
    options: ['[oslo_policy] policy_file', '[oslo_policy] policy_dirs'],
    shows: 'rules are those of that file, and of the files in those directories, beside the configuration',
    proof: async (t) => {
      assert.equal(await statusWith(t, '', { files: { 'own.yaml': open, 'one/a.yaml': open } }), 403);
      assert.equal(await statusWith(t, 'policy_file = own.yaml', { files: { 'own.yaml': open } }), 200);
      const dirs = 'policy_dirs = none\npolicy_dirs = one';
      assert.equal(await statusWith(t, dirs, { files: { 'one/a.yaml': open } }), 200);
    },
  },
  {
    options: ['[oslo_policy] policy_default_rule'],
    shows: 'that rule stands in for one that does not exist',
    proof: async (t) => {
      const files = { 'policy.yaml': '"placement:traits:list": "rule:nowhere"\n"own": "role:x"\n' };
      assert.equal(await statusWith(t, '', { files }), 403);
      assert.equal(await statusWith(t, 'policy_default_rule = own', { files }), 200);
    },
  },
  {
    options: ['[oslo_policy] remote_content_type'],
    shows: 'the server of an http: check is asked in that form',
    proof: async (t) => {
      for (const type of ['application/x-www-form-urlencoded', 'application/json']) {
        const { asked, files } = await checker(t, true);
        assert.equal(await statusWith(t, `remote_content_type = ${type}`, { files }), 200);
        assert.deepEqual(
          asked.map((one) => one.type),
          [type],
        );
      }
    },
  },
  {
    options: ['[oslo_policy] remote_timeout'],
    shows: 'a server of an http: check that does not answer is given up, and the caller refused',
    proof: async (t) => {
      const { asked, files } = await checker(t, false);
      assert.equal(await statusWith(t, 'remote_timeout = 0.2', { files }), 403);
      assert.equal(asked.length, 1);
    },
  },
  {
    options: ['verify_server_crt', 'ca_crt_file', 'client_crt_file', 'client_key_file'].map(
      (name) => `[oslo_policy] remote_ssl_${name}`,
    ),
    shows: 'whom an https: check trusts, and what it shows itself; a file that cannot be read stops the start',
    proof: async (t) => {
      const folder = folderFor(t);
      const server = certificate(folder, 'server');
      const client = certificate(folder, 'client');
      const tls = { cert: server.cert, key: server.key, ca: client.cert };
      const { files } = await checker(t, true, tls);
      const verify = 'remote_ssl_verify_server_crt = true';
      const trust = `remote_ssl_ca_crt_file = ${server.certificateFile}`;
      assert.equal(await statusWith(t, '', { files }), 200);
      assert.equal(await statusWith(t, verify, { files }), 403);
      assert.equal(await statusWith(t, `${verify}\n${trust}`, { files }), 200);
      const closed = await checker(t, true, { ...tls, requestCert: true, rejectUnauthorized: true });
      const shown = `remote_ssl_client_crt_file = ${client.certificateFile}\nremote_ssl_client_key_file = ${client.keyFile}`;
      assert.equal(await statusWith(t, '', { files: closed.files }), 403);
      assert.equal(await statusWith(t, shown, { files: closed.files }), 200);
      assert.equal(await statusWith(t, 'remote_ssl_ca_crt_file =', { files }), 200);
      await assert.rejects(statusWith(t, `remote_ssl_ca_crt_file = ${folder}/none.pem`, { files }), {
        name: 'StartRefusedError',
        message: /\[oslo_policy\] remote_ssl_ca_crt_file .*none\.pem cannot be read/,
      });
    },
  },
];
