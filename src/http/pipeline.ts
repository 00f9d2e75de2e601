// A request's way from its head to its answer: the stages of http-api §1.1, top to bottom in `serve`. The first stage
// with an objection answers, and every answer, whichever stage made it, leaves through `finish`.

import type { AuthenticationResult, Authenticator, Caller, RequestHeaders, RequestLine } from '../auth/caller.ts';
import type { Settings } from '../config/settings.ts';
import type { BerthError } from '../domain/errors/declare.ts';
import { methodNotAllowed, notAcceptable, pathUnknown, policyForbids } from '../domain/errors/http.ts';
import { formatMicroversion, type Microversion } from '../domain/microversion.ts';
import type { PolicyEnforcer } from '../policy/enforcer.ts';
import type { HttpMetrics } from '../telemetry/http-metrics.ts';
import { type IdentifierPolicy, identifierFields } from '../telemetry/identifiers.ts';
import type { Logger } from '../telemetry/logger.ts';
import { logRequest } from '../telemetry/request-log.ts';
import { Deadlines } from '../timing/deadlines.ts';
import { acceptsJson } from './accept.ts';
import { checkContentHeaders, checkContentIsJson } from './content-checks.ts';
import { preflightAnswer, withCorsHeaders } from './cors.ts';
import { asBerthError, errorAnswer } from './errors.ts';
import { answerBody, type HttpAnswer, headerText, type IncomingRequest } from './incoming.ts';
import { limitRefusals } from './limits.ts';
import { negotiateVersion, VERSION_HEADER, versionHeaders } from './microversion-header.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { ANONYMOUS, operationRequest, withBody } from './operation-request.ts';
import { publicAddress } from './public-address.ts';
import { globalRequestId, newRequestId, REQUEST_ID_HEADER } from './request-id.ts';
import { decodePath, parseTarget, type RequestTarget } from './request-target.ts';
import {
  checkOperationInVersion,
  createRoutingTable,
  operationFor,
  pathParameter,
  type RouteMatch,
} from './routing.ts';
import { shedAnswer } from './shed-answer.ts';
import { ShedLog } from './shed-log.ts';
import { successAnswer } from './success.ts';
import { versionDocument } from './version-document.ts';

export interface PipelineParts {
  readonly operations: readonly Operation[];
  readonly authenticator: Authenticator;
  readonly policy: PolicyEnforcer;
  readonly settings: Pick<Settings, 'cors' | 'enableProxyHeadersParsing' | 'limits'>;
  readonly logger: Logger;
  /** Whether the line of a request names people; it does not when absent. */
  readonly identifiers?: IdentifierPolicy;
  /** What clients speak to the socket itself; `http` when absent. A proxy in front may speak something else. */
  readonly scheme?: 'http' | 'https';
  /** Nothing is counted when absent. */
  readonly metrics?: HttpMetrics;
  /** Empty, or a path without a slash at its end, such as `/placement`. */
  readonly mountPrefix: string;
}

export interface Pipeline {
  /** The answer to a request that was let in, logged. Never rejects. */
  answer(request: IncomingRequest): Promise<HttpAnswer>;
  /** True for what is answered however many others wait: how the service is, and the permissions that browsers ask for. */
  isUrgent(request: RequestHead): boolean;
  /** The answer to a request that is not let in, counted. Made of little, since there may be thousands. */
  shed(refusal: BerthError, request: RequestHead): HttpAnswer;
  /** The answer to what is no request, logged. Of its head only the form of the answer is taken, if it is known. */
  refuse(error: BerthError, head: Pick<IncomingRequest, 'method' | 'headers'> | null): HttpAnswer;
}

/** What is known of a request before anything was done about it. */
export type RequestHead = Pick<IncomingRequest, 'method' | 'target' | 'headers'>;

/** How far a request got: its answer and its log line tell no more than was established. */
interface Progress {
  readonly requestId: string;
  readonly startedAt: number;
  version: Microversion | null;
  match: RouteMatch | null;
  caller: Caller | null;
}

/** What a request target names. */
interface Routed {
  readonly text: string;
  readonly target: RequestTarget;
  readonly match: RouteMatch | null;
}

interface Outcome {
  readonly answer: HttpAnswer;
  /** Null on success. */
  readonly errorKind: string | null;
  /** The setting whose bound refused it. */
  readonly limit: string | null;
}

/** Smaller answers fit into a socket's buffers. */
const LARGE_ANSWER_BYTES = 64 * 1024;
const NO_HEAD: Pick<IncomingRequest, 'method' | 'headers'> = { method: '-', headers: {} };

