// Which answers the tests have reached, as triples of route, microversion and status. With BERTH_TRIPLES naming a
// folder, each test process leaves its own there when it ends; scripts/report-triples.ts adds them up.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatMicroversion, type Microversion } from '../../src/domain/microversion.ts';
import type { Operation } from '../../src/http/operation.ts';

const reached = new Set<string>();

const folder = process.env.BERTH_TRIPLES;
if (folder !== undefined && folder !== '') {
  process.on('exit', () => {
    if (reached.size === 0) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${process.pid}-${Date.now()}.txt`), `${[...reached].join('\n')}\n`);
  });
}

/** `GET /traits/{name}` */
export function routeOf({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** `* /traits/{name}`: the methods that a path does not have. */
export function otherMethods(path: string): string {
  return `* ${path}`;
}

/** A triple as one line: `GET /traits/{name} 1.39 404`. */
export function tripleText(route: string, version: Microversion, status: number): string {
  return `${route} ${formatMicroversion(version)} ${status}`;
}

export function recordTriple(route: string, version: Microversion, status: number): void {
  reached.add(tripleText(route, version, status));
}

/** What this process has reached so far. */
export function reachedTriples(): ReadonlySet<string> {
  return reached;
}
