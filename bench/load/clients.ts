// What a client does in a turn: sends the next request of the list, or makes a whole placement the way a scheduler does:
// searches, picks one of the candidates at random, claims it; every second claim is given back later.

import { randomInt, randomUUID } from 'node:crypto';
import { type ConnectionOptions, HttpConnection } from './connection.ts';
import type { Load } from './load.ts';
import { filledIn, requestText } from './request-text.ts';

export interface Client {
  /** `done` is told whether the turn ended well. */
  turn(done: (well: boolean) => void): void;
  close(): void;
}

/** Counts the answer to one request. */
export type Count = (status: string, bytes: number) => void;

/** A client's claims are given back when it has made so many more. */
const KEPT_CLAIMS = 20;

export function createClient(load: Load, nextRequest: () => string, count: Count): Client {
  const options: ConnectionOptions = {
    port: load.port,
    timeoutMs: load.timeoutMs,
    ...(load.readBytesPerSecond === undefined ? {} : { readBytesPerSecond: load.readBytesPerSecond }),
  };
  const connection = new HttpConnection(options);
  return load.turn === 'request'
    ? requester(connection, nextRequest, count)
    : placer(connection, load.requests[0] ?? '', count);
}

function requester(connection: HttpConnection, nextRequest: () => string, count: Count): Client {
  return {
    turn(done) {
      connection.ask(filledIn(nextRequest()), false, ({ status, bytes }) => {
        count(status, bytes);
        done(isGood(status));
      });
    },
    close: () => connection.close(),
  };
}

function placer(connection: HttpConnection, search: string, count: Count): Client {
  const claims: string[] = [];
  let made = 0;
  const remove = (done: (well: boolean) => void) => {
    connection.ask(requestText('DELETE', `/allocations/${claims.shift()}`), false, ({ status, bytes }) => {
      count(`delete ${status}`, bytes);
      done(true);
    });
  };
  return {
    turn(done) {
      connection.ask(search, true, ({ status, bytes, body }) => {
        count(`search ${status}`, bytes);
        const allocations = isGood(status) ? pick(body) : undefined;
        if (allocations === undefined) {
          done(false);
          return;
        }
        const consumer = randomUUID();
        connection.ask(claimText(consumer, allocations), false, (claimed) => {
          count(`claim ${claimed.status}`, claimed.bytes);
          if (!isGood(claimed.status)) {
            done(false);
            return;
          }
          made += 1;
          if (made % 2 === 0) claims.push(consumer);
          if (claims.length > KEPT_CLAIMS) remove(done);
          else done(true);
        });
      });
    },
    close: () => connection.close(),
  };
}

function claimText(consumer: string, allocations: object): string {
  return requestText('PUT', `/allocations/${consumer}`, {
    allocations,
    ...{ project_id: 'bench', user_id: 'bench', consumer_generation: null, consumer_type: 'INSTANCE' },
  });
}

/** The allocations of one of the candidates. */
function pick(body: string): object | undefined {
  const { allocation_requests: candidates }: { allocation_requests: { allocations: object }[] } = JSON.parse(body);
  return candidates.length === 0 ? undefined : candidates[randomInt(candidates.length)]?.allocations;
}

function isGood(status: string): boolean {
  return status.startsWith('2');
}
