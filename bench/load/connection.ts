// A client's HTTP connection on a bare socket, one request at a time; opened anew when the server closed it. It looks at
// no more of an answer than where it ends, so that it costs far less than what is measured.

import { connect, type Socket } from 'node:net';

export interface Answer {
  /** `200`, or `timeout` or `broken` when there was none. */
  readonly status: string;
  readonly bytes: number;
  /** Empty unless it was asked for. */
  readonly body: string;
}

export interface ConnectionOptions {
  readonly port: number;
  readonly timeoutMs: number;
  readonly readBytesPerSecond?: number;
}

const HEAD_END = '\r\n\r\n';
const CHUNKS_END = Buffer.from('0\r\n\r\n');
const SLOW_TURN_MS = 50;

interface Reading {
  readonly done: (answer: Answer) => void;
  readonly keepBody: boolean;
  /** Until the end of the head is there. */
  head: Buffer | null;
  status: string;
  /** Bytes of the body still to come; null: chunks, whose end is seen by its look. */
  left: number | null;
  bytes: number;
  tail: Buffer;
  readonly body: Buffer[];
}

export class HttpConnection {
  readonly #options: ConnectionOptions;
  #socket: Socket | null = null;
  #reading: Reading | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Sends a request; `done` is called once, whatever becomes of it. */
  ask(text: string, keepBody: boolean, done: (answer: Answer) => void): void {
    this.#reading = {
      ...{
        done,
        keepBody,
        head: Buffer.alloc(0),
        status: 'broken',
        left: 0,
        bytes: 0,
        tail: Buffer.alloc(0),
        body: [],
      },
    };
    this.#timer = setTimeout(() => this.#end('timeout'), this.#options.timeoutMs);
    this.#socket ??= this.#open();
    this.#socket.write(text);
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const socket = connect({ port: this.#options.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#end('broken');
    });
    if (this.#options.readBytesPerSecond !== undefined) this.#slowDown(socket, this.#options.readBytesPerSecond);
    return socket;
  }

  /** Reads a piece, then nothing for as long as the piece is worth. */
  #slowDown(socket: Socket, bytesPerSecond: number): void {
    socket.on('data', (chunk: Buffer) => {
      socket.pause();
      setTimeout(() => socket.resume(), Math.max(SLOW_TURN_MS, (chunk.length * 1000) / bytesPerSecond));
    });
  }

  #receive(chunk: Buffer): void {
    const reading = this.#reading;
    if (reading === null) return;
    let body = chunk;
    if (reading.head !== null) {
      const all = reading.head.length === 0 ? chunk : Buffer.concat([reading.head, chunk]);
      const end = all.indexOf(HEAD_END);
      if (end === -1) {
        reading.head = all;
        return;
      }
      this.#readHead(reading, all.toString('latin1', 0, end));
      body = all.subarray(end + HEAD_END.length);
    }
    reading.bytes += body.length;
    if (reading.keepBody) reading.body.push(body);
    if (reading.left !== null) {
      reading.left -= body.length;
      if (reading.left <= 0) this.#end(reading.status);
      return;
    }
    // The end may have come in two pieces. In JSON no line break stands between a 0 and an end.
    reading.tail = Buffer.concat([reading.tail, body.subarray(-CHUNKS_END.length)]).subarray(-CHUNKS_END.length);
    if (reading.tail.equals(CHUNKS_END)) this.#end(reading.status);
  }

  #readHead(reading: Reading, head: string): void {
    reading.head = null;
    reading.status = head.slice(9, 12);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    reading.left = length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head) ? null : Number(length ?? 0);
    if (/\r\nconnection: *close/i.test(head)) this.#closing = true;
  }

  #closing = false;

  #end(status: string): void {
    const reading = this.#reading;
    if (reading === null) return;
    this.#reading = null;
    clearTimeout(this.#timer);
    if (this.#closing || status === 'timeout') {
      this.#closing = false;
      const socket = this.#socket;
      this.#socket = null;
      socket?.destroy();
    }
    reading.done({ status, bytes: reading.bytes, body: bodyText(reading) });
  }
}

function bodyText({ body, left }: Reading): string {
  const text = Buffer.concat(body).toString('utf8');
  return left === null ? withoutChunkLines(text) : text;
}

/** JSON has no line breaks of its own, so every line of hexadecimal digits between two of them is the length of a chunk. */
function withoutChunkLines(text: string): string {
  return text
    .split('\r\n')
    .filter((_, index) => index % 2 === 1)
    .join('');
}
