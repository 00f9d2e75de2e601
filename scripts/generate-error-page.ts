// Writes docs/errors.md and the table of docs/database-errors.md: `npm run docs`.

import { writeFileSync } from 'node:fs';
import { DATABASE_ERROR_PAGE, databaseErrorPage } from './database-error-page.ts';
import { errorPage } from './error-page.ts';

writeFileSync(new URL('../docs/errors.md', import.meta.url), await errorPage());
writeFileSync(DATABASE_ERROR_PAGE, databaseErrorPage());
