// A candidate search out of its query: what it becomes, and which of several errors answers (http-api §13.3).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCandidateQuery } from '../../src/candidates/parse-candidate-query.ts';
import { microversion } from '../../src/domain/microversion.ts';
import { decodeQuery } from '../../src/http/validation/decode-query.ts';
import { assertRefused, refusal } from '../http/validation/refusal.ts';

const A = 'aaaaaaaa-0000-4000-8000-000000000001';
const B = 'bbbbbbbb-0000-4000-8000-000000000002';

function parse(minor: number, query: string) {
  return parseCandidateQuery(decodeQuery(query), microversion(minor));
}

function refused(minor: number, query: string, ...fragments: readonly string[]): void {
  test(`1.${minor} refuses ?${query}`, () => {
    assertRefused(() => parse(minor, query), ...fragments);
  });
}

const NO_TRAITS = { anyOf: [], forbidden: [] };
const NO_AGGREGATES = { anyOf: [], forbidden: [] };

test('the oldest query has one group and nothing else', () => {
  assert.deepEqual(parse(10, 'resources=VCPU:1'), {
    version: 10,
    groups: [
      {
        suffix: '',
        resources: [{ resourceClass: 'VCPU', amount: 1 }],
        traits: NO_TRAITS,
        aggregates: NO_AGGREGATES,
        inTree: null,
      },
    ],
    groupPolicy: null,
    rootRequired: null,
    sameSubtree: [],
    limit: null,
  });
});

test('parameters of one suffix make one group, groups in order of first appearance', () => {
  const query = parse(
    39,
    `required_NET=in:T1,T2&resources=VCPU:1,DISK_GB:10%20&required-X=A,B%20&resources_NET=SRIOV_NET_VF:1&in_tree=%20${A}%20` +
      `&required_NET=!T3&member_of_NET=in:${A},${B}&member_of_NET=!${B}&group_policy=isolate&limit=5` +
      '&same_subtree=_NET,-X%20,_NET&same_subtree=_NET&root_required=R1,!R2',
  );
  assert.deepEqual(query, {
    version: 39,
    groups: [
      {
        suffix: '_NET',
        resources: [{ resourceClass: 'SRIOV_NET_VF', amount: 1 }],
        traits: { anyOf: [['T1', 'T2']], forbidden: ['T3'] },
        aggregates: { anyOf: [[A, B]], forbidden: [B] },
        inTree: null,
      },
      {
        suffix: '',
        resources: [
          { resourceClass: 'VCPU', amount: 1 },
          { resourceClass: 'DISK_GB', amount: 10 },
        ],
        traits: NO_TRAITS,
        aggregates: NO_AGGREGATES,
        inTree: A,
      },
      {
        suffix: '-X',
        resources: [],
        traits: { anyOf: [['A'], ['B']], forbidden: [] },
        aggregates: NO_AGGREGATES,
        inTree: null,
      },
    ],
    groupPolicy: 'isolate',
    rootRequired: { required: ['R1'], forbidden: ['R2'] },
    sameSubtree: [['_NET', '-X'], ['_NET']],
    limit: 5,
  });
});

test('suffixes that look like integers keep the order of the query', () => {
  const query = parse(25, 'resources10=VCPU:1&resources2=VCPU:1&resources=VCPU:1&group_policy=none');
  assert.deepEqual(
    query.groups.map((group) => group.suffix),
    ['10', '2', ''],
  );
});

test('suffixes named like members of Object.prototype are suffixes', () => {
  const query = parse(39, 'resources__proto__=VCPU:1&resourcesconstructor=VCPU:2&group_policy=none');
  assert.deepEqual(
    query.groups.map(({ suffix, resources }) => [suffix, resources[0]?.amount]),
    [
      ['__proto__', 1],
      ['constructor', 2],
    ],
  );
});

test('a name that is no group parameter at its microversion makes no group', () => {
  const suffixes = (minor: number, query: string) => parse(minor, query).groups.map((group) => group.suffix);
  assert.deepEqual(suffixes(24, 'resources=VCPU:1&resources1=VCPU:1'), ['']);
  assert.deepEqual(suffixes(25, 'resources=VCPU:1&resources1=VCPU:1'), ['', '1']);
  assert.deepEqual(suffixes(32, 'resources=VCPU:1&resources_A=VCPU:1&resources01=VCPU:1'), ['']);
  assert.deepEqual(suffixes(33, 'resources=VCPU:1&resources_A=VCPU:1&resources_=VCPU:1&group_policy=none'), [
    '',
    '_A',
    '_',
  ]);
  assert.deepEqual(suffixes(39, `resources=VCPU:1&resources${'a'.repeat(65)}=VCPU:1`), ['']);
});

