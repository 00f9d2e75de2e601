// [oslo_policy]: where the rules are and how strictly they are taken (operations §1.8.7).

import { optionGroup } from './option.ts';

export const policyOptions = optionGroup('oslo_policy', [
  {
    name: 'enforce_scope',
    type: 'boolean',
    default: true,
    status: 'effective',
    help: 'Refuse callers whose token has another scope than the operation wants.',
  },
  {
    name: 'enforce_new_defaults',
    type: 'boolean',
    default: true,
    status: 'effective',
    help: 'False: the deprecated default rules still let callers in, too.',
  },
  {
    name: 'policy_file',
    type: 'string',
    default: 'policy.yaml',
    status: 'effective',
    formerNames: [{ group: 'DEFAULT', name: 'policy_file' }],
    help: 'Rules that replace the defaults. A relative path is searched beside the configuration files.',
  },
  {
    name: 'policy_default_rule',
    type: 'string',
    default: 'default',
    status: 'effective',
    formerNames: [{ group: 'DEFAULT', name: 'policy_default_rule' }],
    help: 'Rule that stands in for a rule that does not exist.',
  },
  {
    name: 'policy_dirs',
    type: 'multi',
    default: ['policy.d'],
    status: 'effective',
    formerNames: [{ group: 'DEFAULT', name: 'policy_dirs' }],
    help: 'Directories of further policy files. May be given several times.',
  },
  {
    name: 'remote_content_type',
    type: 'string',
    default: 'application/x-www-form-urlencoded',
    choices: ['application/x-www-form-urlencoded', 'application/json'],
    status: 'effective',
    help: 'How http: and https: checks send their question.',
  },
  {
    name: 'remote_ssl_verify_server_crt',
    type: 'boolean',
    default: false,
    status: 'effective',
    help: 'Verify the certificate of the server in https: checks.',
  },
  {
    name: 'remote_ssl_ca_crt_file',
    type: 'string',
    default: null,
    status: 'effective',
    help: 'Certificates that https: checks trust.',
  },
  {
    name: 'remote_ssl_client_crt_file',
    type: 'string',
    default: null,
    status: 'effective',
    help: 'Client certificate of https: checks.',
  },
  {
    name: 'remote_ssl_client_key_file',
    type: 'string',
    default: null,
    status: 'effective',
    help: 'Key of the client certificate.',
  },
  {
    name: 'remote_timeout',
    type: 'number',
    default: 60,
    min: 0,
    status: 'effective',
    help: 'Seconds until an http: or https: check fails.',
  },
]);
