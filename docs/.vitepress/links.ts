import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { ROOT, siteFileOf } from './pages.js';

/** The checkout's path that a link of a page leads to, and its anchor with the `#`; null where it leaves the checkout. */
function targetOf(link: string, source: string): { path: string; anchor: string } | null {
  if (/^([a-z]+:|#)/i.test(link)) return null;
  const [path, anchor] = decodeURI(link).split('#') as [string, string | undefined];
  return { path: join(dirname(source), path), anchor: anchor === undefined ? '' : `#${anchor}` };
}

/**
 * Makes the links of the sources, relative in the checkout, those of the site, and notes the files that are no pages in
 * `linkedFiles`: the site needs copies of them. VitePress itself checks that linked pages exist.
 * @throws when a linked file does not exist
 */
export function siteLinks(renderer: MarkdownRenderer, linkedFiles: Set<string>): void {
  renderer.core.ruler.push('site-links', ({ tokens, env }) => {
    // Rendering a page, `path` is its place in the site; filling the search index, there is no `realPath`.
    const source = relative(ROOT, env.realPath ?? env.path);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const target = token.type === 'link_open' ? targetOf(token.attrGet('href') ?? '', source) : null;
      if (target === null) continue;
      if (!existsSync(join(ROOT, target.path)))
        throw new Error(`${source}: link to ${target.path}, which does not exist`);
      const isPage = target.path.endsWith('.md');
      if (!isPage) linkedFiles.add(target.path);
      token.attrSet('href', `/${isPage ? siteFileOf(target.path) : target.path}${target.anchor}`);
    }
  });
}
