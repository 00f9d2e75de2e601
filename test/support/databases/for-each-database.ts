// The same suite over every database that Berth runs on.

import { before, describe } from 'node:test';
import { skipWithout } from './available-databases.ts';
import type { DatabaseHost, DatabaseKind } from './database-server.ts';
import { sharedServer } from './shared-server.ts';

const KINDS: readonly DatabaseKind[] = ['sqlite', 'mysql', 'postgresql'];

/** The database that a suite is run on. */
export interface TestedDatabase {
  readonly kind: DatabaseKind;
  /** The server, shared with other suites. Only inside tests and hooks: it is started before the first of them. */
  readonly server: DatabaseHost;
  /** The address of a new, empty database, as `placement.conf` would have it. */
  freshUrl(): Promise<string>;
}

/**
 * Declares the suite once per database: `forEachDatabase('renaming', (database) => { test('…', async () => …) })`.
 * What is not installed is skipped, or fails where `CI` is set. `kinds` leaves some out.
 */
export function forEachDatabase(
  title: string,
  suite: (database: TestedDatabase) => void,
  kinds: readonly DatabaseKind[] = KINDS,
): void {
  for (const kind of kinds) {
    const skip = skipWithout(kind);
    describe(`${title}, on ${kind}`, { skip }, () => {
      const holder: { server?: DatabaseHost } = {};
      before(async () => {
        holder.server = await sharedServer(kind);
      });
      suite({
        kind,
        get server() {
          if (holder.server === undefined) throw new Error('the database starts after the suite has been declared');
          return holder.server;
        },
        async freshUrl() {
          return this.server.url(await this.server.createDatabase());
        },
      });
    });
  }
}
