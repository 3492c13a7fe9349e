import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportPage } from '../../../reports/page/page.js';
import { BrowserPage, findChromium } from './chromium.js';
import { SMALL_TRACE, sampleRun } from './hand-made.js';

const program = findChromium();
const WITHOUT = program === null ? ' (skipped: no chromium on the PATH, and CHROME_BIN names none)' : '';

/** Share of the pixels of a PNG that have a colour, up to 8 of 255 in each channel. */
function shareOfColour(png: Buffer, [red, green, blue]: readonly [number, number, number]): number {
  const { data, channels, width, height } = decode(png);
  let found = 0;
  for (let at = 0; at < data.length; at += channels) {
    const near = Math.max(Math.abs(data[at]! - red), Math.abs(data[at + 1]! - green), Math.abs(data[at + 2]! - blue));
    if (near <= 8) found++;
  }
  return found / (width * height);
}

const READ = [0, 0x9e, 0x73] as const;
const WHITE = [255, 255, 255] as const;
const DARK = [0x14, 0x18, 0x1c] as const;

describe.skipIf(program === null)(`the page in a headless Chromium${WITHOUT}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ousim-page-'));
  const url = (name: string): string => pathToFileURL(join(folder, `${name}.html`)).href;
  let browser: BrowserPage;

  beforeAll(async () => {
    writeFileSync(join(folder, 'one.html'), reportPage([sampleRun('one', {}, SMALL_TRACE)]));
    const runs = [sampleRun('a', { preset: 'isaac-ou' }, SMALL_TRACE), sampleRun('b', { preset: 'sre' }, SMALL_TRACE)];
    writeFileSync(join(folder, 'two.html'), reportPage(runs));
    browser = await BrowserPage.open(program!);
    await browser.resize(1280, 900);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (name: string, fragment = ''): Promise<void> => {
    await browser.goTo('about:blank');
    browser.complaints.length = 0;
    browser.requests.length = 0;
    await browser.media('light');
    await browser.goTo(`${url(name)}${fragment}`);
  };
  const view = () =>
    browser.value<[string, string]>(
      "(({ from, to }) => [from, to])(document.querySelector('[data-timeline]').dataset)",
    );
  /** Where an element stands on the page. */
  const place = (selector: string) =>
    browser.value<{ x: number; y: number; width: number; height: number }>(
      `(() => { const box = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();` +
        'return { x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height }; })()',
    );

  it.each(['one', 'two'])('opens from disk without a complaint and asks for nothing: %s', async (name) => {
    await open(name);
    expect(browser.complaints).toEqual([]);
    expect(browser.requests).toEqual([url(name)]);
    expect(await browser.value('document.querySelectorAll("table").length')).toBeGreaterThan(8);
    expect(await browser.value('document.querySelectorAll("div.bar i[class]").length')).toBeGreaterThan(20);
    expect(await browser.value('document.querySelectorAll("svg.plan .mark").length')).toBeGreaterThan(0);
    expect(await browser.value('document.querySelectorAll("svg.queue polyline").length')).toBeGreaterThan(0);
  });

  it('fits a narrow window: only tables and pictures scroll sideways', async () => {
    await browser.resize(400, 800);
    await open('one');
    expect(await browser.value('document.documentElement.scrollWidth')).toBe(400);
    await browser.resize(1280, 900);
  });

  it('sorts by a heading, numbers falling first, and says so', async () => {
    await open('one');
    const heading = '#layers thead th:nth-child(9)';
    await browser.value(`document.querySelector('${heading} button').focus()`);
    const column = (): Promise<number[]> =>
      browser.value(
        "[...document.querySelectorAll('#layers tbody tr')].map((row) => Number(row.cells[8].dataset.value ?? -1))",
      );
    const unsorted = await column();
    await browser.press('Enter', '\r');
    expect(await browser.value(`document.querySelector('${heading}').getAttribute('aria-sort')`)).toBe('descending');
    expect(await column()).toEqual([...unsorted].sort((a, b) => b - a));
    await browser.press('Enter', '\r');
    expect(await browser.value(`document.querySelector('${heading}').getAttribute('aria-sort')`)).toBe('ascending');
    const numbers = (await column()).filter((value) => value >= 0);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('shows definitions on focus and on hover', async () => {
    await open('one');
    const tip = () =>
      browser.value<string>(
        "(() => { const tip = document.getElementById('tip'); return tip.hidden ? '' : tip.textContent; })()",
      );
    expect(await tip()).toBe('');
    await browser.value("document.querySelector('.figures div').focus()");
    expect(await tip()).toContain('Length of the run in cycles of the root clock.');
    expect(await browser.value("document.activeElement.getAttribute('aria-describedby')")).toBe('tip');
    await browser.value("document.activeElement.blur(); document.querySelector('#layers').scrollIntoView()");
    const { x, y, width, height } = await place('#layers tbody td:last-child');
    const scroll = await browser.value<number>('scrollY');
    const at = { x: x + width / 2, y: y - scroll + height / 2 };
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...at });
    expect(await tip()).toContain('Energy of what its PEs did');
  });

  it('begins with a link that skips to the report, reached by the first Tab', async () => {
    await open('one');
    await browser.press('Tab');
    expect(await browser.value('document.activeElement.className')).toBe('skip');
    expect(await browser.value('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none');
  });

  it('zooms to the cycles in the address', async () => {
    await open('one', '#zoom=120:150');
    expect(await view()).toEqual(['120', '150']);
    expect(await browser.value("document.querySelector('[data-timeline] output').textContent")).toBe(
      'cycles 120 to 150',
    );
  });

  it('opens the part that holds the zoomed timeline', async () => {
    await open('two', '#zoom=120:150');
    expect(await browser.value("document.querySelector('[data-timeline]').closest('details').open")).toBe(true);
    expect(await view()).toEqual(['120', '150']);
  });

  it('zooms and moves by keyboard, buttons, wheel and drag', async () => {
    await open('one');
    expect(await view()).toEqual(['100', '200']);
    await browser.value(
      "document.querySelector('.rows').scrollIntoView({ block: 'center' }); document.querySelector('.rows').focus()",
    );
    await browser.press('+', '+');
    expect(await view()).toEqual(['125', '175']);
    await browser.press('ArrowRight');
    expect(await view()).toEqual(['130', '180']);
    await browser.press('-', '-');
    expect(await view()).toEqual(['100', '200']);
    await browser.value("document.querySelector('[data-zoom=in]').click()");
    expect(await view()).toEqual(['125', '175']);
    await browser.value("document.querySelector('[data-zoom=right]').click()");
    expect(await view()).toEqual(['137', '188']);
    await browser.value("document.querySelector('[data-zoom=all]').click(); document.querySelector('.rows').focus()");
    const { x, y, width } = await place('.rows canvas');
    const scroll = await browser.value<number>('scrollY');
    // The wheel keeps the cycle under the pointer; a pixel from the right edge, a fifth of the view less begins a little
    // before cycle 120 and ends as much before 200.
    const edge = { x: x + width - 1, y: y - scroll + 30 };
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseWheel', ...edge, deltaX: 0, deltaY: -100 });
    await expect.poll(view).toEqual(['119', '200']);
    await browser.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...edge, button: 'left', clickCount: 1 });
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...edge, button: 'left', buttons: 1 });
    await browser.send('Input.dispatchMouseEvent', {
      type: 'mouseMoved',
      ...edge,
      x: edge.x + 5000,
      button: 'left',
      buttons: 1,
    });
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...edge, button: 'left', clickCount: 1 });
    await expect.poll(view).toEqual(['100', '180']);
    await expect.poll(() => browser.value('location.hash')).toBe('#zoom=100:180');
    expect(browser.complaints).toEqual([]);
  });

  it('draws reads where the trace has them', async () => {
    // The crossbar reads through cycles 150 to 170 and not after.
    await open('one', '#zoom=150:170');
    const during = shareOfColour(await browser.screenshot(await place('.rows')), READ);
    await open('one', '#zoom=170:190');
    const after = shareOfColour(await browser.screenshot(await place('.rows')), READ);
    expect(during).toBeGreaterThan(0.05);
    expect(after).toBe(0);
  });

  it('walks through the tiles of the floor plan with the arrow keys', async () => {
    await open('one');
    const marks = await browser.value<number>("document.querySelectorAll('svg.plan .mark').length");
    expect(await browser.value('document.querySelectorAll(\'svg.plan .mark[tabindex="0"]\').length')).toBe(1);
    await browser.value("document.querySelector('svg.plan .mark').focus()");
    await browser.press('ArrowRight');
    const focused = "[...document.querySelectorAll('svg.plan .mark')].indexOf(document.activeElement)";
    expect(await browser.value(focused)).toBe(1 % marks);
  });

  it('is light or dark as the system is, until the switch says otherwise', async () => {
    await open('one');
    const corner = { x: 0, y: 0, width: 200, height: 200 };
    expect(shareOfColour(await browser.screenshot(corner), WHITE)).toBeGreaterThan(0.5);
    await browser.media('dark');
    expect(shareOfColour(await browser.screenshot(corner), DARK)).toBeGreaterThan(0.5);
    await browser.value("document.getElementById('theme').click()");
    expect(await browser.value("document.getElementById('theme').textContent")).toBe('Colours: light');
    expect(shareOfColour(await browser.screenshot(corner), WHITE)).toBeGreaterThan(0.5);
    await browser.value("document.getElementById('theme').click(); document.getElementById('theme').click()");
    expect(await browser.value("document.getElementById('theme').textContent")).toBe('Colours: system');
  });

  it('prints light with everything open, and is as before afterwards', async () => {
    await open('two');
    const openParts = () => browser.value<number>("document.querySelectorAll('details[open]').length");
    const before = await openParts();
    await browser.value(
      "window.seen = 0; addEventListener('afterprint', () => { window.done = true; }); addEventListener('beforeprint', () => { window.seen = document.querySelectorAll('details:not([open])').length; window.theme = document.documentElement.dataset.theme; })",
    );
    const pdf = await browser.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await expect.poll(() => browser.value('window.done')).toBe(true);
    expect(await browser.value('window.seen')).toBe(0);
    expect(await browser.value('window.theme')).toBe('light');
    expect(await browser.value('document.documentElement.dataset.theme ?? null')).toBeNull();
    expect(await openParts()).toBe(before);
  });
});
