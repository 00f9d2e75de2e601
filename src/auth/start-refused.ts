// Berth does not start, and the operator can do something about it: the message says what.

/** Thrown before the service listens. The message is one line for the operator. */
export class StartRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartRefusedError';
  }
}
