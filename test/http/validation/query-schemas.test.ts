// Which parameters the four validated query strings take at which microversion, and what they say of others
// (http-api §4.2, §7.1, §11.2, §13.2).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Microversion, microversion } from '../../../src/domain/microversion.ts';
import {
  validateCandidateParameters,
  validateProviderListParameters,
  validateTraitListParameters,
  validateUsageParameters,
} from '../../../src/http/schemas/query-schemas.ts';
import { decodeQuery } from '../../../src/http/validation/decode-query.ts';
import { assertRefused } from './refusal.ts';

const UUID = '4b0d0000-0000-4000-8000-000000000001';
const DASHLESS = UUID.replaceAll('-', '');

type Validate = (pairs: ReturnType<typeof decodeQuery>, version: Microversion) => void;

function taken(validate: Validate, minor: number, query: string): void {
  test(`1.${minor} takes ?${query}`, () => {
    assert.doesNotThrow(() => validate(decodeQuery(query), microversion(minor)));
  });
}

function refused(validate: Validate, minor: number, query: string, ...fragments: readonly string[]): void {
  test(`1.${minor} refuses ?${query.slice(0, 100)}`, () => {
    const act = () => validate(decodeQuery(query), microversion(minor));
    assertRefused(act, 'Invalid query string parameters: ', ...fragments);
  });
}

// GET /resource_providers

const providers = validateProviderListParameters;
const providerParameters = [
  { name: 'name', since: 0, value: 'x' },
  { name: 'uuid', since: 0, value: UUID },
  { name: 'member_of', since: 3, value: 'x' },
  { name: 'resources', since: 4, value: 'x' },
  { name: 'in_tree', since: 14, value: UUID },
  { name: 'required', since: 18, value: 'x' },
];
for (const { name, since, value } of providerParameters) {
  taken(providers, since, `${name}=${value}`);
  if (since === 0) continue;
  const text = `Additional properties are not allowed ('${name}' was unexpected)`;
  refused(providers, since - 1, `${name}=${value}`, text);
}
taken(providers, 39, '');
taken(providers, 0, 'name=');
taken(providers, 0, `uuid=q&uuid=${UUID}`);
refused(providers, 0, `uuid=${UUID}&uuid=q`, "'q' is not a 'uuid'", "Failed validating 'format'");
refused(providers, 39, `uuid=${DASHLESS}`, "is not a 'uuid'");
refused(providers, 39, 'uuid=', "'' is not a 'uuid'");
refused(providers, 39, `in_tree=${DASHLESS}`, "Failed validating 'format' in schema['properties']['in_tree']");
refused(providers, 39, `in_tree=${UUID}%20`, "is not a 'uuid'");
for (const name of ['limit', 'resources1', 'root_required', 'Name', '__proto__', 'constructor']) {
  refused(providers, 39, `${name}=1`, `Additional properties are not allowed ('${name}' was unexpected)`);
}

// GET /traits

const traits: Validate = (pairs) => validateTraitListParameters(pairs);
taken(traits, 6, 'name=in:A&associated=true');
taken(traits, 6, 'name=&associated=');
refused(traits, 6, 'nmae=in:A', 'Additional properties are not allowed');

// GET /usages

const usages = validateUsageParameters;
taken(usages, 9, 'project_id=p');
taken(usages, 9, 'project_id=p&user_id=u');
taken(usages, 9, `project_id=${encodeURIComponent('🏔'.repeat(255))}`);
refused(usages, 9, '', "'project_id' is a required property");
refused(usages, 9, 'user_id=u', "'project_id' is a required property");
refused(usages, 9, 'project_id=', "'' is too short", "Failed validating 'minLength'");
refused(usages, 9, 'project_id=p&user_id=', "Failed validating 'minLength'");
refused(usages, 9, `project_id=${'p'.repeat(256)}`, 'is too long', "Failed validating 'maxLength'");
refused(usages, 9, `project_id=p&user_id=${'u'.repeat(256)}`, "Failed validating 'maxLength'");
refused(usages, 9, 'project_id=p&bogus=1', "Additional properties are not allowed ('bogus' was unexpected)");
refused(usages, 37, 'project_id=p&consumer_type=X', "'consumer_type' was unexpected");
for (const type of ['INSTANCE', 'A_1', 'ALL', 'UNKNOWN', 'all', 'unknown', 'A'.repeat(255)]) {
  taken(usages, 38, `project_id=p&consumer_type=${type}`);
}
refused(usages, 38, 'project_id=p&consumer_type=', "Failed validating 'minLength'");
refused(usages, 38, `project_id=p&consumer_type=${'A'.repeat(256)}`, "Failed validating 'maxLength'");
for (const type of ['instance', 'All', 'unknown1', 'A%0A', 'A-B']) {
  refused(usages, 38, `project_id=p&consumer_type=${type}`, "Failed validating 'pattern'");
}

