// Usages as clients see them (http-api §11), as JSON text: consumer types are keys that clients choose.

import type { UsageGroup } from '../../operations/usages.ts';
import { integerText, type MemberText, objectText } from './json-text.ts';

type Usage = UsageGroup['usages'][number];

/** Resource class → sum. */
export function usagesText(listed: readonly Usage[]): string {
  return objectText(listed.map(usageMember));
}

/** Consumer type → count of consumers, and resource class → sum. */
export function usagesByTypeText(groups: readonly UsageGroup[]): string {
  return objectText(
    groups.map((group) => [
      group.consumerType,
      objectText([['consumer_count', integerText(group.consumerCount)], ...group.usages.map(usageMember)]),
    ]),
  );
}

function usageMember({ resourceClass, used }: Usage): MemberText {
  return [resourceClass, integerText(used)];
}
