// The catalogue of all options: whatever a placement.conf may say, and what it means here (operations §1.8). Loading,
// checks and the reference page of the documentation are made from it; a new option is a new line in options/.

import { berthOptions } from './options/berth.ts';
import { databaseOptions } from './options/database.ts';
import { keystoneOptions } from './options/keystone-authtoken.ts';
import { loggingOptions } from './options/logging.ts';
import type { Option } from './options/option.ts';
import { policyOptions } from './options/policy.ts';
import { serviceOptions } from './options/service.ts';

export const OPTIONS: readonly Option[] = [
  ...loggingOptions,
  ...serviceOptions,
  ...databaseOptions,
  ...keystoneOptions,
  ...policyOptions,
  ...berthOptions,
];

/** A name that OpenStack Placement no longer knows (operations §1.7). */
export interface RemovedOption {
  readonly group: string;
  readonly name: string;
  /** `refuse` holds only when Keystone is asked who is calling; otherwise the option is merely ignored. */
  readonly treatment: 'warn' | 'refuse';
  readonly advice: string;
}

export const REMOVED_OPTIONS: readonly RemovedOption[] = [
  {
    group: 'placement',
    name: 'policy_file',
    treatment: 'warn',
    advice: 'was removed long ago and is ignored; use [oslo_policy] policy_file',
  },
  ...[
    'identity_uri',
    'admin_user',
    'admin_password',
    'admin_tenant_name',
    'admin_token',
    'auth_host',
    'auth_port',
    'auth_protocol',
    'auth_admin_prefix',
  ].map(
    (name): RemovedOption => ({
      group: 'keystone_authtoken',
      name,
      treatment: 'refuse',
      advice: 'was removed from keystonemiddleware; use auth_url, auth_type and the credentials that go with it',
    }),
  ),
];

const byName = new Map(OPTIONS.map((option) => [optionKey(option.group, option.name), option]));

/** The option of that group and name, or undefined. */
export function findOption(group: string, name: string): Option | undefined {
  return byName.get(optionKey(group, name));
}

/** One text for group and name; neither contains a space. */
export function optionKey(group: string, name: string): string {
  return `${group} ${name}`;
}

const secretNames = new Set([
  ...OPTIONS.filter((option) => option.secret).flatMap((option) => [
    option.name,
    ...(option.formerNames ?? []).map((former) => former.name),
  ]),
  'admin_password',
  'admin_token',
]);

/** True when an option of this name, in whatever group, is secret: for lines whose group is unknown. */
export function isSecretName(name: string): boolean {
  return secretNames.has(name);
}
