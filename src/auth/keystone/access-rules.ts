// Access rules of application credentials (operations §2.8). Patterns are written by users, so they are matched in steps
// that grow with pattern times path, and not by a regular expression, which some patterns could keep busy for ever.

export interface AccessRule {
  /** Type of a service. */
  readonly service: string;
  readonly method: string;
  /** `{name}` and `*` stand for one segment, `**` for anything. */
  readonly path: string;
}

/** Whether some rule allows this service, method and path; the path with its percent sequences decoded. */
export function someRuleAllows(
  rules: readonly AccessRule[],
  service: string,
  request: { readonly method: string; readonly path: string },
): boolean {
  return rules.some(
    (rule) => rule.service === service && rule.method === request.method && matchesPath(rule.path, request.path),
  );
}

const PARTS = /\{[^{}]*\}|\*\*|\*|[^*{]+|\{/g;

/** Whether a pattern describes the whole path. */
export function matchesPath(pattern: string, path: string): boolean {
  let ends: ReadonlySet<number> = new Set([0]);
  for (const [part] of pattern.matchAll(PARTS)) {
    ends = endsAfter(part, path, ends);
    if (ends.size === 0) return false;
  }
  return ends.has(path.length);
}

/** Where in the path a part can end, given where it can begin. */
function endsAfter(part: string, path: string, starts: ReadonlySet<number>): ReadonlySet<number> {
  if (part === '**') return new Set(positions(Math.min(...starts), path.length));
  if (part === '*' || (part.startsWith('{') && part.endsWith('}'))) return segmentEnds(path, starts);
  return new Set([...starts].filter((start) => path.startsWith(part, start)).map((start) => start + part.length));
}

/** One character or more, none of them a slash. */
function segmentEnds(path: string, starts: ReadonlySet<number>): ReadonlySet<number> {
  const ends = new Set<number>();
  let inSegment = false;
  for (let position = 0; position < path.length; position++) {
    inSegment = (inSegment || starts.has(position)) && path[position] !== '/';
    if (inSegment) ends.add(position + 1);
  }
  return ends;
}

function* positions(from: number, to: number): Iterable<number> {
  for (let position = from; position <= to; position++) yield position;
}