// GET /allocation_candidates below 1.25

const candidates = validateCandidateParameters;
for (const { name, since, value } of [
  { name: 'limit', since: 16, value: '1' },
  { name: 'required', since: 17, value: 'x' },
  { name: 'member_of', since: 21, value: 'x' },
]) {
  taken(candidates, since, `resources=VCPU:1&${name}=${value}`);
  const text = `Additional properties are not allowed ('${name}' was unexpected)`;
  refused(candidates, since - 1, `resources=VCPU:1&${name}=${value}`, text);
}
for (const name of ['resources1', 'required2', 'member_of3', 'group_policy', 'in_tree', '__proto__']) {
  refused(candidates, 24, `resources=VCPU:1&${name}=none`, `('${name}' was unexpected)`);
}
refused(candidates, 10, '', "'resources' is a required property");
refused(candidates, 24, 'required=x', "'resources' is a required property");

// GET /allocation_candidates from 1.25

const NUMBERED = "'^member_of([1-9][0-9]*)?$', '^required([1-9][0-9]*)?$', '^resources([1-9][0-9]*)?$'";
const NAMED = ['in_tree', 'member_of', 'required', 'resources']
  .map((name) => `'^${name}([a-zA-Z0-9_-]{1,64})?$'`)
  .join(', ');

taken(candidates, 25, '');
taken(candidates, 25, 'resources=a&resources1=b&required12=c&member_of3=d&group_policy=isolate&limit=1');
taken(candidates, 31, 'in_tree=x&in_tree9=x');
taken(candidates, 33, `resources_NET1=a&required-port-1=b&member_ofa=c&in_tree${'x'.repeat(64)}=d&resources01=e`);
taken(candidates, 35, 'root_required=A');
taken(candidates, 36, 'same_subtree=_A&same_subtree=_B');
taken(candidates, 39, 'limit=cow&limit=1');
for (const name of ['resources01', 'resources0', 'resources_A', 'required-1', 'limit1', 'bogus', '__proto__']) {
  refused(candidates, 25, `${name}=x`, `'${name}' does not match any of the regexes: ${NUMBERED}`);
}
refused(candidates, 30, 'in_tree=x', `'in_tree' does not match any of the regexes: ${NUMBERED}`);
refused(candidates, 32, 'resources_A=x', `regexes: '^in_tree([1-9][0-9]*)?$', ${NUMBERED}`);
refused(candidates, 34, 'root_required=A', `'root_required' does not match any of the regexes: ${NAMED}`);
refused(candidates, 35, 'same_subtree=A', `'same_subtree' does not match any of the regexes: ${NAMED}`);
refused(candidates, 33, 'resources1%40=x', `'resources1@' does not match any of the regexes: ${NAMED}`);
refused(candidates, 33, 'resources_1%0A=x', "'resources_1\\n' does not match any of the regexes");
const LONG = `resources_0123456${'7012345'.repeat(8)}67`;
refused(candidates, 33, `${LONG}=x`, `'${LONG}' does not match any of the regexes: ${NAMED}`);
refused(candidates, 39, 'b=1&a=1', `'a', 'b' do not match any of the regexes: ${NAMED}`);
for (const limit of ['cow', '-99', '0', '', '1.5', '%201', '01', '%D9%A1']) {
  refused(candidates, 16, `resources=VCPU:1&limit=${limit}`, "Failed validating 'pattern'");
  refused(candidates, 39, `limit=${limit}`, "does not match '^[1-9][0-9]*$'", "Failed validating 'pattern'");
}
refused(candidates, 25, 'group_policy=bogus', "'bogus' is not one of ['none', 'isolate']", "Failed validating 'enum'");
refused(candidates, 39, 'group_policy=', "'' is not one of ['none', 'isolate']");
