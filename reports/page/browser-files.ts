import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Html } from './html.js';

/** Scripts of the page, in the order in which they run: the first takes `title`s over for the others. */
const SCRIPTS = [
  'theme.js',
  'tips.js',
  'tables.js',
  'cells.js',
  'roving.js',
  'copy.js',
  'printing.js',
  'timeline.js',
] as const;

/** Style and scripts as they stand in the page. The files are not compiled, so the package root is found first. */
export function pageStyle(): Html {
  return new Html(`<style>\n${browserFile('page.css')}</style>`);
}

export function pageScripts(): Html {
  return new Html(SCRIPTS.map((file) => `<script>\n(() => {\n${browserFile(file)}})();\n</script>`).join('\n'));
}

function browserFile(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package.json above the compiled reports; is the installation complete?');
    folder = parent;
  }
  return readFileSync(join(folder, 'reports', 'page', 'browser', name), 'utf8');
}
