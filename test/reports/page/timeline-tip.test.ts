import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportPage } from '../../../reports/page/page.js';
import type { TraceView } from '../../../reports/page/trace-view.js';
import { BrowserPage, findChromium } from './chromium.js';
import { sampleRun } from './hand-made.js';

const program = findChromium();
const WITHOUT = program === null ? ' (skipped: no chromium on the PATH, and CHROME_BIN names none)' : '';

/** Widths and heights of the timeline's parts, in pixels. */
const [LABELS, AXIS, HEADING, ROW] = [190, 24, 20, 17];

/** An ADC that converts two samples, is idle between them, and has to keep codes for 4, 1 and 20 cycles. */
const TRACE: TraceView = {
  from: 100,
  to: 200,
  tracks: [
    {
      parent: 'Chip.Tile[0].Pe[0].AdcPool[0]',
      name: 'Adc[0]',
      spans: [
        { name: 'convert', start: 100, end: 110, served: { crossbar: 3, operation: 1234 } },
        { name: 'convert', start: 120, end: 150, served: { crossbar: 0, operation: 1236 } },
        { name: 'stall.shiftAdd', start: 150, end: 154 },
        { name: 'stall.shiftAdd', start: 160, end: 161 },
        { name: 'stall.shiftAdd', start: 170, end: 190 },
      ],
    },
  ],
  counters: [],
  events: 5,
  eventsInFile: 5,
  runCycles: 1000,
};

describe.skipIf(program === null)(`what stands in the timeline${WITHOUT}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ousim-tip-'));
  let browser: BrowserPage;

  beforeAll(async () => {
    const file = join(folder, 'page.html');
    writeFileSync(file, reportPage([sampleRun('one', {}, TRACE)]));
    browser = await BrowserPage.open(program!);
    await browser.resize(1280, 900);
    await browser.goTo(pathToFileURL(file).href);
    await browser.value("document.querySelector('#timeline').scrollIntoView()");
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    [105, 'convert: cycles 100 to 109, 10 cycles\na sample of Crossbar[3], operation 1 234'],
    [115, 'no work at cycle 115'],
    [130, 'convert: cycles 120 to 149, 30 cycles\na sample of Crossbar[0], operation 1 236'],
    [151, 'stall.shiftAdd: cycles 150 to 153, 4 cycles'],
    [160.5, 'stall.shiftAdd: cycle 160, 1 cycle'],
  ])('says what stands at cycle %d, with its first and last cycle, and whose sample it is', async (cycle, words) => {
    const canvas = await browser.value<{ x: number; y: number; width: number }>(
      "(({ x, y, width }) => ({ x, y, width }))(document.querySelector('[data-timeline] canvas').getBoundingClientRect())",
    );
    // The trace fills the canvas right of the labels; the row stands below the axis and the heading of its pool.
    const x = canvas.x + LABELS + ((canvas.width - LABELS) * (cycle - TRACE.from)) / (TRACE.to - TRACE.from);
    const y = canvas.y + AXIS + HEADING + ROW / 2;
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
    const tip = await browser.value<string>("document.getElementById('tip').textContent");
    // Digits stand in groups of three, with a narrow space between them.
    expect(tip.replaceAll('\u202f', ' ')).toBe(`Tile[0].Pe[0].AdcPool[0].Adc[0]\n${words}`);
  });

  it('a span has its whole name or none', async () => {
    const written = await browser.value<string[]>(`new Promise((done) => {
      const words = [];
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...more) {
        words.push(text);
        fillText.call(this, text, ...more);
      };
      document.dispatchEvent(new Event('ousim-theme'));
      requestAnimationFrame(() => requestAnimationFrame(() => done(words)));
    })`);
    // 4 cycles are about 42 pixels, wide enough for letters, but not for these; 20 hold all of them.
    expect(written.filter((text) => /sh/.test(text))).toEqual(['stall.shiftAdd']);
  });

  it('is told by keyboard, span by span, and shown where it was out of sight', async () => {
    await browser.value("document.querySelector('[data-timeline] .rows').focus()");
    const told = () => browser.value<string>("document.querySelector('[data-timeline] output').textContent");
    const words = [
      'convert: cycles 100 to 109, 10 cycles; a sample of Crossbar[3], operation 1 234',
      'convert: cycles 120 to 149, 30 cycles; a sample of Crossbar[0], operation 1 236',
      'stall.shiftAdd: cycles 150 to 153, 4 cycles',
      'stall.shiftAdd: cycle 160, 1 cycle',
      'stall.shiftAdd: cycles 170 to 189, 20 cycles',
    ];
    for (const each of [...words, words.at(-1)!]) {
      await browser.press('n', 'n');
      expect((await told()).replaceAll('\u202f', ' ')).toBe(`Tile[0].Pe[0].AdcPool[0].Adc[0]; ${each}`);
    }
    await browser.press('p', 'p');
    expect(await told()).toContain(words[3]!);
    // Other resources: there is one.
    await browser.press('j', 'j');
    expect(await told()).toContain(words[3]!);
    // Zoomed to the first cycles, the next span is out of sight.
    await browser.value("location.hash = '#zoom=100:110'");
    await browser.press('n', 'n');
    expect(await told()).toContain(words[4]!);
    const inSight = await browser.value<number[]>(
      "(({ from, to }) => [Number(from), Number(to)])(document.querySelector('[data-timeline]').dataset)",
    );
    expect(inSight[0]).toBeLessThanOrEqual(170);
    expect(inSight[1]).toBeGreaterThan(170);
  });
});
