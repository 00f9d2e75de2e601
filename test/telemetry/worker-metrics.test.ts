// With several workers any of them answers for all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveBerth, temporaryFolder } from '../support/berth-process.ts';
import { sampleIn } from './metrics-service.ts';

test('the metrics of several workers are those of all', async () => {
  const folder = temporaryFolder();
  const dataPath = `${folder.path}/data.sqlite`;
  const berth = await serveBerth(['--dev', '--port', '0', '--data', dataPath, '--workers', '2'], dataPath);
  try {
    // Each on a connection of its own, so that they are shared out.
    const headers = { connection: 'close' };
    for (let index = 0; index < 10; index++) await (await fetch(`${berth.url}/traits/X`, { headers })).text();

    const answers = [];
    for (let index = 0; index < 4; index++) {
      answers.push(await (await fetch(`${berth.url}/berth/metrics`, { headers })).text());
    }

    const traits = 'berth_http_requests_total{route="/traits/{name}",method="GET",microversion="1.0",status="404"}';
    for (const text of answers) {
      assert.equal(sampleIn(text, 'berth_workers'), 2);
      assert.equal(sampleIn(text, traits), 10, text);
      assert.equal(sampleIn(text, 'berth_model_providers'), 0);
      assert.match(text, /^berth_build_info\{version="[\d.]+",node="[\d.]+"\} 1$/m);
    }
  } finally {
    await berth.stop();
    folder.remove();
  }
});
