// What Berth says of itself: the values of /berth/metrics by name and labels, as they stand there.

import { get } from 'node:http';

/** Undefined for what is not there. Labels that no caller names, such as a help text's, are not looked at. */
export async function readMetrics(port: number): Promise<(name: string) => number | undefined> {
  const text = await new Promise<string>((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path: '/berth/metrics', agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    asked.once('error', reject);
  });
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const space = line.lastIndexOf(' ');
    if (!line.startsWith('#') && space > 0) values.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return (name) => values.get(name);
}
