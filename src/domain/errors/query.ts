// Errors about what query parameters say: the grammars of http-api §2.6 to §2.8, the trait list (§7.1), and the
// groups of a candidate search (§13.3, §13.4). Texts carry the fragments that clients look for; a client's own text
// is always an excerpt.

import { declareError } from './declare.ts';
import { excerpt, excerptList } from './excerpt.ts';

const DUPLICATE_KEY = 'placement.query.duplicate_key';
const BAD_VALUE = 'placement.query.bad_value';
const MISSING_VALUE = 'placement.query.missing_value';

// resources (http-api §2.6)

const RESOURCES_FORM =
  'Badly formed resources parameter. Expected resources query string parameter in form: ' +
  '?resources=VCPU:2,MEMORY_MB:1024.';

export const resourcesEmpty = declareError('query.resources_empty', 400, () => `${RESOURCES_FORM} Got: empty string.`, {
  since: 4,
});
export const resourcesItemMalformed = declareError(
  'query.resources_item_malformed',
  400,
  ({ item }: { item: string }) => `${RESOURCES_FORM} Got: ${excerpt(item)}.`,
  { since: 4 },
);
export const resourceAmountNotInteger = declareError(
  'query.resource_amount_not_integer',
  400,
  ({ resourceClass, amount }: { resourceClass: string; amount: string }) =>
    `Requested resource ${excerpt(resourceClass)} expected positive integer amount. Got: ${excerpt(amount)}.`,
  { since: 4 },
);
export const resourceAmountTooSmall = declareError(
  'query.resource_amount_too_small',
  400,
  ({ resourceClass, amount }: { resourceClass: string; amount: string }) =>
    `Requested resource ${excerpt(resourceClass)} requires amount >= 1. Got: ${excerpt(amount)}.`,
  { since: 4 },
);

// required (http-api §2.7)

/** What a `required` value may look like at the microversion of the request. */
export type RequiredForm = 'required' | 'required-or-forbidden' | 'any-of';

const REQUIRED_FORMS: { readonly [form in RequiredForm]: string } = {
  required: 'HW_CPU_X86_VMX,CUSTOM_MAGIC',
  'required-or-forbidden': 'HW_CPU_X86_VMX,!CUSTOM_MAGIC',
  'any-of': 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC',
};

function expectedRequired(form: RequiredForm): string {
  return `Invalid query string parameters: Expected 'required' parameter value of the form: ${REQUIRED_FORMS[form]}.`;
}

export const requiredTraitEmpty = declareError(
  'query.required_trait_empty',
  400,
  ({ form, value }: { form: RequiredForm; value: string }) =>
    `${expectedRequired(form)} Got an empty trait in: ${excerpt(value)}`,
  { since: 17 },
);
/** `!T` below 1.22. */
export const requiredForbiddenTooNew = declareError(
  'query.required_forbidden_too_new',
  400,
  ({ value }: { value: string }) => `${expectedRequired('required')} Got: ${excerpt(value)}`,
  { since: 17, until: 21 },
);
/** `in:…` below 1.39, and in `root_required` always. */
export const requiredAnyOfTooNew = declareError(
  'query.required_any_of_too_new',
  400,
  ({ value }: { value: string }) =>
    "Invalid query string parameters: The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC' only supported since " +
    `microversion 1.39. Got: ${excerpt(value)}`,
  { since: 17 },
);
export const requiredAnyOfForbidden = declareError(
  'query.required_any_of_forbidden',
  400,
  ({ value }: { value: string }) =>
    "Invalid query string parameters: The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC' does not support forbidden traits. " +
    `Got: ${excerpt(value)}`,
  { since: 39 },
);

// member_of and in_tree (http-api §2.8, §13.3)

export const memberOfRepeated = declareError(
  'query.member_of_repeated',
  400,
  ({ suffix }: { suffix: string }) => `Multiple member_of${excerpt(suffix)} parameters are not supported`,
  { since: 3, until: 23 },
);
export const memberOfUnprefixed = declareError(
  'query.member_of_unprefixed',
  400,
  ({ value }: { value: string }) =>
    "Multiple values for 'member_of' must be prefixed with the 'in:' or '!in:' keyword using the valid " +
    `microversion. Got: ${excerpt(value)}`,
  { since: 3 },
);
export const memberOfNotUuid = declareError(
  'query.member_of_not_uuid',
  400,
  ({ element }: { element: string }) =>
    "Invalid query string parameters: Expected 'member_of' parameter to contain valid UUID(s). " +
    `Got: ${excerpt(element)}`,
  { since: 3 },
);
/** `!…` below 1.32. */
export const memberOfForbiddenTooNew = declareError(
  'query.member_of_forbidden_too_new',
  400,
  ({ suffix }: { suffix: string }) =>
    `Forbidden member_of${excerpt(suffix)} parameters are not supported in the specified microversion`,
  { since: 3, until: 31 },
);
export const inTreeNotUuid = declareError(
  'query.in_tree_not_uuid',
  400,
  ({ value }: { value: string }) =>
    `Invalid query string parameters: Expected 'in_tree' parameter to be a format of uuid. Got: ${excerpt(value)}`,
  { since: 31 },
);

