// Which groups need resources (http-api §13.4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCandidateQuery } from '../../src/candidates/parse-candidate-query.ts';
import { microversion } from '../../src/domain/microversion.ts';
import { decodeQuery } from '../../src/http/validation/decode-query.ts';
import { refusal } from '../http/validation/refusal.ts';

const A = 'aaaaaaaa-0000-4000-8000-000000000001';

const TRAITS = 'Found the following orphaned traits keys: ';
const MEMBER_OF =
  'All member_of parameters must be associated with resources.  Found the following orphaned member_of keys: ';
const ALL = 'All request groups must specify resources.';
const ONE = 'At least one request group (`resources` or `resources{$S}`) is required.';
const NONE = 'There must be at least one resources or resources[$S] parameter.';
const LOOSE = 'Resourceless suffixed group request should be specified in `same_subtree` query param';
const UNREAL = 'Real suffixes should be specified in `same_subtree`: ';

const UNDEFINED = 'placement.undefined_code';
const BAD = 'placement.query.bad_value';
const MISSING = 'placement.query.missing_value';

const refused: readonly (readonly [minor: number, query: string, code: string, text: string])[] = [
  [25, 'required=A', UNDEFINED, `${TRAITS}required`],
  [25, 'required=A&required1=B&resources2=VCPU:1', UNDEFINED, `${TRAITS}required, required1`],
  [35, 'required_B=A&required_A=B&resources_C=VCPU:1', UNDEFINED, `${TRAITS}required_B, required_A`],
  [35, `required=A,!B&member_of=${A}`, UNDEFINED, `${TRAITS}required`],
  [25, `member_of=${A}&resources=VCPU:1&member_of3=${A}`, UNDEFINED, `${MEMBER_OF}member_of3`],
  [25, `member_of=${A}&resources1=VCPU:1&member_of3=${A}`, UNDEFINED, `${MEMBER_OF}member_of, member_of3`],
  [32, `member_of1=!${A}`, UNDEFINED, `${MEMBER_OF}member_of1`],
  [25, `required=!A&member_of=${A}`, UNDEFINED, `${MEMBER_OF}member_of`],
  [25, 'required=!A', UNDEFINED, ALL],
  [31, `in_tree1=${A}&resources=VCPU:1`, UNDEFINED, ALL],
  [35, `in_tree=${A}`, UNDEFINED, ALL],
  [25, '', UNDEFINED, ONE],
  [35, 'limit=1', UNDEFINED, ONE],
  [36, '', MISSING, NONE],
  [36, 'required=A', MISSING, NONE],
  [36, 'required_A=A&same_subtree=_A', MISSING, NONE],
  [39, 'same_subtree=_A', MISSING, NONE],
  [36, 'resources=VCPU:1&required_A=T', BAD, `${LOOSE}: bad group(s) - ['_A'].`],
  [36, 'resources_A=VCPU:1&required=T', BAD, LOOSE],
  [36, `resources_A=VCPU:1&in_tree_B=${A}&required_C=T&same_subtree=_A,_B`, BAD, `${LOOSE}: bad group(s) - ['_C'].`],
  [36, 'resources_A=VCPU:1&required_C=T&same_subtree=_A,_B', BAD, LOOSE],
  [36, 'resources_A=VCPU:1&same_subtree=_A,_B', BAD, `${UNREAL}['_B'] not found in ['_A'].`],
  [36, 'resources_A=VCPU:1&same_subtree=_a', BAD, UNREAL],
  [36, 'resources_A=VCPU:1&same_subtree=__proto__', BAD, UNREAL],
];

for (const [minor, query, code, text] of refused) {
  test(`1.${minor} refuses ?${query}`, () => {
    const error = refusal(() => parseCandidateQuery(decodeQuery(query), microversion(minor)));
    assert.ok(error.message.includes(text), error.message);
    assert.equal(error.code, code);
  });
}

const taken: readonly (readonly [minor: number, query: string])[] = [
  [25, 'resources1=VCPU:1'],
  [35, 'resources=VCPU:1&required=!A'],
  [36, 'resources=VCPU:1&required_A=T&same_subtree=_A'],
  [36, `resources_A=VCPU:1&in_tree_B=${A}&same_subtree=_A,_B&group_policy=none`],
  [36, 'resources_A=VCPU:1&same_subtree=_A%20'],
];

for (const [minor, query] of taken) {
  test(`1.${minor} takes ?${query}`, () => {
    assert.ok(parseCandidateQuery(decodeQuery(query), microversion(minor)));
  });
}
