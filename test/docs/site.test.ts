import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createMarkdownRenderer } from 'vitepress';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import config from '../../docs/.vitepress/config.js';
import { anchorOf, siteFileOf, sourcesOfPages } from '../../docs/.vitepress/pages.js';
import { groupsOf } from '../../docs/.vitepress/sidebar.js';
import { BrowserPage, findChromium } from '../reports/page/chromium.js';
import { PAGES, ROOT, readPage } from './markdown.js';

const BASE = '/ousim/';
const SOURCES = [...PAGES, 'CHANGELOG.md', 'models/bundled/LICENSES.md'];
const SITE = mkdtempSync(join(tmpdir(), 'ousim-site-'));

beforeAll(() => {
  const vitepress = join(ROOT, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
  const args = [vitepress, 'build', 'docs', '--base', BASE, '--outDir', SITE];
  const built = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect(built.status, built.stdout + built.stderr).toBe(0);
}, 300_000);

afterAll(() => rmSync(SITE, { recursive: true, force: true }));

/** Path in the site of the page that shows a Markdown file. */
function htmlOf(source: string): string {
  return siteFileOf(source).replace(/\.md$/, '.html');
}

function siteText(file: string): string {
  return readFileSync(join(SITE, file), 'utf8');
}

function siteFiles(extension: string): string[] {
  return readdirSync(SITE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(extension));
}

function idsOf(html: string): Set<string> {
  return new Set([...html.matchAll(/ id="([^"]+)"/g)].map((match) => decoded(match[1]!)));
}

function decoded(html: string): string {
  const names: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return html.replaceAll(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => names[name]!);
}

/** What a page shows below its navigation, tags stripped. */
function shownText(html: string): string {
  const article = html.slice(html.indexOf('vp-doc'), html.indexOf('</main>'));
  const content = article.slice(article.indexOf('>') + 1);
  return decoded(
    content
      .replaceAll(/<span class="lang">[^<]*<\/span>/g, '')
      .replaceAll(/<!--[\s\S]*?-->/g, '')
      .replaceAll(/<[^>]*>/g, ''),
  );
}

/** What a page of Markdown says, its syntax stripped. */
function sourceText(markdown: string): string {
  return markdown
    .split(/^```\w*$/m)
    .map((part, index) => (index % 2 === 1 ? part : proseText(part)))
    .join('');
}

function proseText(markdown: string): string {
  return markdown
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/!\[[\s\S]*?\]\([^)]*\)/g, '')
    .replaceAll(/\[((?:`[^`]*`|[^\]`])*)\]\([^)]*\)/g, '$1')
    .replaceAll(/<(https?:[^>]*)>/g, '$1')
    .replaceAll(/^ *\d+\. /gm, '')
    .replaceAll(/^[|:\- ]+$/gm, '');
}

/** Without blanks and the characters that are syntax of Markdown in some places and text in others. */
function letters(text: string): string {
  return text.replaceAll(/[\s\u200b*_`|#>\\-]/g, '');
}

describe('groups of the sidebar', () => {
  test('hold every page of docs/ once, and the pages outside of it', () => {
    const groups = groupsOf(sourcesOfPages());
    const shown = groups.flatMap(({ pages, sectionsOf }) => [
      ...pages,
      ...(sectionsOf === undefined ? [] : [sectionsOf]),
    ]);
    expect([...shown].sort()).toEqual([...SOURCES].sort());
    expect(groups.map(({ title }) => title)).toEqual(['Start', 'How-to', 'Systems', 'Studies', 'Reference', 'About']);
  });

  test('a page of a known folder joins its group, one that no group holds is an error', () => {
    const groups = groupsOf([...sourcesOfPages(), 'docs/systems/new.md']);
    expect(groups.find(({ title }) => title === 'Systems')!.pages).toContain('docs/systems/new.md');
    expect(() => groupsOf([...sourcesOfPages(), 'docs/new.md'])).toThrow('docs/new.md is in no group');
    expect(() => groupsOf(sourcesOfPages().slice(1))).toThrow(`${sourcesOfPages()[0]} is in a group but is no page`);
  });
});

describe('Markdown of the sources', () => {
  const render = async (markdown: string, source = 'docs/tutorial.md'): Promise<string> => {
    const renderer = await createMarkdownRenderer(ROOT, config.markdown);
    return renderer.render(markdown, { path: join(ROOT, source), realPath: join(ROOT, source) });
  };

  test('headings have the anchors of GitHub', async () => {
    expect(anchorOf("See what ISAAC's schedule hides")).toBe('see-what-isaacs-schedule-hides');
    expect(anchorOf('4. Map (`ou`, 2 x 2): 100 %')).toBe('4-map-ou-2-x-2-100-');
    expect(await render('## `ousim run [scenario]`, again\n')).toContain('id="ousim-run-scenario-again"');
  });

  test('links lead to the pages and files of the site; one to nothing is an error', async () => {
    expect(await render('[a](how-to.md#write-a-scenario)')).toContain('href="/how-to.html#write-a-scenario"');
    expect(await render('[a](../README.md)')).toContain('href="/"');
    expect(await render('[a](docs/systems/sre.md)', 'README.md')).toContain('href="/systems/sre.html"');
    expect(await render('[a](../../examples/chip.yaml)', 'docs/systems/sre.md')).toContain(
      'href="/examples/chip.yaml"',
    );
    await expect(render('[a](../examples/chip.yml)')).rejects.toThrow('docs/tutorial.md: link to examples/chip.yml');
  });

  test('braces, colons and angle brackets are text', async () => {
    const shown = await render('set {{ x }} to :key: in `<name> {{ y }}` {#a}');
    expect(shown).toContain('set &#123;&#123; x }} to :key: in <code>&lt;name&gt; &#123;&#123; y }}</code> {#a}');
  });
});

describe('the site', () => {
  test.each(SOURCES)('%s: its page says what the source says', (source) => {
    const expected = letters(sourceText(readPage(source)));
    const shown = letters(shownText(siteText(htmlOf(source))));
    const from = [...expected].findIndex((letter, index) => letter !== shown[index]);
    if (from >= 0) expect(shown.slice(from - 20, from + 60)).toBe(expected.slice(from - 20, from + 60));
    expect(shown.length).toBe(expected.length);
  });

  test('has a page for each source and one for what is not found', () => {
    expect(siteFiles('.html').sort()).toEqual([...SOURCES.map(htmlOf), '404.html'].sort());
  });

  test('links lead to files and anchors of the site, under its base', () => {
    const ids = new Map(siteFiles('.html').map((file) => [file, idsOf(siteText(file))]));
    const broken: string[] = [];
    let count = 0;
    for (const page of SOURCES.map(htmlOf)) {
      for (const [, link] of siteText(page).matchAll(/<(?:a|link|script|img)\b[^>]* (?:href|src)="([^"]*)"/g)) {
        if (/^(https?|data):/.test(link!)) continue;
        count++;
        const [path, anchor] = decodeURI(decoded(link!)).split('#') as [string, string | undefined];
        const inside = path.startsWith(BASE) ? path.slice(BASE.length) || 'index.html' : path === '' ? page : null;
        const leads = inside !== null && existsSync(join(SITE, inside));
        if (!leads || (anchor !== undefined && !ids.get(inside)?.has(anchor))) broken.push(`${page}: ${link}`);
      }
    }
    expect(broken).toEqual([]);
    expect(count).toBeGreaterThan(1000);
  });

  test('loads nothing from outside', () => {
    const loaded = siteFiles('.html').flatMap((file) =>
      [...siteText(file).matchAll(/<(?:link|script|img|source|iframe|video)\b[^>]*>/g)].map((match) => match[0]),
    );
    expect(loaded.length).toBeGreaterThan(100);
    expect(loaded.filter((tag) => /(?:src|href|srcset)="(?:https?:)?\/\//.test(tag))).toEqual([]);
    const styles = siteFiles('.css').map(siteText);
    expect(styles.length).toBeGreaterThan(0);
    expect(styles.filter((style) => /@import|url\(["']?(?:https?:)?\/\//.test(style))).toEqual([]);
  });

  test('has an index for its search with every page', () => {
    const index = siteFiles('.js').filter((file) => file.includes('localSearchIndex'));
    expect(index).toHaveLength(1);
    const text = siteText(index[0]!);
    for (const source of SOURCES) {
      expect(text, source).toContain(`${BASE}${htmlOf(source).replace(/^index\.html$/, '')}#`);
    }
  });

  test('has copies of the example files that pages link to', () => {
    const file = 'examples/first-crossbar.yaml';
    expect(siteText(file)).toBe(readPage(file));
  });
});

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
};

/** Serves the site under its base. */
async function serveSite(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const path = decodeURI(new URL(request.url!, 'http://localhost').pathname);
    const file = join(SITE, path.slice(BASE.length) || 'index.html');
    const found = path.startsWith(BASE) && existsSync(file);
    response.writeHead(found ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(found ? readFileSync(file) : '');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const chromium = findChromium();
if (chromium === null) {
  console.warn('The documentation was not opened in a browser: no Chromium here (its path may stand in CHROME_BIN).');
}

describe.skipIf(chromium === null)('the site in Chromium', () => {
  let page: BrowserPage;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    ({ server, address } = await serveSite());
    page = await BrowserPage.open(chromium!);
  }, 60_000);

  afterAll(async () => {
    await page.close();
    server.close();
  });

  async function until(expression: string): Promise<void> {
    for (let tries = 0; !(await page.value<boolean>(expression)); tries++) {
      if (tries === 100) throw new Error(`not within 10 s: ${expression}`);
      await new Promise((later) => setTimeout(later, 100));
    }
  }

  test.each(['index.html', 'reference.html', 'studies/adc-contention.html'])(
    '%s: no complaints, nothing from outside, nothing wider than a telephone',
    async (path) => {
      for (const width of [1280, 400]) {
        await page.resize(width, 800);
        await page.goTo(address + BASE + path);
        // Only a page whose scripts run has an outline.
        await until(`document.querySelectorAll('.VPDocOutlineItem a').length > 4`);
        expect(await page.value('document.documentElement.scrollWidth')).toBe(width);
        expect(await page.value('document.querySelector(".vp-doc h1").innerText.length')).toBeGreaterThan(4);
      }
      await page.resize(1280, 800);
      const picture = await page.screenshot();
      writeFileSync(join(SITE, 'screenshot.png'), picture);
      expect(picture.length).toBeGreaterThan(20_000);
      expect(page.complaints).toEqual([]);
      expect(page.requests.filter((url) => !url.startsWith(address) && !url.startsWith('data:'))).toEqual([]);
    },
  );

  test('the outline of the reference follows the reader', async () => {
    await page.goTo(`${address}${BASE}reference.html`);
    await until(`document.querySelectorAll('.VPDocOutlineItem a').length > 50`);
    const sections = await page.value<string[]>(`[...document.querySelectorAll('.vp-doc h2')].map(({ id }) => id)`);
    const last = JSON.stringify(`#${sections.at(-1)}`);
    const link = `document.querySelector('.VPDocAsideOutline a[href=${last}]')`;
    const inSight = `${link}.getBoundingClientRect().top < innerHeight`;
    expect(await page.value(inSight)).toBe(false);
    await page.value(`document.querySelector(${last}).scrollIntoView()`);
    await until(inSight);
  });

  test('searches all pages', async () => {
    await page.goTo(address + BASE);
    await until(`document.querySelectorAll('.VPDocOutlineItem a').length > 4`);
    await page.value(`document.querySelector('.VPNavBarSearch button').click()`);
    await until(`document.querySelector('#localsearch-input') !== null`);
    await page.value(`{
      const input = document.querySelector('#localsearch-input');
      input.value = 'back-pressure';
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }`);
    await until(`document.querySelectorAll('#localsearch-list a').length > 0`);
    const found = await page.value<string[]>(
      `[...document.querySelectorAll('#localsearch-list a')].map((link) => new URL(link.href).pathname)`,
    );
    expect(found).toContain(`${BASE}glossary.html`);
    expect(page.complaints).toEqual([]);
  });

  test('is dark where the reader asks for it', async () => {
    await page.media('dark');
    await page.goTo(address + BASE);
    const channels = await page.value<string>('getComputedStyle(document.body).backgroundColor');
    expect(Math.max(...channels.match(/\d+/g)!.map(Number))).toBeLessThan(60);
  });
});
