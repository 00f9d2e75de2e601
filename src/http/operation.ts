// What one operation of the API looks like to the server: where it is, which guards it has in which order, its policy
// rule, and the function that answers. The files of routes/ export lists of these (http-api §1.2).

import type { Caller } from '../auth/caller.ts';
import type { Microversion } from '../domain/microversion.ts';
import type { PolicyTarget } from '../policy/enforcer.ts';
import type { PolicyRule } from '../policy/rules.ts';
import type { BodyPiece } from './incoming.ts';
import type { OperationContract } from './openapi/contract.ts';

/**
 * Guards of stage 9, run left to right:
 * - `version`: below `since`, or above `until`, answers 404 (405 without `Allow` when `tooOld` is 405);
 * - `accept`: 406 unless `application/json` is acceptable;
 * - `content`: 415 unless the content type is exactly `application/json` (parameters allowed).
 */
export type Guard = 'version' | 'accept' | 'content';

/** Query parameters in the order sent, percent-decoded, empty pairs dropped (http-api §1.16). */
export type QueryPairs = readonly (readonly [name: string, value: string])[];

export interface OperationRequest {
  readonly version: Microversion;
  readonly caller: Caller;
  /** A percent-decoded path parameter. Throws when the operation's path has none of that name. */
  parameter(name: string): string;
  /** The query; throws 400 `Invalid query string parameters` when it is not valid UTF-8. */
  query(): QueryPairs;
  /** The decoded JSON body; throws 400 `Malformed JSON:` (http-api §1.6). Not validated. */
  json(): unknown;
  /** Mount prefix for `links`, empty by default (http-api §1.15). */
  readonly linkPrefix: string;
}

export interface OperationAnswer {
  readonly status: 200 | 201 | 204;
  /** Sent as `application/json`; absent: no body and no content type. Text is sent as it is, already JSON. */
  readonly body?: object | string;
  /** In the place of `body`: JSON text in pieces of some ten thousand characters or bytes, for answers that may be large. */
  readonly pieces?: readonly BodyPiece[];
  /** To be called once the client has all of it, or is gone. */
  readonly sent?: () => void;
  /** Of a text that is not JSON. */
  readonly contentType?: string;
  /** Path below the mount prefix, e.g. `/traits/CUSTOM_X`; sent absolute in every version. */
  readonly location?: string;
  /** Sent with `cache-control: no-cache` from 1.15; absent: neither header. */
  readonly lastModified?: Date;
}

export interface Operation {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Template such as `/resource_providers/{uuid}/inventories/{resource_class}`. */
  readonly path: string;
  /** First and last minor microversion that have it; `until` is absent where it still exists. */
  readonly since: number;
  readonly until?: number;
  readonly guards: readonly Guard[];
  /** Status of a failed version guard; 404 when absent. */
  readonly tooOld?: 405;
  /** Null: open to everyone, without a token. */
  readonly rule: PolicyRule | null;
  /** Answered however busy the service is, ahead of everyone who waits: what is asked to find out how it is. */
  readonly urgent?: true;
  /** What it promises to its clients. */
  readonly contract: OperationContract;
  /** The caller's own project and user when absent. */
  target?(request: OperationRequest): PolicyTarget;
  answer(request: OperationRequest): Promise<OperationAnswer>;
}
