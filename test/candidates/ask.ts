// Asks the search as the service does: query string → schema → parse → search, on a model loaded with a state.

import { readFileSync } from 'node:fs';
import type { CandidateAnswer } from '../../src/candidates/answer.ts';
import { filterProviders } from '../../src/candidates/filter-providers.ts';
import { parseCandidateQuery } from '../../src/candidates/parse-candidate-query.ts';
import { parseProviderFilters } from '../../src/candidates/parse-provider-filters.ts';
import type { CandidateQuery } from '../../src/candidates/query.ts';
import { type SearchOptions, searchCandidates } from '../../src/candidates/search.ts';
import { type Microversion, microversion } from '../../src/domain/microversion.ts';
import { validateCandidateParameters, validateProviderListParameters } from '../../src/http/schemas/query-schemas.ts';
import { decodeQuery } from '../../src/http/validation/decode-query.ts';
import { Model } from '../../src/model/model.ts';
import { reloadOf, type State } from '../support/state.ts';

export const EVERYTHING: SearchOptions = { maxCandidates: null, strategy: 'depth-first', random: null };

export function modelOf(state: State): Model {
  const model = new Model();
  model.apply(reloadOf(state));
  return model;
}

export function askCandidates(
  model: Model,
  queryString: string,
  version: string,
  options: SearchOptions = EVERYTHING,
): { query: CandidateQuery; answer: CandidateAnswer } {
  const pairs = decodeQuery(queryString);
  validateCandidateParameters(pairs, minor(version));
  const query = parseCandidateQuery(pairs, minor(version));
  return { query, answer: searchCandidates(model, query, options) };
}

/** UUIDs of the providers that pass. */
export function askProviders(model: Model, queryString: string, version: string): readonly string[] {
  const pairs = decodeQuery(queryString);
  validateProviderListParameters(pairs, minor(version));
  return filterProviders(model, parseProviderFilters(pairs, minor(version))).map((provider) => model.uuid(provider));
}

/** `/path?query` → its query string. */
export function queryStringOf(target: string): string {
  const question = target.indexOf('?');
  return question < 0 ? '' : target.slice(question + 1);
}

/** A file of recorded examples; its shape is described at the head of allocation-candidates. */
export function exampleData(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));
}

function minor(version: string): Microversion {
  return microversion(Number(version.split('.')[1]));
}
