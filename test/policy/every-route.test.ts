// Each route asks for its rule, and for no other: over real HTTP, with a policy file that denies one rule at a time. Routes
// come from the service's own table, so one that is added without a rule of its own fails here.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { MINOR_MAX } from '../../src/domain/microversion.ts';
import type { Operation } from '../../src/http/operation.ts';
import { POLICY_RULES, type PolicyRule } from '../../src/policy/rules.ts';
import type { Reply } from '../support/client.ts';
import { type ConfiguredService, folderFor, startConfigured } from '../support/configured-service.ts';
import { OPERATIONS } from '../support/contract.ts';
import { errorDetail } from '../support/world.ts';
import { untilNextLook } from './enforcing.ts';

/** What Berth adds to the API, and the document that says which versions there are. */
const OPEN = [
  'GET /',
  'GET /berth/health/live',
  'GET /berth/health/ready',
  'GET /berth/metrics',
  'GET /berth/openapi.json',
];

const nameOf = ({ method, path, since, until }: Operation): string =>
  `${method} ${path}${until === undefined ? '' : ` from 1.${since} to 1.${until}`}`;

/** A path of that route; what it names does not exist. */
function pathOf({ path }: Operation): string {
  const uuid = '5f0ed7e5-6c5b-4d6f-9d4e-0a6f1c9a7b11';
  return path.replace(/\{[^}]*uuid\}/, uuid).replace(/\{(name|resource_class)\}/, 'CUSTOM_NOTHING');
}

/** A request that passes all guards of the operation, so that policy is the first that can object. */
function ask({ client }: ConfiguredService, operation: Operation): Promise<Reply> {
  const version = client.at(`1.${operation.until ?? MINOR_MAX}`);
  const body = operation.guards.includes('content')
    ? { headers: { 'content-type': 'application/json' }, payload: '{}' }
    : {};
  return version.send(operation.method, pathOf(operation), body);
}

describe('policy over HTTP', () => {
  test('every rule is that of a route, and what has no rule is known by name', () => {
    const asked = new Set(OPERATIONS.map(({ rule }) => rule));
    assert.deepEqual(
      POLICY_RULES.filter((rule) => !asked.has(rule)),
      [],
    );
    const open = OPERATIONS.filter(({ rule }) => rule === null).map(nameOf);
    assert.deepEqual(open.sort(), OPEN);
  });

  test('a file that denies one rule closes exactly the routes of that rule', async (t) => {
    const folder = folderFor(t);
    const policyFile = join(folder, 'policy.yaml');
    const service = await startConfigured(t, `[oslo_policy]\npolicy_file = ${policyFile}`, folder);
    for (const denied of POLICY_RULES) {
      writeFileSync(policyFile, `"${denied}": "!"\n`);
      await untilNextLook();
      for (const operation of OPERATIONS) await assertClosed(service, operation, operation.rule === denied, denied);
    }
    assert.deepEqual(
      service.log.filter((line) => line.includes('"level":"error"')),
      [],
    );
  });

  test('a file that allows one rule opens exactly the routes of that rule', async (t) => {
    const folder = folderFor(t);
    const policyFile = join(folder, 'policy.yaml');
    const everything = POLICY_RULES.map((rule) => `"${rule}": "!"`);
    const service = await startConfigured(t, `[oslo_policy]\npolicy_file = ${policyFile}`, folder);
    for (const allowed of POLICY_RULES) {
      writeFileSync(policyFile, [...everything, `"${allowed}": "@"`].join('\n'));
      await untilNextLook();
      for (const operation of OPERATIONS) {
        await assertClosed(service, operation, operation.rule !== null && operation.rule !== allowed, operation.rule);
      }
    }
  });
});

async function assertClosed(
  service: ConfiguredService,
  operation: Operation,
  closed: boolean,
  rule: PolicyRule | null,
): Promise<void> {
  const reply = await ask(service, operation);
  const what = `${nameOf(operation)} answered ${reply.status}`;
  if (closed) {
    assert.equal(reply.status, 403, what);
    assert.match(errorDetail(reply), new RegExp(`Policy does not allow ${rule} to be performed`));
  } else {
    // What comes instead shows that the way went on behind policy: an answer, or a complaint about what was asked for.
    assert.ok([200, 201, 204, 400, 404, 409].includes(reply.status), what);
  }
}
