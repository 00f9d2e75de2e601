// What an operation promises, as data: what it takes, how it answers at each microversion and by which statuses it
// refuses. The OpenAPI document is made from it, and tests hold every answer of the service against that document.

import type { Microversion } from '../../domain/microversion.ts';
import type { JsonSchema } from '../validation/json-schema.ts';
import type { DocumentSchema } from './schema.ts';

/** One way to succeed. */
export interface SuccessContract {
  readonly status: 200 | 201 | 204;
  readonly description: string;
  /** Absent: no body and no content type. */
  readonly body?: DocumentSchema;
  /** Of the body; JSON when absent. */
  readonly contentType?: string;
  /** The answer has the header `location`. */
  readonly location?: true;
  /** The answer has `last-modified` and `cache-control` from 1.15. */
  readonly dated?: true;
}

/** A refusal that only this operation knows, such as that what it addresses does not exist. */
export interface RefusalContract {
  readonly status: 404 | 409;
  /** First minor microversion that can have it; absent: as long as the operation. */
  readonly since?: number;
  /** Sentences that say when. */
  readonly when: string;
}

/**
 * The part of an operation that its guards, its versions and its policy rule do not tell. From those follow 400, 401,
 * 403, 405, 406 and 415, so they are not repeated here.
 */
export interface OperationContract {
  /** Unique among the operations of a microversion, such as `listResourceProviders`. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** Schemas of path parameters; one that is not named takes any text. */
  readonly parameters?: Readonly<Record<string, DocumentSchema>>;
  /** The query, as an object of strings; absent: the operation ignores it. */
  query?(version: Microversion): JsonSchema;
  /** Query parameters of which more than the last value counts. */
  repeatable?(version: Microversion): readonly string[];
  /** The JSON body; absent: the operation ignores it. */
  body?(version: Microversion): JsonSchema;
  answers(version: Microversion): readonly SuccessContract[];
  readonly refusals?: readonly RefusalContract[];
}
