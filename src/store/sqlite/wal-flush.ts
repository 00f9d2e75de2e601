// Flushes the write-ahead log of a SQLite file from a thread of the system's pool, so that the process goes on meanwhile.
// With `synchronous = NORMAL` SQLite keeps the file sound at all times but leaves commits in the system's memory; a flush
// of the log makes all of them last, in their order, since each frame of it is checked when the log is read again. A
// checkpoint by anyone flushes the log first, so frames that are gone from it are safe in the file.

import { close, fdatasync, openSync } from 'node:fs';

export class WalFlush {
  readonly #path: string;
  #file: number | undefined;
  /** After one failure the system may say of lost data that it is on the disk: nothing it says is believed any more. */
  #failure: Error | undefined;

  /** @param databasePath of a database in WAL mode, open in this process as long as this is used */
  constructor(databasePath: string) {
    this.#path = `${databasePath}-wal`;
  }

  /** Resolves when everything committed before the call is on the disk. Rejects when the system cannot tell. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      // SQLite holds no lock on the log itself, so that closing another descriptor of it takes none away.
      this.#file ??= openSync(this.#path, 'r+');
      fdatasync(this.#file, (error) => {
        if (error === null) {
          resolve();
          return;
        }
        this.#failure = error;
        reject(error);
      });
    });
  }

  close(): void {
    if (this.#file !== undefined) close(this.#file, () => {});
    this.#file = undefined;
  }
}
