import { writeFileSync } from 'node:fs';
import { OPERATIONS } from '../operations.js';
import { openApiDocument } from './openapi-document.js';

/** Writes the committed document anew: `npm run openapi -w @postrider/campaign-api`. */
writeFileSync(new URL('../../openapi.json', import.meta.url), `${JSON.stringify(openApiDocument(OPERATIONS), null, 2)}\n`);
