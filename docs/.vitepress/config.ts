import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { asOnGitHub } from './as-on-github.js';
import { siteLinks } from './links.js';
import { anchorOf, ROOT, siteFileOf, sourcesOfPages, tagline } from './pages.js';
import { sidebarOf } from './sidebar.js';
import { shortCells } from './tables.js';

/** A crossbar with an operation unit. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="1" width="8" height="8" fill="#e69f00"/>' +
  '<path d="M3 0v16M7 0v16M11 0v16M15 0v16M0 3h16M0 7h16M0 11h16M0 15h16" stroke="#0072b2"/></svg>';

const linkedFiles = new Set<string>();

export default defineConfig({
  title: 'ousim',
  description: tagline(),
  lang: 'en',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],

  // README.md and CHANGELOG.md are pages too, and links lead from docs/ to examples/.
  srcDir: '../',
  srcExclude: ['!(docs|models)/**/*', '!(README|CHANGELOG).md', 'models/**/!(LICENSES).md'],
  rewrites: siteFileOf,
  outDir: '../out/site',
  cacheDir: '../out/site-cache',

  markdown: {
    attrs: { disable: true },
    anchor: { slugify: anchorOf },
    config: (renderer) => {
      asOnGitHub(renderer);
      siteLinks(renderer, linkedFiles);
      shortCells(renderer);
    },
  },

  // The terms of the glossary are headings of the fourth level, and its only ones.
  transformPageData: ({ relativePath }) => (relativePath === 'glossary.md' ? { frontmatter: { outline: 'deep' } } : {}),

  buildEnd: ({ outDir }) => {
    for (const file of linkedFiles) cpSync(join(ROOT, file), join(outDir, file));
  },

  themeConfig: {
    sidebar: sidebarOf(sourcesOfPages()),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
  },
});
