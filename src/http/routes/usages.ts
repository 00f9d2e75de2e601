// /resource_providers/{uuid}/usages and /usages (http-api §11). The rule of /usages is checked against the project that
// is asked about, before anything says whether the query is well formed.

import { providerUuid } from '../../domain/ids.ts';
import type { Service } from '../../operations/service.ts';
import { getProviderUsages, getUsages, getUsagesByType } from '../../operations/usages.ts';
import * as contracts from '../openapi/contracts/usages.ts';
import type { Operation, OperationAnswer, OperationRequest } from '../operation.ts';
import { validateUsageParameters } from '../schemas/query-schemas.ts';
import { lastValue } from './query-values.ts';
import { usagesByTypeText, usagesText } from './usage-texts.ts';

/** From here on usages are grouped by consumer type. */
const BY_TYPE_SINCE = 38;

/** Operations of `/resource_providers/{uuid}/usages` and, from 1.9, of `/usages`. */
export function usages(service: Service): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: '/resource_providers/{uuid}/usages',
      since: 0,
      guards: ['accept'],
      rule: 'placement:resource_providers:usages',
      contract: contracts.showProviderUsages,
      answer: (request) => showProvider(service, request),
    },
    {
      method: 'GET',
      path: '/usages',
      since: 9,
      guards: ['version', 'accept'],
      rule: 'placement:usages',
      contract: contracts.showUsages,
      target: (request) => ({ project_id: lastValue(request.query(), 'project_id') }),
      answer: (request) => showProject(service, request),
    },
  ];
}

async function showProvider(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const found = await getProviderUsages(service, providerUuid(request.parameter('uuid')));
  return {
    status: 200,
    body: `{"resource_provider_generation":${found.generation},"usages":${usagesText(found.usages)}}`,
    lastModified: new Date(),
  };
}

async function showProject(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const parameters = request.query();
  validateUsageParameters(parameters, request.version);
  // Validation makes sure that there is a project.
  const project = lastValue(parameters, 'project_id') ?? '';
  const user = lastValue(parameters, 'user_id');
  const text =
    request.version >= BY_TYPE_SINCE
      ? usagesByTypeText(
          await getUsagesByType(service, { project, user, consumerType: lastValue(parameters, 'consumer_type') }),
        )
      : usagesText(await getUsages(service, { project, user }));
  return { status: 200, body: `{"usages":${text}}`, lastModified: new Date() };
}