export function createPipeline(parts: PipelineParts): Pipeline {
  const { authenticator, policy, settings, logger, metrics, mountPrefix } = parts;
  const { cors, limits } = settings;
  const table = createRoutingTable([versionDocument, ...parts.operations]);
  const refusals = limitRefusals(limits);
  const deadlines = new Deadlines(limits.requestTimeoutMs);
  const shedLog = new ShedLog(logger);
  let unsentBytes = 0;
  let latest: Routed | null = null;
  const identifiersOf = identifierFields(parts.identifiers ?? { kind: 'none' });

  async function serve(request: IncomingRequest, progress: Progress): Promise<Outcome> {
    const { method, headers } = request;
    if (Buffer.byteLength(request.target) > limits.urlBytesMax) throw refusals.urlTooLong();
    if (cors !== null && method === 'OPTIONS') return succeeded(preflightAnswer(cors, headers));

    const { target, match } = routed(request.target);
    progress.match = match;
    let caller = ANONYMOUS;
    if (match === null || !match.resource.open) {
      const called = { method, path: decodePath(target.rawPath) ?? target.rawPath };
      const authentication = await identify(headers, called);
      if (authentication.kind !== 'caller') return refusedByIdentity(authentication);
      caller = authentication.caller;
      progress.caller = caller;
    }

    const version = negotiateVersion(headerText(headers, VERSION_HEADER));
    progress.version = version;
    checkContentHeaders(headers);

    if (match === null) throw pathUnknown({});
    const candidates = match.resource.operations.get(method);
    if (candidates === undefined) throw methodNotAllowed({});
    if (request.defect !== null) throw request.defect;
    const operation = operationFor(candidates, version);
    passGuards(operation, version, headers);

    const address = publicAddress({
      headers,
      socketScheme: parts.scheme ?? 'http',
      targetAuthority: target.authority,
      localAuthority: request.localAuthority,
      mountPrefix,
      trustProxyHeaders: settings.enableProxyHeadersParsing,
    });
    const bodiless = operationRequest({
      operation,
      segments: match.segments,
      version,
      caller,
      linkPrefix: address.prefix,
      rawQuery: target.rawQuery,
      queryParametersMax: limits.queryParametersMax,
      refusals,
    });
    await checkPolicy(operation, caller, bodiless);
    const complete = operation.guards.includes('content')
      ? withBody(bodiless, await request.readBody(), limits.jsonDepthMax)
      : bodiless;
    return succeeded(successAnswer(await inTime(operation.answer(complete)), version, address));
  }

  async function identify(headers: RequestHeaders, called: RequestLine): Promise<AuthenticationResult> {
    const askedAt = performance.now();
    let result: AuthenticationResult['kind'] | 'failed' = 'failed';
    try {
      const authentication = await inTime(authenticator.authenticate(headers, called));
      result = authentication.kind;
      return authentication;
    } finally {
      metrics?.identified(result, performance.now() - askedAt);
    }
  }

  /** A request is asked about when it comes in and when it is served or refused, nearly always with no other in between. */
  function routed(text: string): Routed {
    if (latest?.text === text) return latest;
    const target = parseTarget(text);
    const path = decodePath(target.rawPath);
    const match = path?.startsWith(mountPrefix) ? table.find(path.slice(mountPrefix.length)) : null;
    latest = { text, target, match };
    return latest;
  }

  /** The refusal comes after 404, 405, 406 and 415, and before anything is parsed or looked up (http-api §1.1). */
  async function checkPolicy(operation: Operation, caller: Caller, request: OperationRequest): Promise<void> {
    const { rule } = operation;
    if (rule === null) return;
    const target = operation.target?.(request) ?? { project_id: caller.projectId, user_id: caller.userId };
    if (await inTime(policy.allows(rule, caller, target))) return;
    metrics?.denied(rule);
    throw policyForbids({ rule });
  }

  function failed(thrown: unknown, progress: Progress, method: string, headers: RequestHeaders): Outcome {
    const error = asBerthError(thrown);
    const { requestId, version, match } = progress;
    if (error !== thrown)
      logger.error({ err: thrown, requestId, route: match?.resource.path ?? '-' }, 'unexpected failure');
    const answer = errorAnswer(error, { requestId, version, method, accept: headerText(headers, 'accept') });
    const { kind: errorKind, limit } = error;
    if (errorKind !== 'http.method_not_allowed' || match === null) return { answer, errorKind, limit };
    return { answer: { ...answer, headers: { ...answer.headers, allow: match.resource.allow } }, errorKind, limit };
  }

  function finish(outcome: Outcome, progress: Progress, method: string, headers: RequestHeaders): HttpAnswer {
    const { answer, errorKind, limit } = outcome;
    const { requestId, version, match } = progress;
    const answered = {
      method,
      route: match?.resource.path ?? null,
      microversion: version === null ? null : formatMicroversion(version),
      status: answer.status,
      durationMs: performance.now() - progress.startedAt,
      errorKind,
    };
    metrics?.answered({ ...answered, limit });
    const named = identifiersOf({
      consumer: match === null ? null : pathParameter(match, 'consumer_uuid'),
      project: progress.caller?.projectId ?? null,
      user: progress.caller?.userId ?? null,
    });
    logRequest(logger, {
      ...answered,
      named,
      requestId,
      globalRequestId: globalRequestId(headerText(headers, REQUEST_ID_HEADER)),
      answerBytes: method === 'HEAD' ? 0 : (answer.body?.bytes ?? 0),
    });
    const complete = {
      ...answer,
      headers: {
        ...answer.headers,
        ...(version === null ? {} : versionHeaders(version)),
        // Every 503 of ours passes by itself: a database that restarts, an identity service that does not answer.
        ...(answer.status === 503 ? { 'retry-after': '1' } : {}),
        [REQUEST_ID_HEADER]: requestId,
      },
    };
    return cors === null || method === 'OPTIONS' ? complete : withCorsHeaders(cors, headers, complete);
  }

  /** Large answers count until the client has them: of those who read slowly, only so many can be borne. */
  function accounted(outcome: Outcome): Outcome {
    const { body, sent: sentBefore } = outcome.answer;
    if (body === null || body.bytes < LARGE_ANSWER_BYTES) return outcome;
    const { bytes } = body;
    if (unsentBytes > 0 && unsentBytes + bytes > limits.unsentBytesMax) throw refusals.answersUnsentTooMany();
    unsentBytes += bytes;
    const sent = (): void => {
      unsentBytes -= bytes;
      sentBefore?.();
    };
    return { ...outcome, answer: { ...outcome.answer, sent } };
  }

  /** A stage that hangs is given up; the client is told that it may still take effect. Most are done at once. */
  function inTime<Result>(work: Result | Promise<Result>): Result | Promise<Result> {
    return work instanceof Promise ? deadlines.inTime(work, refusals.notServedInTime) : work;
  }

  return {
    isUrgent({ method, target }) {
      if (cors !== null && method === 'OPTIONS') return true;
      return routed(target).match?.resource.urgent ?? false;
    },
    shed(refusal, { method, target, headers }) {
      const { status, kind: errorKind, limit } = refusal;
      const route = routed(target).match?.resource.path ?? null;
      metrics?.shed({ method, route, status, errorKind, limit });
      // A line for each would cost an overloaded service more than the refusal itself.
      shedLog.count();
      const answer = shedAnswer(refusal, newRequestId(), headerText(headers, 'accept'));
      return cors === null ? answer : withCorsHeaders(cors, headers, answer);
    },
    async answer(request) {
      const progress = newProgress(request.arrivedAt);
      const { method, headers } = request;
      let outcome: Outcome;
      try {
        outcome = accounted(await serve(request, progress));
      } catch (thrown) {
        outcome = failed(thrown, progress, method, headers);
      }
      return finish(outcome, progress, method, headers);
    },
    refuse(error, head) {
      const progress = newProgress(performance.now());
      const { method, headers } = head ?? NO_HEAD;
      return finish(failed(error, progress, method, headers), progress, method, headers);
    },
  };
}

