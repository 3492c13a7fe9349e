import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.js';
import { withBlock } from './page-block.js';
import { readResults } from './results-file.js';
import { allTables, complete, summary } from './results-pages.js';

// npm run bench:pages: writes the tables of README.md and docs/performance.md from bench/results.json.

const results = complete(readResults());
const texts = { 'README.md': summary(results), 'docs/performance.md': allTables(results) };
for (const [page, text] of Object.entries(texts)) {
  const file = join(checkout, page);
  writeFileSync(file, withBlock(readFileSync(file, 'utf8'), text));
  console.log(`written: ${page}`);
}
