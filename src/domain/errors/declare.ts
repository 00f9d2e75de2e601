// The one kind of error that Berth answers a client with. Each is declared once, in the catalogue, with its status,
// code and text; it is thrown where the fact is known and becomes HTTP in one place (http/errors.ts).

/** Statuses an error of the catalogue may have. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 406 | 408 | 409 | 413 | 414 | 415 | 431 | 500 | 503;

export type ErrorCode =
  | 'placement.undefined_code'
  | 'placement.concurrent_update'
  | 'placement.inventory.inuse'
  | 'placement.duplicate_name'
  | 'placement.resource_provider.inuse'
  | 'placement.resource_provider.cannot_delete_parent'
  | 'placement.resource_provider.not_found'
  | 'placement.query.duplicate_key'
  | 'placement.query.bad_value'
  | 'placement.query.missing_value';

/** One line of the catalogue. */
export interface ErrorDefinition {
  readonly kind: string;
  readonly status: ErrorStatus;
  readonly code: ErrorCode;
}

/** An error whose message is meant for the client that caused it, and for nobody else: logs name its `kind` only. */
export class BerthError extends Error implements ErrorDefinition {
  readonly kind: string;
  readonly status: ErrorStatus;
  readonly code: ErrorCode;

  constructor(definition: ErrorDefinition, message: string) {
    super(message);
    this.name = 'BerthError';
    this.kind = definition.kind;
    this.status = definition.status;
    this.code = definition.code;
  }
}

const declared = new Map<string, ErrorDefinition>();

/** All errors declared so far, in order of declaration. */
export function errorCatalogue(): readonly ErrorDefinition[] {
  return [...declared.values()];
}

/**
 * Declares an error: `const notFound = declareError('thing.not_found', 404, (p: {name: string}) => …)`,
 * thrown as `throw notFound({name})`.
 *
 * @param kind unique name, `subject.what_is_wrong`; appears in logs and metrics
 * @param text one line; what a client reads. Newlines in parameters are replaced when it becomes HTTP
 */
export function declareError<Parameters>(
  kind: string,
  status: ErrorStatus,
  text: (parameters: Parameters) => string,
  code: ErrorCode = 'placement.undefined_code',
): (parameters: Parameters) => BerthError {
  if (declared.has(kind)) throw new Error(`error ${kind} is declared twice`);
  const definition: ErrorDefinition = { kind, status, code };
  declared.set(kind, definition);
  return (parameters) => new BerthError(definition, text(parameters));
}
