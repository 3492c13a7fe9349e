import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { siteLinks } from './links.js';
import { anchorOf, ROOT, siteFileOf, sourcesOfPages, tagline } from './pages.js';
import { sidebarOf } from './sidebar.js';

const linkedFiles = new Set<string>();

export default defineConfig({
  title: 'ousim',
  description: tagline(),
  lang: 'en',

  // README.md and CHANGELOG.md are pages too, and links lead from docs/ to examples/.
  srcDir: '../',
  srcExclude: ['!(docs|models)/**/*', '!(README|CHANGELOG).md', 'models/**/!(LICENSES).md'],
  rewrites: siteFileOf,
  outDir: '../out/site',
  cacheDir: '../out/site-cache',

  markdown: {
    // The sources are what GitHub renders: braces and colons in them are text.
    attrs: { disable: true },
    emoji: { enabled: [] },
    anchor: { slugify: anchorOf },
    config: (renderer) => {
      siteLinks(renderer, linkedFiles);
      const text = renderer.renderer.rules.text!;
      // Vue would evaluate what stands between double braces.
      renderer.renderer.rules.text = (...token) => text(...token).replaceAll('{{', '&#123;&#123;');
    },
  },

  buildEnd: ({ outDir }) => {
    for (const file of linkedFiles) cpSync(join(ROOT, file), join(outDir, file));
  },

  themeConfig: {
    sidebar: sidebarOf(sourcesOfPages()),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
  },
});
