// A server that reports changed instead of matched rows would break every guard of the store. Berth asks for matched
// ones, proves at start that it gets them, and refuses to start otherwise: here because something in between, as a proxy
// that speaks the protocol may, does not pass the wish on.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { runBerth } from '../support/berth-process.ts';
import { skipWithout } from '../support/databases/available-databases.ts';
import { sharedServer } from '../support/databases/shared-server.ts';
import { throughPort, writeConfiguration } from './fault-service.ts';

/** Where the client's abilities stand in its first packet, and the bit of this one. */
const ABILITIES_AT = 4;
const FOUND_ROWS = 0x02;

test('a server that counts changed rows is refused', { skip: skipWithout('mysql'), timeout: 60_000 }, async () => {
  const server = await sharedServer('mysql');
  const url = server.url(await server.createDatabase());
  const proxy = createServer((client) => {
    const upstream = connect(server.port, '127.0.0.1');
    client.once('data', (chunk) => {
      const packet = Buffer.from(chunk);
      packet.writeUInt8(packet.readUInt8(ABILITIES_AT) & ~FOUND_ROWS, ABILITIES_AT);
      upstream.write(packet);
      client.pipe(upstream);
    });
    upstream.pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  assert.ok(typeof address === 'object' && address !== null);
  const configuration = writeConfiguration({ url: throughPort(url, address.port), deadlineSeconds: 2 });
  try {
    const { code, stderr } = await runBerth(['serve', '--config-file', configuration.path]);
    assert.equal(code, 1);
    assert.match(stderr, /^berth: the database server reports 0 instead of 1 for an update that matches one row .*\n$/);
  } finally {
    proxy.close();
    configuration.remove();
  }
});
