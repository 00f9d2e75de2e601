// The proxy damages exactly what it is told to: shown with a server that echoes, and with a real COMMIT.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { skipWithout } from '../support/databases/available-databases.ts';
import { sharedServer } from '../support/databases/shared-server.ts';
import { holding, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

describe('a proxy before an echo', () => {
  const heard: string[] = [];
  const echo = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (packet) => {
      heard.push(String(packet));
      socket.write(packet);
    });
  });
  before(async () => {
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
  });
  after(() => echo.close());

  test('forwards both ways', async () => {
    const { client, proxy } = await connected();
    client.write('one');
    assert.equal(await answer(client), 'one');
    assert.equal(proxy.connections, 1);
    await proxy.close();
  });

  test('cuts what is open and welcomes what is new', async () => {
    const { client, proxy } = await connected();
    proxy.cutAll();
    assert.equal(await ended(client), 'cut');
    const another = await connectTo(proxy);
    another.write('two');
    assert.equal(await answer(another), 'two');
    await proxy.close();
  });

  test('refuses what is new', async () => {
    const { client, proxy } = await connected();
    proxy.refuse();
    assert.equal(await ended(connect(proxy.port, '127.0.0.1')), 'cut');
    client.write('three');
    assert.equal(await answer(client), 'three');
    await proxy.close();
  });

  test('holds back and, healed, forwards in order', async () => {
    const { client, proxy } = await connected();
    proxy.stall('to-client');
    client.write('four');
    await until(() => heard.includes('four'));
    client.write('five');
    await until(() => heard.includes('five'));
    assert.equal(client.bytesRead, 0);
    proxy.heal();
    assert.match(await answer(client), /^four/);
    await proxy.close();
  });

  test('delays without changing the order', async () => {
    const { client, proxy } = await connected();
    proxy.delay(30);
    client.write('six');
    await pause(5);
    client.write('seven');
    let text = '';
    while (text.length < 8) text += await answer(client);
    assert.equal(text, 'sixseven');
    await proxy.close();
  });

  test('cuts before a packet', async () => {
    const { client, proxy } = await connected();
    const cut = proxy.cutBefore(holding('EIGHT'));
    client.write('eight');
    await Promise.all([cut, ended(client)]);
    assert.ok(!heard.includes('eight'));
    await proxy.close();
  });

  test('loses the answer to a packet', async () => {
    const { client, proxy } = await connected();
    const lost = proxy.loseAnswerTo(holding('nine'));
    client.write('nine');
    await Promise.all([lost, ended(client)]);
    assert.ok(heard.includes('nine'));
    assert.equal(client.bytesRead, 0);
    await proxy.close();
  });

  test('holds one packet until the test lets it go', async () => {
    const { client, proxy } = await connected();
    const held = proxy.holdBefore(holding('ten'));
    client.write('ten');
    const release = await held;
    assert.ok(!heard.includes('ten'));
    release();
    assert.equal(await answer(client), 'ten');
    await proxy.close();
  });

  async function connected(): Promise<{ client: Socket; proxy: TcpProxy }> {
    // The echo listens on a port, so its address is one of the network.
    const { port } = echo.address() as AddressInfo;
    const proxy = await startTcpProxy(port);
    return { client: await connectTo(proxy), proxy };
  }
});

test('an answer to COMMIT that is lost leaves the transaction committed', {
  skip: skipWithout('postgresql'),
}, async () => {
  const server = await sharedServer('postgresql');
  const database = await server.createDatabase();
  await server.run(database, 'CREATE TABLE t (a INTEGER);');
  const proxy = await startTcpProxy(server.port);
  const client = new pg.Client({ host: '127.0.0.1', port: proxy.port, user: 'postgres', database });
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO t VALUES (1)');
  const lost = proxy.loseAnswerTo(holding('commit'));
  await assert.rejects(client.query('COMMIT'));
  await lost;
  assert.deepEqual(await server.run(database, 'SELECT a FROM t;'), [{ a: 1 }]);
  await proxy.close();
});

async function connectTo(proxy: TcpProxy): Promise<Socket> {
  const client = connect(proxy.port, '127.0.0.1');
  // A test that does not look at how its connection ends need not care.
  client.on('error', () => {});
  await once(client, 'connect');
  return client;
}

async function answer(client: Socket): Promise<string> {
  const [packet] = await once(client, 'data');
  return String(packet);
}

function ended(client: Socket): Promise<'cut' | 'closed'> {
  return new Promise((resolve) => {
    client.once('error', () => resolve('cut'));
    client.once('close', () => resolve('closed'));
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(1);
}
