// A program for the conformance suite to start in the place of Berth: it starts Berth behind a port that keeps all that
// clients send, and at the end writes down which identifiers were used.
//
//     node test/identifiers/recorded-berth.ts FOLDER MODE CONFIGURATION PORT
//
// Berth writes its log at level debug to FOLDER/berth.log, says who was meant as MODE has it, and has secrets in its
// configuration that it does not need.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { BERTH } from '../support/berth-process.ts';
import { identifiersSent, identifiersStored, type UsedIdentifier } from './used-identifiers.ts';

const [folder = '', mode = '', configuration = '', port = ''] = process.argv.slice(2);
const own = join(folder, randomUUID());
const socketPath = `${own}.sock`;
const password = `password-${randomUUID()}`;
writeFileSync(
  `${own}.conf`,
  `[DEFAULT]
debug = true
log_file = ${join(folder, 'berth.log')}
[berth]
socket = ${socketPath}
log_identifiers = ${mode}
log_identifiers_key = ${process.env.IDENTIFIERS_KEY ?? ''}
[keystone_authtoken]
password = ${password}
memcache_secret_key = ${password}
application_credential_secret = ${password}
`,
);
const berth = spawn(BERTH, ['serve', '--config-file', configuration, '--config-file', `${own}.conf`], {
  stdio: ['ignore', 'pipe', 'pipe'],
});
// What does not go to the log is searched with it.
for (const stream of [berth.stdout, berth.stderr]) {
  stream.on('data', (chunk) => appendFileSync(join(folder, 'output.log'), chunk));
}
const ended = once(berth, 'exit');
const sent: Buffer[][] = [];

await untilItListens();
const proxy = createServer((client) => {
  const chunks: Buffer[] = [];
  sent.push(chunks);
  const server = connect(socketPath);
  client.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const socket of [client, server]) socket.on('error', () => {});
  client.pipe(server).pipe(client);
});
proxy.listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => void end());

async function untilItListens(): Promise<void> {
  for (;;) {
    if (berth.exitCode !== null) process.exit(1);
    const socket: Socket = connect(socketPath);
    const listens = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (listens) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function end(): Promise<void> {
  berth.kill('SIGTERM');
  const [code] = await ended;
  const connection = /^connection = sqlite:\/\/\/(.*)$/m.exec(readFileSync(configuration, 'utf8'))?.[1] ?? '';
  const used: UsedIdentifier[] = [
    { kind: 'password', text: password },
    ...identifiersStored(connection),
    ...sent.flatMap((chunks) => identifiersSent(Buffer.concat(chunks))),
  ];
  writeFileSync(`${own}.identifiers`, JSON.stringify(used));
  process.exit(code);
}