function newProgress(startedAt: number): Progress {
  return { requestId: newRequestId(), startedAt, version: null, match: null, caller: null };
}

/** Stage 9: the operation's guards in its own order (http-api §1.2). */
function passGuards(operation: Operation, version: Microversion, headers: RequestHeaders): void {
  for (const guard of operation.guards) {
    switch (guard) {
      case 'version':
        checkOperationInVersion(operation, version);
        break;
      case 'accept':
        if (!acceptsJson(headerText(headers, 'accept'))) throw notAcceptable({});
        break;
      case 'content':
        checkContentIsJson(headers);
        break;
    }
  }
}

function succeeded(answer: HttpAnswer): Outcome {
  return { answer, errorKind: null, limit: null };
}

/** Identity's own answers, outside microversions and the format of other errors (operations §2.10). */
function refusedByIdentity(refusal: Exclude<AuthenticationResult, { readonly kind: 'caller' }>): Outcome {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(refusal.headers)) headers[name.toLowerCase()] = value;
  const text = typeof refusal.body === 'string' ? refusal.body : JSON.stringify(refusal.body);
  return {
    answer: { status: refusal.kind === 'unauthorized' ? 401 : 503, headers, body: answerBody(text) },
    errorKind: `identity.${refusal.kind}`,
    limit: null,
  };
}
