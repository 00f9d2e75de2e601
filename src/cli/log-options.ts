// The start-up dump: every option and its value, at level debug (operations §1.8.1). Secrets are `****`; what names a
// person, a project or an account stays out as well, unless the operator lets identifiers into the log.

import type { ShownOption } from '../config/option-values.ts';
import type { IdentifierSettings } from '../config/settings.ts';
import type { Logger } from '../telemetry/logger.ts';

const NOT_SHOWN = '(not shown: see [berth] log_identifiers)';

/** Writes one line for each option. */
export function logOptions(logger: Logger, options: readonly ShownOption[], { kind }: IdentifierSettings): void {
  for (const { group, name, text, isDefault, identifies } of options) {
    const value = identifies && !isDefault && kind !== 'plain' ? NOT_SHOWN : text;
    logger.debug({ option: `[${group}] ${name}`, value, isDefault }, 'option');
  }
}
