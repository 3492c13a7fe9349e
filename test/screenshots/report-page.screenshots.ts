import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BrowserPage, findChromium } from '../reports/page/chromium.js';

// Screenshots of report pages that stand in README.md and docs/tutorial.md, by the commands that stand there.

const ROOT = resolve(import.meta.dirname, '..', '..');
const PICTURES = join(ROOT, 'docs', 'pictures');
const VGG10M = ['--model', 'vgg10m-cifar10', '--preset', 'isaac-ou', '--set', 'machine.adc.sharedBy=8'];

let browser: BrowserPage;
const folder = mkdtempSync(join(tmpdir(), 'ousim-screenshots-'));

beforeAll(async () => {
  const chromium = findChromium();
  if (chromium === null) throw new Error('no Chromium: install one, or name it in CHROME_BIN');
  browser = await BrowserPage.open(chromium);
  await browser.media('light');
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const OUT = 'out/vgg10m';

/** Runs a scenario, makes its page, and opens it. */
async function openPage(run: readonly string[], width: number, fragment = ''): Promise<void> {
  const ousim = (...words: readonly string[]) =>
    execFileSync(process.execPath, [join(ROOT, 'dist', 'cli', 'main.js'), ...words], { cwd: folder, stdio: 'pipe' });
  ousim('run', ...run, '--out', OUT);
  ousim('report', OUT, '--no-charts');
  await browser.resize(width, 900);
  await browser.goTo('about:blank');
  await browser.goTo(`${pathToFileURL(join(folder, OUT, 'index.html')).href}${fragment}`);
}

/** Takes what stands between the tops or bottoms of elements, in the width of the page. */
async function take(name: string, width: number, top: string, bottom: string): Promise<void> {
  const edge = (selector: string, side: 'top' | 'bottom') =>
    browser.value<number>(
      `document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect().${side} + window.scrollY`,
    );
  const [y, end] = [await edge(top, 'top'), await edge(bottom, 'bottom')];
  expect(end).toBeGreaterThan(y);
  const picture = await browser.screenshot({ x: 0, y, width, height: end - y + 8 });
  writeFileSync(join(PICTURES, `${name}.png`), picture);
}

test('README: the summary of vgg10m', async () => {
  await openPage(VGG10M, 1120);
  await take('report-page', 1120, 'body > header', '#summary');
});

test('tutorial: the timeline of the pool that limits vgg10m', async () => {
  const trace = ['--trace', 'perfetto', '--trace-window', '339600:340000', '--trace-filter', 'Chip.Tile[0].Pe[1].*'];
  await openPage([...VGG10M, ...trace], 1200, '#zoom=339640:339800');
  await take('timeline-limiting-pool', 1200, '#timeline', '#timeline .rows');
});

test('tutorial: the timeline of one crossbar', async () => {
  await openPage([join(ROOT, 'examples', 'one-crossbar.yaml'), '--trace', 'perfetto'], 1200);
  await take('timeline-one-crossbar', 1200, '#timeline', '#timeline .rows');
});
