// The smallest server on Node.js that speaks HTTP: it reads the request's body and answers so many bytes, always the same.
// `node bench/limits/fixed-answer.ts PORT BYTES`, started by limits.ts.

import { createServer } from 'node:http';

const [port, bytes] = process.argv.slice(2).map(Number);
const answer = Buffer.alloc(bytes ?? 0, 'x');
const status = answer.length === 0 ? 204 : 200;
const headers = status === 204 ? {} : { 'content-type': 'application/json', 'content-length': answer.length };

createServer((request, response) => {
  const end = () => {
    response.writeHead(status, headers);
    response.end(answer);
  };
  if (request.method === 'GET') {
    end();
    return;
  }
  request.resume();
  request.once('end', end);
}).listen(port, '127.0.0.1');
