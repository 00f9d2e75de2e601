// Whether the service can serve: the database answers within a second, and the model in memory is up to date.

import { serviceNotReady } from '../domain/errors/berth.ts';
import type { Service } from './service.ts';

const PATIENCE_MS = 1_000;

/** Throws 503 `serviceNotReady`. One read of the model proves all: it asks the database before it is served. */
export async function checkReadiness({ model }: Pick<Service, 'model'>, isStopping: boolean): Promise<void> {
  if (isStopping) throw serviceNotReady({ reason: 'it is stopping' });
  const { promise: late, reject } = Promise.withResolvers<never>();
  const tooLate = () => reject(serviceNotReady({ reason: `the database did not answer within ${PATIENCE_MS} ms` }));
  const timer = setTimeout(tooLate, PATIENCE_MS);
  try {
    await Promise.race([answered(model), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function answered(model: Service['model']): Promise<void> {
  try {
    await model.read(() => {});
  } catch {
    throw serviceNotReady({ reason: 'the database does not answer' });
  }
}
