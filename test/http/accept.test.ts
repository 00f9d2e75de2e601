// What a client accepts (http-api §1.7): guard A, and the form of error bodies.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptsJson, errorFormat } from '../../src/http/accept.ts';
import { onlyError, startServer } from './test-server.ts';

test('guard A lets through what accepts application/json', () => {
  const acceptable = [
    undefined,
    '',
    '*/*',
    'application/json',
    'APPLICATION/JSON',
    'application/*',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'application/json;q=0.001',
    'application/json;q=1;ext=x',
    ', application/json ,',
    // Not well-formed, and therefore ignored:
    'application',
    'application/json;q=2',
    'text/plain;q',
    '"',
    'text/plain; a="x',
  ];
  for (const header of acceptable) assert.equal(acceptsJson(header), true, String(header));
});

test('guard A refuses what does not', () => {
  const refused = [
    'text/plain',
    'text/html,application/xhtml+xml,application/xml;q=0.9',
    'application/json;q=0',
    'application/json;q=0.0, */*',
    '*/*, application/*;q=0',
    'application/json;charset=utf-8',
    'application/json;a="b,c"',
    'application/xml, text/*',
  ];
  for (const header of refused) assert.equal(acceptsJson(header), false, String(header));
});

test('the form of an error follows the table', () => {
  const rows = {
    json: [undefined, '', '*/*', 'application/json', 'application/*', 'text/html;q=0.3, application/json'],
    html: ['text/html', 'text/*', '*/*;q=0.1', 'application/json, text/html', 'garbage'],
    plain: ['text/plain', 'application/xml', 'text/html;q=0', 'application/json;charset=utf-8'],
  } as const;
  for (const [format, headers] of Object.entries(rows)) {
    for (const header of headers) assert.equal(errorFormat(header), format, String(header));
  }
});

test('406 tells what there is, and errors come in the form that was asked for', async (t) => {
  const server = await startServer(t);
  const refused = await server.send('GET', '/resource_providers', { headers: { accept: 'text/html;q=0, text/plain' } });
  assert.equal(refused.status, 406);
  assert.equal(refused.headers['content-type'], 'text/plain; charset=UTF-8');
  assert.match(refused.text, /^406 Not Acceptable\n\n.+\n\nOnly application\/json is provided\n$/);

  const json = await server.send('GET', '/nowhere', { headers: { accept: '*/*' } });
  assert.equal(json.headers['content-type'], 'application/json');
  assert.equal(onlyError(json).status, 404);

  const html = await server.send('GET', '/nowhere', { headers: { accept: 'text/html' } });
  assert.equal(html.headers['content-type'], 'text/html; charset=UTF-8');
  assert.match(html.text, /<title>404 Not Found<\/title>[\s\S]*<h1>404 Not Found<\/h1>/);
  assert.match(html.text, /The resource could not be found\./);

  const plain = await server.send('GET', '/nowhere', { headers: { accept: 'text/plain' } });
  assert.equal(plain.headers['content-type'], 'text/plain; charset=UTF-8');
  assert.match(plain.text, /^404 Not Found\n\nThe resource could not be found\.\n\n/);
});

test('writes and the version document answer JSON whatever is accepted', async (t) => {
  const server = await startServer(t);
  const headers = { accept: 'text/plain', 'openstack-api-version': 'placement 1.39' };
  assert.equal((await server.send('GET', '/', { headers })).status, 200);
  assert.equal((await server.send('DELETE', '/traits/A', { headers })).status, 200);
  assert.equal((await server.send('GET', '/traits/A', { headers })).status, 200);
});
