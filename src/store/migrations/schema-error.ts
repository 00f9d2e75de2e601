// The database's schema is not what this version of Berth needs, and it was not told, or is not able, to change that.

/** The message is for the operator: what is missing and what to do. */
export class SchemaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SchemaError';
  }
}