// The trait list (http-api §7.1)

export const traitNameFilterMalformed = declareError(
  'query.trait_name_filter_malformed',
  400,
  ({ value }: { value: string }) =>
    'Badly formatted name parameter. Expected name query string parameter in form: ' +
    `?name=[in|startswith]:[name1,name2|prefix]. Got: "${excerpt(value)}"`,
  { since: 6 },
);
export const traitAssociatedMalformed = declareError(
  'query.trait_associated_malformed',
  400,
  ({ value }: { value: string }) =>
    `The query parameter "associated" only accepts "true" or "false". Got: "${excerpt(value)}"`,
  { since: 6 },
);

// A whole candidate query (http-api §13.3)

/** The schema sees the last of repeated values, but the first is used. */
export const limitMalformed = declareError(
  'query.limit_malformed',
  400,
  ({ value }: { value: string }) =>
    `Invalid query string parameters: '${excerpt(value)}' does not match '^[1-9][0-9]*$'`,
  { since: 16 },
);
export const groupPolicyUnknown = declareError(
  'query.group_policy_unknown',
  400,
  ({ value }: { value: string }) =>
    `Invalid query string parameters: '${excerpt(value)}' is not one of ['none', 'isolate']`,
  { since: 25 },
);
export const groupPolicyMissing = declareError(
  'query.group_policy_missing',
  400,
  () => 'The "group_policy" parameter is required when specifying more than one "resources{N}" parameter.',
  { since: 25 },
);
export const rootRequiredRepeated = declareError(
  'query.root_required_repeated',
  400,
  () => "Query parameter 'root_required' may be specified only once.",
  { code: DUPLICATE_KEY, since: 35 },
);
export const rootRequiredConflict = declareError(
  'query.root_required_conflict',
  400,
  ({ traits }: { traits: readonly string[] }) =>
    `Conflicting required and forbidden traits found in root_required: ${excerptList(traits)}`,
  { code: BAD_VALUE, since: 35 },
);
export const requiredConflict = declareError(
  'query.required_conflict',
  400,
  ({ conflicts }: { conflicts: readonly { readonly key: string; readonly traits: readonly string[] }[] }) =>
    'Conflicting required and forbidden traits found in the following traits keys: ' +
    excerptList(conflicts.map(({ key, traits }) => `${key}: (${excerptList(traits)})`).sort()),
  { since: 22 },
);
export const sameSubtreeElementEmpty = declareError(
  'query.same_subtree_element_empty',
  400,
  () => 'Empty string (unsuffixed group) can not be specified in `same_subtree`',
  { code: BAD_VALUE, since: 36 },
);

// Completeness of groups (http-api §13.4)

export const orphanedTraits = declareError(
  'query.orphaned_traits',
  400,
  ({ keys }: { keys: readonly string[] }) =>
    'All traits parameters must be associated with resources.  Found the following orphaned traits keys: ' +
    excerptList(keys),
  { since: 25, until: 35 },
);
export const orphanedMemberOf = declareError(
  'query.orphaned_member_of',
  400,
  ({ keys }: { keys: readonly string[] }) =>
    'All member_of parameters must be associated with resources.  Found the following orphaned member_of keys: ' +
    excerptList(keys),
  { since: 25, until: 35 },
);
export const groupWithoutResources = declareError(
  'query.group_without_resources',
  400,
  () => 'All request groups must specify resources.',
  { since: 25, until: 35 },
);
export const noGroups = declareError(
  'query.no_groups',
  400,
  () => 'At least one request group (`resources` or `resources{$S}`) is required.',
  { since: 25, until: 35 },
);
export const noResources = declareError(
  'query.no_resources',
  400,
  () => 'There must be at least one resources or resources[$S] parameter.',
  { code: MISSING_VALUE, since: 36 },
);
/** `['_A', '_B']`: quoted, since a suffix may be empty. */
function suffixList(suffixes: readonly string[]): string {
  return `[${excerptList(suffixes.map((suffix) => `'${suffix}'`))}]`;
}

export const resourcelessGroupLoose = declareError(
  'query.resourceless_group_loose',
  400,
  ({ suffixes }: { suffixes: readonly string[] }) =>
    'Resourceless suffixed group request should be specified in `same_subtree` query param: bad group(s) - ' +
    `${suffixList(suffixes)}.`,
  { code: BAD_VALUE, since: 36 },
);
export const sameSubtreeSuffixUnknown = declareError(
  'query.same_subtree_suffix_unknown',
  400,
  ({ missing, existing }: { missing: readonly string[]; existing: readonly string[] }) =>
    `Real suffixes should be specified in \`same_subtree\`: ${suffixList(missing)} not found in ` +
    `${suffixList(existing)}.`,
  { code: BAD_VALUE, since: 36 },
);
