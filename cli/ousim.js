#!/usr/bin/env node
// The command `ousim` of package.json. It stands in the checkout uncompiled, so that npx finds it before the first build.
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('ousim is not compiled yet: run npm run build\n');
  process.exitCode = 2;
}
