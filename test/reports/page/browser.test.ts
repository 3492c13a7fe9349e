import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition } from '../../../reports/page/definitions.js';
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
const CONVERT = [0, 0x72, 0xb2] as const;
/** The colour of what has the focus, and of a marked cycle. */
const MARK = [0xb0, 0x4a, 0x00] as const;
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
    const commandLine = ['run', 'a b.yaml', '--out', 'out/untraced'];
    writeFileSync(join(folder, 'untraced.html'), reportPage([{ ...sampleRun('untraced'), commandLine }]));
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

  it('keeps the names of a wide table in sight as it scrolls in a narrow window, heading and rows alike', async () => {
    await browser.resize(400, 800);
    await open('one');
    const lefts = await browser.value<number[]>(`(() => {
      const table = document.querySelector('#layers .table');
      table.scrollLeft = 300;
      const cells = [table, ...table.querySelectorAll('thead tr:last-child > :first-child, tbody th'), table.querySelector('caption')];
      return [table.scrollLeft, ...cells.map((cell) => Math.round(cell.getBoundingClientRect().left))];
    })()`);
    expect(lefts[0]).toBe(300);
    expect(new Set(lefts.slice(1)).size).toBe(1);
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

  it('walks through the cells of a table by arrow keys, one stop of the Tab key, and says what each number is', async () => {
    await open('one');
    const tip = () =>
      browser.value<string>("document.getElementById('tip').hidden ? '' : document.getElementById('tip').textContent");
    const active = () =>
      browser.value<string>(
        "(({ tagName, parentElement, cellIndex }) => tagName + ' ' + (cellIndex ?? parentElement.cellIndex))(document.activeElement)",
      );
    expect(await browser.value('document.querySelectorAll(\'.table table [tabindex="0"]\').length')).toBe(0);
    await browser.value("document.querySelector('#layers .table').focus()");
    await browser.press('Tab');
    expect(await browser.value("document.activeElement.closest('#layers table')")).toBeNull();
    await browser.value("document.querySelector('#layers .table').focus()");
    await browser.press('ArrowDown');
    expect(await active()).toBe('BUTTON 0');
    await browser.press('ArrowDown');
    expect(await active()).toBe('TH 0');
    await browser.press('End');
    const last = await browser.value<number>("document.querySelector('#layers tbody tr').cells.length - 1");
    expect(await active()).toBe(`TD ${last}`);
    const energy = sampleRun('one').result.layers![0]!.energy.total_pJ;
    expect(await tip()).toBe(`${energy} pJ\n${definition('layers[]', 'energy')}`);
    // The shares of a crossbar's time are written in per cent.
    await browser.value(
      "(() => { const headings = [...document.querySelectorAll('#layers thead tr:last-child th')];" +
        "document.querySelector('#layers tbody tr').cells[headings.findIndex((of) => of.textContent.startsWith('read'))].focus(); })()",
    );
    const { read, ...others } = sampleRun('one').result.layers![0]!.crossbars.cycles;
    const share = read! / Object.values(others).reduce((sum, cycles) => sum + cycles, read!);
    const [whole, words] = (await tip()).split('\n');
    expect(Number(whole!.replace('%', ''))).toBeCloseTo(100 * share, 6);
    expect(words).toBe('Share of the time of its crossbars in the run spent reading. Unit: %.');
    await browser.press('End');
    await browser.press('ArrowRight');
    expect(await active()).toBe(`TD ${last}`);
    await browser.press('Home');
    await browser.press('ArrowUp');
    await browser.press('Enter', '\r');
    expect(
      await browser.value("document.querySelector('#layers thead tr:last-child th').getAttribute('aria-sort')"),
    ).toBe('ascending');
    await browser.press('Escape');
    expect(await browser.value('document.activeElement.className')).toBe('table');
    expect(browser.complaints).toEqual([]);
  });

  it('tells the pieces of a bar to those who come by keyboard', async () => {
    await open('one');
    await browser.value("document.querySelector('#time td.bar').focus()");
    expect(await browser.value("document.getElementById('tip').textContent")).toMatch(/^reading: \d+\.\d%\n/);
  });

  it('copies the commands of a trace, and selects them where that is not allowed', async () => {
    await open('untraced');
    const text = await browser.value<string>("document.querySelector('.command code').textContent");
    expect(text).toMatch(/^npx ousim run 'a b.yaml' --out out\/untraced .*\nnpx ousim report out\/untraced$/);
    const press = async (): Promise<void> => {
      await browser.value("document.querySelector('[data-copy]').focus()");
      await browser.press('Enter', '\r');
    };
    const status = () => browser.value("document.querySelector('.command [role=status]').textContent");
    await browser.send('Browser.grantPermissions', { permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'] });
    await press();
    await expect.poll(status).toBe('Copied.');
    expect(await browser.value('navigator.clipboard.readText()')).toBe(text);
    await browser.value(
      "navigator.clipboard.writeText = () => Promise.reject(new Error('no')); document.execCommand = () => false; 0",
    );
    await press();
    await expect.poll(status).toBe('Selected: copy with Ctrl+C.');
    expect(await browser.value('getSelection().toString()')).toBe(text);
    expect(browser.complaints).toEqual([]);
  });

  it.each(['one', 'two'])('leads to the cycle of the longest queue in the timeline of its run: %s', async (name) => {
    // The queue is longest in cycle 120, where the crossbar stops reading and the ADC begins to convert.
    await open(name);
    const timelines = "[...document.querySelectorAll('[data-timeline]')].map(({ dataset }) => dataset.from)";
    await browser.value("document.querySelectorAll('.run > details').forEach((part) => { part.open = true; })");
    await browser.value("[...document.querySelectorAll('.bottleneck a[data-jump]')].at(-1).focus()");
    await browser.press('Enter', '\r');
    expect(await browser.value(timelines)).toEqual(name === 'one' ? ['116'] : ['100', '116']);
    const last = "[...document.querySelectorAll('[data-timeline]')].at(-1)";
    expect(await browser.value(`${last}.dataset.to`)).toBe('124');
    expect(await browser.value(`document.activeElement === ${last}.querySelector('.rows')`)).toBe(true);
    await expect.poll(() => browser.value('location.hash')).toBe('#zoom=116:124');
    const shown = await browser.value<{ top: number; bottom: number }>(
      `(({ top, bottom }) => ({ top, bottom }))(${last}.querySelector('canvas').getBoundingClientRect())`,
    );
    expect(shown.top).toBeGreaterThanOrEqual(0);
    expect(shown.bottom).toBeLessThanOrEqual(900);
    // Half of the view is the read, the other half the stall and the conversion.
    const picture = await browser.screenshot();
    expect(shareOfColour(picture, READ)).toBeGreaterThan(0.003);
    expect(shareOfColour(picture, CONVERT)).toBeGreaterThan(0.003);
    expect(shareOfColour(picture, MARK)).toBeGreaterThan(0.0005);
    // Keys go on from there.
    await browser.press('0', '0');
    expect(await browser.value(`${last}.dataset.to`)).toBe('200');
    expect(browser.complaints).toEqual([]);
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
      'cycles 120 to 149',
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

  it('prints in the colours of light pages, whatever the screen has', async () => {
    await open('one');
    const paper = () => browser.value('getComputedStyle(document.body).backgroundColor');
    const ink = () => browser.value("getComputedStyle(document.querySelector('.figures div')).backgroundColor");
    const [light, card] = [await paper(), await ink()];
    await browser.media('dark', 'print');
    expect([await paper(), await ink()]).toEqual([light, card]);
    await browser.media('dark');
    await browser.value("document.getElementById('theme').click(); document.getElementById('theme').click()");
    expect(await browser.value("document.getElementById('theme').textContent")).toBe('Colours: dark');
    expect(await paper()).not.toBe(light);
    await browser.media('light');
    expect(await paper()).not.toBe(light);
    await browser.media('light', 'print');
    expect(await paper()).toBe(light);
    await browser.value("document.getElementById('theme').click()");
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
