// The line of a request (operations §6): what it tells, and that people's identifiers are in none (P5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLoggerTo } from '../../src/telemetry/logger.ts';
import { logRequest, type RequestRecord } from '../../src/telemetry/request-log.ts';
import { CALLER, startServer } from '../http/test-server.ts';

const RECORD: RequestRecord = {
  requestId: 'req-1',
  globalRequestId: null,
  method: 'GET',
  route: '/allocations/{consumer_uuid}',
  microversion: '1.39',
  status: 200,
  durationMs: 1.23456789,
  answerBytes: 241,
  errorKind: null,
};

function lineOf(record: RequestRecord): Record<string, unknown> {
  let line = '';
  logRequest(createLoggerTo({ write: (text) => (line += text) }, false), record);
  return JSON.parse(line);
}

test('a line has the fields of the request and nothing else', () => {
  const { time, pid, ...line } = lineOf(RECORD);
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(pid, process.pid);
  assert.deepEqual(line, {
    level: 'info',
    msg: 'request',
    requestId: 'req-1',
    globalRequestId: '-',
    method: 'GET',
    route: '/allocations/{consumer_uuid}',
    microversion: '1.39',
    status: 200,
    durationMs: 1.235,
    answerBytes: 241,
  });
});

test('what is not known is a dash, and an invented method is not known', () => {
  const line = lineOf({ ...RECORD, method: 'SECRET-4711', route: null, microversion: null, errorKind: 'http.x' });
  assert.deepEqual([line.method, line.route, line.microversion, line.errorKind], ['-', '-', '-', 'http.x']);
});

test('no identifier of a person reaches the log, whatever happens', async (t) => {
  const secret = 'c0ffee11-4711-4711-4711-c0ffee114711';
  const server = await startServer(t, {
    answers: {
      'PUT /allocations/{consumer_uuid}': async (request) => {
        throw new Error(`${request.parameter('consumer_uuid')} ${JSON.stringify(request.json())}`);
      },
    },
  });
  const headers = {
    'x-auth-token': `gAAAA-${secret}`,
    'content-type': 'application/json',
    'x-user-id': secret,
    'openstack-api-version': 'placement 1.39',
  };
  await server.send('GET', `/allocations/${secret}`, { headers });
  await server.send('GET', `/usages?project_id=${secret}`, { headers });
  await server.send('GET', `/${secret}`, { headers });
  await server.send('PUT', `/allocations/${secret}`, { headers, body: `{"user_id": "${secret}"}` });
  await server.send('GET', '/', { headers: { 'openstack-api-version': `placement ${secret}` } });
  await server.raw(`${secret} /${secret} HTTP/1.1\r\nx: ${secret}\r\n\r\n`);
  await server.raw(`GET /allocations/${secret} HTTP/1.1\r\nx: \0\r\n\r\n`);
  assert.equal(server.log.filter((line) => line.msg === 'request').length, 7);
  assert.ok(server.log.some((line) => line.level === 'error'));
  for (const text of [secret, 'c0ffee', 'gAAAA', CALLER.userId, CALLER.projectId]) {
    assert.ok(text !== null && !server.logText().includes(text), String(text));
  }
  assert.deepEqual(
    server.log.filter((line) => line.msg === 'request').map((line) => line.route),
    ['/allocations/{consumer_uuid}', '/usages', '-', '/allocations/{consumer_uuid}', '/', '-', '-'],
  );
});
