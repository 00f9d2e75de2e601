// An OpenAPI document that answers can be held against. Its schemas are compiled when an answer first needs them, and
// equal ones only once: most operations answer alike at many microversions.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { DOCUMENT_METHODS, type OpenApiDocument } from '../../src/http/openapi/document.ts';
import { errorName, type HeaderObject, type Reference, type ResponseObject } from '../../src/http/openapi/responses.ts';
import type { DocumentSchema } from '../../src/http/openapi/schema.ts';
import type { Operation } from '../../src/http/operation.ts';

/** An answer as a client sees it. */
export interface Answer {
  readonly method: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Empty: no body. */
  readonly text: string;
}

/** Responses by status. */
export type Responses = ReadonlyMap<number, ResponseObject>;

/** Headers that only those answers have whose response names them. */
const PROMISED_HEADERS = ['location', 'last-modified', 'cache-control', 'allow'] as const;
const JSON_TYPE = 'application/json';
const RESPONSES_REFERENCE = '#/components/responses/';
const HEADERS_REFERENCE = '#/components/headers/';

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, strictTypes: false });
const validators = new WeakMap<DocumentSchema, ValidateFunction>();
const validatorsByText = new Map<string, ValidateFunction>();

export class CheckedDocument {
  readonly #document: OpenApiDocument;
  readonly #responses = new Map<Operation, Responses>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
  }

  /** What the document says of an operation that it has. */
  responsesOf(operation: Operation): Responses {
    const known = this.#responses.get(operation);
    if (known !== undefined) return known;
    const method = DOCUMENT_METHODS[operation.method];
    const described = Object.entries(this.#document.paths[operation.path]?.[method]?.responses ?? {});
    const responses = new Map(
      described.map(([status, response]) => [Number(status), '$ref' in response ? this.#referred(response) : response]),
    );
    this.#responses.set(operation, responses);
    return responses;
  }

  /** The shared responses of error statuses. */
  errors(statuses: readonly number[]): Responses {
    return new Map(statuses.map((status) => [status, this.shared(errorName(status))]));
  }

  /** A shared response. Throws when the document has none of that name. */
  shared(name: string): ResponseObject {
    const response = this.#document.components.responses[name];
    if (response === undefined) throw new Error(`the document has no response ${name}`);
    return response;
  }

  /** What is wrong with the answer, if only these responses are allowed; null: nothing. */
  problem(allowed: Responses, answer: Answer): string | null {
    const response = allowed.get(answer.status);
    if (response === undefined) return `only ${[...allowed.keys()].join(', ')} are allowed`;
    return this.#headersProblem(response, answer.headers) ?? bodyProblem(response, answer);
  }

  #headersProblem({ headers = {} }: ResponseObject, sent: Answer['headers']): string | null {
    for (const name of PROMISED_HEADERS) {
      if (sent[name] !== undefined && !Object.hasOwn(headers, name)) return `there is ${name}: ${sent[name]}`;
    }
    for (const [name, header] of Object.entries(headers)) {
      const { required, schema } = this.#header(header);
      const value = sent[name];
      if (value === undefined) {
        if (required) return `there is no header ${name}`;
      } else if (schema.const !== undefined ? value !== schema.const : !matches(schema.pattern, value)) {
        return `${name} is ${value}`;
      }
    }
    return null;
  }

  #header(header: HeaderObject | Reference): HeaderObject {
    if (!('$ref' in header)) return header;
    const found = this.#document.components.headers[header.$ref.slice(HEADERS_REFERENCE.length)];
    if (found === undefined) throw new Error(`the document has no ${header.$ref}`);
    return found;
  }

  #referred({ $ref }: Reference): ResponseObject {
    return this.shared($ref.slice(RESPONSES_REFERENCE.length));
  }
}

function bodyProblem({ content }: ResponseObject, { method, headers, text }: Answer): string | null {
  const type = headers['content-type'];
  if (content === undefined && type === undefined) return text === '' ? null : 'there is a body';
  const schema =
    typeof type === 'string' && content !== undefined && Object.hasOwn(content, type) && content[type]?.schema;
  if (!schema) return `the content type is ${type}`;
  // HEAD has the headers of an answer and never its body.
  if (method === 'HEAD') return text === '' ? null : 'there is a body';
  if (type !== JSON_TYPE) return text === '' ? 'there is no body' : null;
  const validate = validatorOf(schema);
  try {
    return validate(JSON.parse(text)) ? null : faults(validate);
  } catch (error) {
    return `the body is no JSON: ${error}`;
  }
}

function validatorOf(schema: DocumentSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(schema);
  const validator = validatorsByText.get(text) ?? ajv.compile(schema);
  validatorsByText.set(text, validator);
  validators.set(schema, validator);
  return validator;
}

function matches(pattern: string | undefined, value: string | readonly string[]): boolean {
  return pattern === undefined || new RegExp(pattern, 'u').test(String(value));
}

/** `/allocations/x must NOT have additional properties {"additionalProperty":"y"}` */
function faults({ errors }: ValidateFunction): string {
  return (errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('; ');
}
