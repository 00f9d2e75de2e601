// Writes the pages of docs/ that are made from the code, or parts of them: `npm run docs`.

import { writeFileSync } from 'node:fs';
import { benchmarkPage } from './benchmark-page.ts';
import { configurationPage } from './configuration-page.ts';
import { DATABASE_ERROR_PAGE, databaseErrorPage } from './database-error-page.ts';
import { errorPage } from './error-page.ts';
import { limitsPage } from './limits-page.ts';
import { metricsPage } from './metrics-page.ts';
import { policyPage } from './policy-page.ts';

writeFileSync(new URL('../docs/errors.md', import.meta.url), await errorPage());
writeFileSync(new URL('../docs/limits.md', import.meta.url), await limitsPage());
writeFileSync(new URL('../docs/metrics.md', import.meta.url), metricsPage());
writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage());
writeFileSync(new URL('../docs/policy.md', import.meta.url), policyPage());
writeFileSync(new URL('../docs/benchmark.md', import.meta.url), benchmarkPage());
writeFileSync(DATABASE_ERROR_PAGE, databaseErrorPage());
