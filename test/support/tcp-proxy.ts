// A line between Berth and a database that a test can damage: it forwards bytes to a port, and on demand cuts, refuses,
// holds back, slows down, or loses the server's answer to a packet. It knows nothing of the protocol; a test recognises a
// packet by what it holds, which both MySQL's and PostgreSQL's protocols send as plain text (`COMMIT`).

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Recognises what the client sends: the bytes of one arrival at the socket. */
export type PacketMatch = (packet: Buffer) => boolean;

/** Matches a packet that holds the word, in any case. */
export function holding(word: string): PacketMatch {
  const wanted = word.toLowerCase();
  return (packet) => packet.toString('latin1').toLowerCase().includes(wanted);
}

export interface TcpProxy {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Connections that are open at the moment. */
  readonly connections: number;
  /** Cuts every open connection with a reset, to both sides. New ones are welcome. */
  cutAll(): void;
  /** Cuts every new connection at once, as a port that nothing listens on would. */
  refuse(): void;
  /** Holds back all bytes in that direction, of open connections and new ones, without closing anything. */
  stall(direction: 'to-server' | 'to-client' | 'both'): void;
  /** Every arrival of bytes, in either direction, is forwarded so many milliseconds later; in order. */
  delay(milliseconds: number): void;
  /** Ends {@link refuse}, {@link stall} and {@link delay}; what was held back is forwarded. */
  heal(): void;
  /**
   * The lost acknowledgement: the next packet that matches reaches the server, its answer is swallowed, and the connection
   * is cut once the server has answered. Resolves when that has happened.
   */
  loseAnswerTo(match: PacketMatch): Promise<void>;
  /** The lost request: the connection is cut instead of forwarding the next packet that matches. Resolves when it was. */
  cutBefore(match: PacketMatch): Promise<void>;
  /** Holds the next packet that matches; resolves with what forwards it, so that a test can act in between. */
  holdBefore(match: PacketMatch): Promise<() => void>;
  close(): Promise<void>;
}

/** Starts a proxy on a free port in front of `targetPort`. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const proxy = new Wire(targetPort);
  await proxy.listen();
  return proxy;
}

type Direction = 'to-server' | 'to-client';

/** A fault that waits for its packet. */
interface Trap {
  readonly match: PacketMatch;
  readonly spring: (line: Line, packet: Buffer) => void;
}

class Wire implements TcpProxy {
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  readonly #stalled = new Set<Direction>();
  #traps: readonly Trap[] = [];
  #refusing = false;
  #delayMs = 0;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((client) => this.#accept(client));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#server.unref();
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return address.port;
  }

  get connections(): number {
    return this.#lines.size;
  }

  get delayMs(): number {
    return this.#delayMs;
  }

  isStalled(direction: Direction): boolean {
    return this.#stalled.has(direction);
  }

  cutAll(): void {
    for (const line of this.#lines) line.cut();
  }

  refuse(): void {
    this.#refusing = true;
  }

  stall(direction: Direction | 'both'): void {
    if (direction !== 'to-client') this.#stalled.add('to-server');
    if (direction !== 'to-server') this.#stalled.add('to-client');
  }

  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  heal(): void {
    this.#refusing = false;
    this.#delayMs = 0;
    this.#stalled.clear();
    for (const line of this.#lines) line.flush();
  }

  loseAnswerTo(match: PacketMatch): Promise<void> {
    return new Promise((resolve) => {
      this.#setTrap(match, (line, packet) => {
        line.swallowAnswer(resolve);
        line.forward('to-server', packet);
      });
    });
  }

  cutBefore(match: PacketMatch): Promise<void> {
    return new Promise((resolve) => {
      this.#setTrap(match, (line) => {
        line.cut();
        resolve();
      });
    });
  }

  holdBefore(match: PacketMatch): Promise<() => void> {
    return new Promise((resolve) => {
      this.#setTrap(match, (line, packet) => resolve(() => line.forward('to-server', packet)));
    });
  }

  /** Whether a trap was set for this packet; it has dealt with the packet then, and is gone. */
  trapped(line: Line, packet: Buffer): boolean {
    const trap = this.#traps.find((candidate) => candidate.match(packet));
    if (trap === undefined) return false;
    this.#traps = this.#traps.filter((other) => other !== trap);
    trap.spring(line, packet);
    return true;
  }

  async close(): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #setTrap(match: PacketMatch, spring: Trap['spring']): void {
    this.#traps = [...this.#traps, { match, spring }];
  }

  #accept(client: Socket): void {
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const line = new Line(this, client, connect(this.#targetPort, '127.0.0.1'), () => this.#lines.delete(line));
    this.#lines.add(line);
  }
}

/** One connection: a socket to the client and one to the server. */
class Line {
  readonly #proxy: Wire;
  readonly #client: Socket;
  readonly #server: Socket;
  /** Arrivals that are held back, in order, per direction. */
  readonly #held: Readonly<Record<Direction, Buffer[]>> = { 'to-server': [], 'to-client': [] };
  #onAnswer: (() => void) | undefined;

  constructor(proxy: Wire, client: Socket, server: Socket, onClose: () => void) {
    this.#proxy = proxy;
    this.#client = client;
    this.#server = server;
    client.setNoDelay(true);
    server.setNoDelay(true);
    client.on('data', (chunk) => {
      const packet = bytesOf(chunk);
      if (!proxy.trapped(this, packet)) this.forward('to-server', packet);
    });
    server.on('data', (chunk) => this.#answer(bytesOf(chunk)));
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => this.cut());
      socket.on('end', () => other.end());
      socket.on('close', () => {
        other.destroy();
        onClose();
      });
    }
  }

  /** Sends it on, now or later, as the proxy's state has it. */
  forward(direction: Direction, packet: Buffer): void {
    const held = this.#held[direction];
    if (!this.#proxy.isStalled(direction) && this.#proxy.delayMs === 0 && held.length === 0) {
      this.#write(direction, packet);
      return;
    }
    held.push(packet);
    if (!this.#proxy.isStalled(direction)) setTimeout(() => this.#release(direction), this.#proxy.delayMs);
  }

  /** Drops the server's next answer, then cuts. */
  swallowAnswer(then: () => void): void {
    this.#onAnswer = then;
  }

  flush(): void {
    for (const direction of ['to-server', 'to-client'] as const) {
      while (this.#held[direction].length > 0) this.#release(direction);
    }
  }

  cut(): void {
    for (const socket of [this.#client, this.#server]) {
      // A reset while the socket says goodbye fails, and its handle would keep the process from ending.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  #answer(packet: Buffer): void {
    const onAnswer = this.#onAnswer;
    if (onAnswer === undefined) {
      this.forward('to-client', packet);
      return;
    }
    this.#onAnswer = undefined;
    this.cut();
    onAnswer();
  }

  /** The oldest of what is held back goes on, unless it is stalled by now. */
  #release(direction: Direction): void {
    if (this.#proxy.isStalled(direction)) return;
    const packet = this.#held[direction].shift();
    if (packet !== undefined) this.#write(direction, packet);
  }

  #write(direction: Direction, packet: Buffer): void {
    const target = direction === 'to-server' ? this.#server : this.#client;
    if (!target.destroyed) target.write(packet);
  }
}

/** A socket without an encoding hands out bytes; its type allows for text too. */
function bytesOf(chunk: Buffer | string): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
