import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referenceText } from './reference.js';

// `npm run docs:reference` runs this in the package's folder.
writeFileSync(join('docs', 'reference.md'), referenceText());
