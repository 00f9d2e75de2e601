// [DEFAULT]: how the service logs (operations §1.8.1).

import { optionGroup } from './option.ts';

export const loggingOptions = optionGroup('DEFAULT', [
  { name: 'debug', type: 'boolean', default: false, status: 'effective', help: 'Log at level DEBUG instead of INFO.' },
  {
    name: 'log_options',
    type: 'boolean',
    default: true,
    status: 'later',
    help: 'Write every option and its value to the log at start-up, at level DEBUG; secret ones as ****.',
  },
  {
    name: 'log_file',
    type: 'string',
    default: null,
    status: 'later',
    formerNames: [{ group: 'DEFAULT', name: 'logfile' }],
    help: 'Log to this file; relative to log_dir when that is set.',
  },
  {
    name: 'log_dir',
    type: 'string',
    default: null,
    status: 'later',
    formerNames: [{ group: 'DEFAULT', name: 'logdir' }],
    help: 'Directory of the log file; without log_file the file is named after the program.',
  },
  {
    name: 'log_date_format',
    type: 'string',
    default: '%Y-%m-%d %H:%M:%S',
    status: 'accepted',
    help: 'strftime pattern of %(asctime)s. Berth writes ISO 8601 in UTC.',
  },
  { name: 'use_syslog', type: 'boolean', default: false, status: 'later', help: 'Also log to syslog.' },
  {
    name: 'syslog_log_facility',
    type: 'string',
    default: 'LOG_USER',
    anyCase: true,
    choices: syslogFacilities(),
    status: 'later',
    help: 'Facility of syslog lines, with or without LOG_, in any case.',
  },
  { name: 'use_journal', type: 'boolean', default: false, status: 'later', help: 'Log to the journal of systemd.' },
  {
    name: 'use_json',
    type: 'boolean',
    default: false,
    status: 'later',
    help: 'Write one JSON object a line in the shape of oslo.log instead of formatted text.',
  },
  { name: 'use_stderr', type: 'boolean', default: false, status: 'later', help: 'Log to standard error.' },
  { name: 'log_color', type: 'boolean', default: false, status: 'accepted', help: 'Colours on a terminal.' },
  {
    name: 'log_config_append',
    type: 'string',
    default: null,
    status: 'accepted',
    formerNames: [
      { group: 'DEFAULT', name: 'log_config' },
      { group: 'DEFAULT', name: 'log-config' },
    ],
    warning: 'names a Python logging configuration, which Berth cannot use; the other logging options hold',
    help: 'A Python logging configuration file.',
  },
  {
    name: 'logging_context_format_string',
    type: 'string',
    default:
      '%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s ' +
      '[%(global_request_id)s %(request_id)s %(user_identity)s] %(instance)s%(message)s',
    status: 'accepted',
    help: 'Format of a line written inside a request.',
  },
  {
    name: 'logging_default_format_string',
    type: 'string',
    default: '%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s [-] %(instance)s%(message)s',
    status: 'accepted',
    help: 'Format of a line written outside of requests.',
  },
  {
    name: 'logging_debug_format_suffix',
    type: 'string',
    default: '%(funcName)s %(pathname)s:%(lineno)d',
    status: 'accepted',
    help: 'Appended to lines at DEBUG.',
  },
  {
    name: 'logging_exception_prefix',
    type: 'string',
    default: '%(asctime)s.%(msecs)03d %(process)d ERROR %(name)s %(instance)s',
    status: 'accepted',
    help: 'Put before every line of a traceback.',
  },
  {
    name: 'logging_user_identity_format',
    type: 'string',
    default: '%(user)s %(project)s %(domain)s %(system_scope)s %(user_domain)s %(project_domain)s',
    status: 'accepted',
    help: 'How a caller is written. Berth does not write callers into its log.',
  },
  {
    name: 'default_log_levels',
    type: 'list',
    default: ['sqlalchemy=WARN', 'keystonemiddleware=WARN', 'keystoneauth=WARN', 'oslo_policy=INFO', 'routes=INFO'],
    status: 'accepted',
    help: 'Minimum levels of Python libraries.',
  },
  {
    name: 'instance_format',
    type: 'string',
    default: '[instance: %(uuid)s] ',
    status: 'accepted',
    help: 'Unused, also by OpenStack Placement.',
  },
  {
    name: 'instance_uuid_format',
    type: 'string',
    default: '[instance: %(uuid)s] ',
    status: 'accepted',
    help: 'Unused, also by OpenStack Placement.',
  },
  { name: 'publish_errors', type: 'boolean', default: false, status: 'accepted', help: 'Publish error events.' },
  {
    name: 'rate_limit_interval',
    type: 'integer',
    default: 0,
    status: 'later',
    help: 'Seconds over which rate_limit_burst counts; 0: no limit.',
  },
  {
    name: 'rate_limit_burst',
    type: 'integer',
    default: 0,
    status: 'later',
    help: 'Most log lines per rate_limit_interval; 0: no limit.',
  },
  {
    name: 'rate_limit_except_level',
    type: 'string',
    default: 'CRITICAL',
    choices: ['CRITICAL', 'ERROR', 'INFO', 'WARNING', 'DEBUG', ''],
    status: 'later',
    help: 'Lines at or above this level are never limited.',
  },
  {
    name: 'log_rotation_type',
    type: 'string',
    default: 'none',
    choices: ['interval', 'size', 'none'],
    anyCase: true,
    status: 'later',
    help: 'How the log file is rotated.',
  },
  { name: 'log_rotate_interval', type: 'integer', default: 1, status: 'later', help: 'How many interval units.' },
  {
    name: 'log_rotate_interval_type',
    type: 'string',
    default: 'days',
    choices: ['seconds', 'minutes', 'hours', 'days', 'weekday', 'midnight'],
    anyCase: true,
    status: 'later',
    help: 'Unit of log_rotate_interval.',
  },
  { name: 'max_logfile_count', type: 'integer', default: 30, status: 'later', help: 'Rotated files to keep.' },
  {
    name: 'max_logfile_size_mb',
    type: 'integer',
    default: 200,
    status: 'later',
    help: 'Size in MB at which the log file is rotated.',
  },
  {
    name: 'watch_log_file',
    type: 'boolean',
    default: false,
    status: 'later',
    help: 'Reopen the log file when it is moved.',
  },
  { name: 'tempdir', type: 'string', default: null, status: 'accepted', help: 'For use in substitutions.' },
  { name: 'pybasedir', type: 'string', default: null, status: 'accepted', help: 'For use in substitutions.' },
  { name: 'state_path', type: 'string', default: '$pybasedir', status: 'accepted', help: 'For use in substitutions.' },
]);

/** Every facility of syslog, as LOG_USER and as USER. */
function syslogFacilities(): readonly string[] {
  const names =
    'KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP LOCAL0 LOCAL1 LOCAL2 LOCAL3 LOCAL4 LOCAL5 LOCAL6 LOCAL7';
  return names.split(' ').flatMap((name) => [`LOG_${name}`, name]);
}
