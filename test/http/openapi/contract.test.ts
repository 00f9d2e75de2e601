// The check of answers is itself checked: a right answer passes, and every single thing that could be wrong with one is
// found.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkContract, type Exchange } from '../../support/contract.ts';

const REQUEST_ID = 'req-c08ce9b9-7b5b-41fd-afa8-924988eb5342';
const UUID = 'fcfa516a-abbe-45d1-8152-d5225d82e596';
const PATH = `/resource_providers/${UUID}/usages`;
const BODY = { resource_provider_generation: 2, usages: { VCPU: 7 } };
const DATE = 'Fri, 20 Nov 2026 20:36:31 GMT';

const NEGOTIATED = {
  'openstack-api-version': 'placement 1.39',
  vary: 'openstack-api-version',
  'x-openstack-request-id': REQUEST_ID,
};

function right(changes: Partial<Exchange> = {}): Exchange {
  return {
    method: 'GET',
    path: PATH,
    version: '1.39',
    status: 200,
    headers: {
      ...NEGOTIATED,
      'content-type': 'application/json',
      'last-modified': DATE,
      'cache-control': 'no-cache',
    },
    text: JSON.stringify(BODY),
    ...changes,
  };
}

function wrongHeaders(changes: Exchange['headers']): Exchange {
  return right({ headers: { ...right().headers, ...changes } });
}

const withBody = (body: unknown): Exchange => right({ text: JSON.stringify(body) });

function notFound(error: object): Exchange {
  return right({
    status: 404,
    headers: { ...NEGOTIATED, 'content-type': 'application/json' },
    text: JSON.stringify({ errors: [error] }),
  });
}

const ERROR = {
  status: 404,
  title: 'Not Found',
  detail: 'The resource could not be found.\n\n No resource provider  ',
  code: 'placement.undefined_code',
  request_id: REQUEST_ID,
};

test('right answers pass', () => {
  checkContract(right());
  checkContract(notFound(ERROR));
  checkContract(right({ path: `${PATH}?ignored=1` }));
});

const WRONG: Readonly<Record<string, Exchange>> = {
  'a member too many': withBody({ ...BODY, name: 'x' }),
  'a member too few': withBody({ usages: {} }),
  'a value of another type': withBody({ ...BODY, resource_provider_generation: '2' }),
  'a key that is none': withBody({ ...BODY, usages: { vcpu: 7 } }),
  'a body of another form': withBody([BODY]),
  'no body': right({ text: '' }),
  'a status that it does not have': right({ status: 204 }),
  'another version': wrongHeaders({ 'openstack-api-version': 'placement 1.38' }),
  'no version': wrongHeaders({ 'openstack-api-version': undefined }),
  'a charset': wrongHeaders({ 'content-type': 'application/json; charset=utf-8' }),
  'no date': wrongHeaders({ 'last-modified': undefined }),
  'a date of another form': wrongHeaders({ 'last-modified': '2026-11-20T20:36:31Z' }),
  'a location': wrongHeaders({ location: `http://localhost${PATH}` }),
  'no request id': wrongHeaders({ 'x-openstack-request-id': undefined }),
  'an error with a member too many': notFound({ ...ERROR, links: [] }),
  'an error of another status': notFound({ ...ERROR, status: 400 }),
  'an error of an unknown code': notFound({ ...ERROR, code: 'placement.nothing' }),
  'an error whose message is two lines': notFound({ ...ERROR, detail: `${ERROR.detail}\nmore` }),
  'an unknown path that is found': right({ path: '/nothing' }),
  'a method that there is not': right({ method: 'PATCH' }),
  'an operation that its version does not have': right({ path: '/usages?project_id=x', version: '1.8' }),
  'a date before 1.15': right({
    version: '1.14',
    headers: { ...right().headers, 'openstack-api-version': 'placement 1.14' },
  }),
  'a code before 1.23': {
    ...notFound(ERROR),
    version: '1.22',
    headers: { ...notFound(ERROR).headers, 'openstack-api-version': 'placement 1.22' },
  },
  'a version that does not exist, served': right({ version: '1.40' }),
};

for (const [what, exchange] of Object.entries(WRONG)) {
  test(`${what} is found`, () => {
    assert.throws(() => checkContract(exchange), /breaks its contract/);
  });
}
