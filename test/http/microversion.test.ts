// Which microversion a request asks for, and how answers tell the one they were made for (http-api §1.8).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BerthError } from '../../src/domain/errors/declare.ts';
import { negotiateVersion } from '../../src/http/microversion-header.ts';
import { onlyError, startServer } from './test-server.ts';

test('the last item that speaks of placement decides', () => {
  const rows: readonly (readonly [header: string | undefined, minor: number])[] = [
    [undefined, 0],
    ['', 0],
    ['1.5', 0],
    ['compute 2.1', 0],
    ['placement', 0],
    ['placement:1.5', 0],
    ['placement 1.5', 5],
    ['PlaceMent   1.5  ', 5],
    ['placement 1.5, compute 2.1', 5],
    ['placement 1.5,placement 1.7', 7],
    ['placement 1.5, placement', 5],
    ['placement pony, placement 1.7', 7],
    ['placement latest', 39],
    ['placement 1.39', 39],
    ['placement 01.08', 8],
    ['placement 1. 8', 8],
  ];
  for (const [header, minor] of rows) assert.equal(negotiateVersion(header), minor, String(header));
});

test('what is no version is 400, and a version that does not exist 406', () => {
  const refusal = (header: string) => {
    try {
      return negotiateVersion(header);
    } catch (error) {
      return error instanceof BerthError ? [error.status, error.message] : error;
    }
  };
  for (const text of ['pony.horse', '1.2.3', '1', '1.5 foo', 'Latest', '1.', '.5', '1.x', '0x1.5']) {
    assert.deepEqual(refusal(`placement ${text}`), [400, `invalid version string: ${text}`]);
  }
  for (const text of ['0.5', '1.40', '2.0', '-1.5', '1.-1', '1.99999999999999999999999']) {
    assert.deepEqual(refusal(`placement ${text}`), [406, `Unacceptable version header: ${text}`]);
  }
});

test('answers after negotiation tell the version, successes and errors alike', async (t) => {
  const server = await startServer(t);
  const ask = (path: string, version: string) =>
    server.send('GET', path, { headers: { 'OpenStack-API-Version': version } });
  for (const [path, version, told] of [
    ['/', 'placement latest', 'placement 1.39'],
    ['/resource_providers', 'compute 2.1', 'placement 1.0'],
    ['/nowhere', 'placement 1.5', 'placement 1.5'],
    ['/traits', 'placement 1.5', 'placement 1.5'],
    ['/reshaper', 'placement 1.0', 'placement 1.0'],
  ] as const) {
    const reply = await ask(path, version);
    assert.equal(reply.headers['openstack-api-version'], told, path);
    assert.match(String(reply.headers.vary), /openstack-api-version/);
  }
});

test('several header lines are one list', async (t) => {
  const server = await startServer(t);
  const text = await server.raw(
    'GET / HTTP/1.1\r\nopenstack-api-version: placement 1.5\r\nopenstack-api-version: compute 2.1\r\n' +
      'connection: close\r\n\r\n',
  );
  assert.match(text, /openstack-api-version: placement 1\.5/);
});

test('an error of the negotiation itself tells no version and has no code', async (t) => {
  const server = await startServer(t);
  const unacceptable = await server.send('GET', '/', { headers: { 'openstack-api-version': 'placement 1.40' } });
  assert.equal(unacceptable.status, 406);
  assert.deepEqual([unacceptable.headers['openstack-api-version'], unacceptable.headers.vary], [undefined, undefined]);
  const error = onlyError(unacceptable);
  assert.deepEqual(
    [error.title, error.max_version, error.min_version, 'code' in error],
    ['Not Acceptable', '1.39', '1.0', false],
  );
  const malformed = await server.send('GET', '/', { headers: { 'openstack-api-version': 'placement 1.2.3' } });
  assert.equal(malformed.status, 400);
  assert.deepEqual(Object.keys(onlyError(malformed)).sort(), ['detail', 'request_id', 'status', 'title']);
  const html = await server.send('GET', '/', {
    headers: { 'openstack-api-version': 'placement <b>.5', accept: 'text/html' },
  });
  assert.match(html.text, /invalid version string: &lt;b&gt;\.5/);
});
