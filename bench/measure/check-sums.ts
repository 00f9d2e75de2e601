// Holds what a service says is used against what it acknowledged: a claim that was answered 204 is there, one that was
// refused is not, and whoever got no answer may have either.

import { request } from 'node:http';
import type { Figures } from '../report/results.ts';
import type { Service } from '../services/service.ts';

export const WRONG = '**SUMS ARE WRONG**';

/** Of one consumer. */
export type Claimed = Readonly<Record<string, number>>;

/** One line for the report; it begins with {@link WRONG} when a sum is not what it must be. */
export async function checkSums(service: Service, { answers }: Figures, claimed: Claimed): Promise<string> {
  const usages = await usagesOf(service);
  const count = (pattern: RegExp) =>
    Object.entries(answers).reduce((sum, [status, times]) => (pattern.test(status) ? sum + times : sum), 0);
  const certain = count(/^(?:claim )?204$/) - count(/^delete 204$/);
  const uncertain = count(/timeout|broken/);
  const consumers = usages.consumer_count ?? 0;
  const isRight = Object.entries(claimed).every(([name, amount]) => usages[name] === amount * consumers);
  if (Math.abs(consumers - certain) > uncertain || !isRight) {
    return `${WRONG}: ${service.name} acknowledged ${certain} claims (${uncertain} unanswered) and says ${JSON.stringify(usages)}`;
  }
  return `${service.name}: ${consumers} claims acknowledged and in use, sums right`;
}

async function usagesOf(service: Service): Promise<Readonly<Record<string, number>>> {
  const text = await new Promise<string>((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port: service.port, path: '/usages?project_id=bench', agent: false },
        headers: { 'x-auth-token': 'admin', 'openstack-api-version': 'placement 1.39' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      },
    );
    sent.once('error', reject);
    sent.end();
  });
  const { usages }: { usages: Record<string, Record<string, number>> } = JSON.parse(text);
  return usages.INSTANCE ?? {};
}