test('of repeated values the first limit and group_policy count, and the last of resources and in_tree', () => {
  const query = parse(
    36,
    `resources=broken&limit=5&limit=6&group_policy=isolate&group_policy=none&in_tree=x&resources=VCPU:1&in_tree=${A}`,
  );
  assert.equal(query.limit, 5);
  assert.equal(query.groupPolicy, 'isolate');
  assert.equal(query.groups[0]?.inTree, A);
  assert.equal(query.groups[0]?.resources[0]?.resourceClass, 'VCPU');
});

test('a limit beyond any number of candidates is taken', () => {
  assert.equal(parse(16, `resources=VCPU:1&limit=${'9'.repeat(1000)}`).limit, Number.MAX_SAFE_INTEGER);
});

// The schema has seen the last value only.
refused(16, 'resources=VCPU:1&limit=cow&limit=1', 'Invalid query string parameters', "'cow' does not match");
refused(25, 'resources=VCPU:1&group_policy=x&group_policy=none', "'x' is not one of ['none', 'isolate']");

// Request-wide parameters come before groups.
test('root_required is given once', () => {
  const error = refusal(() => parse(35, 'root_required=A&resources=broken&root_required=,'));
  assert.equal(error.message, "Query parameter 'root_required' may be specified only once.");
  assert.equal(error.code, 'placement.query.duplicate_key');
});
refused(35, 'root_required=A,,&resources=broken', 'HW_CPU_X86_VMX,!CUSTOM_MAGIC.');
refused(39, 'root_required=in:A&resources=VCPU:1', 'only supported since microversion 1.39.');
test('root_required has no conflict in itself', () => {
  const error = refusal(() => parse(35, 'resources=broken&root_required=B,!B,A,!A,C'));
  assert.match(error.message, /Conflicting required and forbidden traits found in root_required: A, B$/);
  assert.equal(error.code, 'placement.query.bad_value');
});
test('same_subtree names no empty suffix', () => {
  for (const value of ['', ',', '_A,', '_A,%20,_B']) {
    const error = refusal(() => parse(36, `resources=broken&same_subtree=_A&same_subtree=${value}`));
    assert.match(error.message, /Empty string \(unsuffixed group\) can not be specified in `same_subtree`/);
    assert.equal(error.code, 'placement.query.bad_value');
  }
});
refused(36, 'same_subtree=&root_required=,', "Expected 'required' parameter");

// Group parameters answer in query order, each name at its first appearance.
refused(36, 'resources=&required=,&member_of=x&in_tree=x', 'Got: empty string.');
refused(36, 'required=,&member_of=x&in_tree=x&resources=', "Expected 'required' parameter");
refused(36, 'member_of=x&in_tree=x&resources=&required=,', "Expected 'member_of' parameter");
refused(36, 'in_tree=x&resources=', "Expected 'in_tree' parameter to be a format of uuid. Got: x");
refused(31, 'resources1=VCPU:1&in_tree1=', "Expected 'in_tree' parameter to be a format of uuid");
refused(36, 'resources=VCPU:1&resources_A=&resources=', 'Got: empty string.');
refused(22, `resources=VCPU:1&member_of=${A}&member_of=${B}`, 'Multiple member_of parameters are not supported');
refused(31, `resources1=VCPU:1&member_of1=!${A}`, 'Forbidden member_of1 parameters are not supported');
refused(36, 'in_tree=x', "Expected 'in_tree'");

// Conflicts come after completeness and before the missing policy.
const CONFLICT = 'Conflicting required and forbidden traits found in the following traits keys: ';
refused(22, 'resources=VCPU:1&required=B,!B,A,!A,C', `${CONFLICT}required: (A, B)`);
refused(36, 'resources_A=VCPU:1&resources_B=VCPU:1&required_A=T,!T', `${CONFLICT}required_A: (T)`);
refused(39, 'resources=VCPU:1&required=in:A,B&required=!A,!B', `${CONFLICT}required: (A, B)`);
refused(
  36,
  'resources_B=VCPU:1&required_B=T,!T&resources=VCPU:1&required=S,!S&resources_A=VCPU:1&required_A=R,!R',
  `${CONFLICT}required: (S), required_A: (R), required_B: (T)`,
);
test('an alternative that is forbidden in part only is no conflict', () => {
  const query = parse(39, 'resources=VCPU:1&required=in:A,B&required=!A');
  assert.deepEqual(query.groups[0]?.traits, { anyOf: [['A', 'B']], forbidden: ['A'] });
});

// group_policy
const POLICY = 'The "group_policy" parameter is required when specifying more than one "resources{N}" parameter.';
refused(25, 'resources1=VCPU:1&resources2=VCPU:1', POLICY);
refused(36, 'resources=VCPU:1&resources_A=VCPU:1&required_B=T&same_subtree=_A,_B', POLICY);
test('one suffixed group needs no group_policy', () => {
  assert.equal(parse(25, 'resources=VCPU:1&resources1=VCPU:1').groups.length, 2);
  assert.equal(parse(25, 'resources1=VCPU:1&resources2=VCPU:1&group_policy=none').groups.length, 2);
});
