// Paths of things, for `location` headers and `links`: every segment percent-encoded, below the mount prefix.

/** Text as one path segment, e.g. `CUSTOM_A` → `CUSTOM_A`, `a/b` → `a%2Fb`. */
export function segment(text: string): string {
  // A lone surrogate has no UTF-8 form; it becomes U+FFFD instead of an exception in the middle of an answer.
  return encodeURIComponent(text.toWellFormed());
}

/** `/resource_providers/<uuid>` */
export function providerPath(uuid: string): string {
  return `/resource_providers/${segment(uuid)}`;
}

/** `/resource_providers/<uuid>/inventories/<class>` */
export function inventoryPath(uuid: string, resourceClass: string): string {
  return `${providerPath(uuid)}/inventories/${segment(resourceClass)}`;
}

/** `/resource_classes/<name>` */
export function resourceClassPath(name: string): string {
  return `/resource_classes/${segment(name)}`;
}

/** `/traits/<name>` */
export function traitPath(name: string): string {
  return `/traits/${segment(name)}`;
}
