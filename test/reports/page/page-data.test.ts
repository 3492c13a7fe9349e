import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparedNumbers, difference, differingValues } from '../../../reports/page/differences.js';
import { floorPlanOf, heatClass } from '../../../reports/page/floor-plan-data.js';
import { escaped, html } from '../../../reports/page/html.js';
import { listedPes, poolsOf, waitBins } from '../../../reports/page/pools.js';
import { queueParts } from '../../../reports/page/queues.js';
import { flattened } from '../../../reports/page/scenario-section.js';
import { TIME_PARTS } from '../../../reports/page/states.js';
import { timeWaterfall } from '../../../reports/page/time-waterfall.js';
import { timelineData, tracedTimes } from '../../../reports/page/timeline-data.js';
import type { TracedSpan } from '../../../reports/page/trace-view.js';
import type { ChipResult } from '../../../sim/results/chip-result.js';
import type { ResourceResult, Result, TimeBreakdown } from '../../../sim/results/result.js';
import { sampleResult } from '../sample-result.js';
import { SMALL_TRACE } from './hand-made.js';

const NO_TIME = Object.fromEntries(TIME_PARTS.map(({ key }) => [key, 0])) as unknown as TimeBreakdown;

describe('HTML', () => {
  it('escapes what is put in, and only that', () => {
    const name = `<img src="x" onerror='alert(1)'> & more`;
    expect(html`<b title="${name}">${[name, 3]}</b>`.text).toBe(
      '<b title="&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt; &amp; more">&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt; &amp; more3</b>',
    );
  });

  it('leaves no character of markup, and nothing of other texts changes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(escaped(text)).not.toMatch(/[<>"']/);
        const back = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' } as Record<string, string>;
        expect(escaped(text).replace(/&(?:lt|gt|quot|#39|amp);/g, (found) => back[found]!)).toBe(text);
      }),
      { seed: 20261121 },
    );
  });
});

describe('waterfall of the time', () => {
  it('leads from the reads to the cycles of the run, every step where the last one ended', () => {
    const time = { ...NO_TIME, reads: 40, adcWaiting: 25, pixels: 30, finished: 5 };
    const { steps, sum } = timeWaterfall(time, 100);
    expect(steps.map(({ part, cycles, before, share }) => [part.key, cycles, before, share])).toEqual([
      ['reads', 40, 0, 0.4],
      ['adcWaiting', 25, 40, 0.25],
      ['pixels', 30, 65, 0.3],
      ['finished', 5, 95, 0.05],
    ]);
    expect(sum).toBe(100);
  });

  it('accounts for every part of a time, whatever it is', () => {
    const parts = fc.record(Object.fromEntries(TIME_PARTS.map(({ key }) => [key, fc.nat(1e6)])));
    fc.assert(
      fc.property(parts, (values) => {
        const total = Object.values(values).reduce((all, value) => all + (value as number), 0);
        const { steps, sum } = timeWaterfall(values as unknown as TimeBreakdown, total);
        expect(sum).toBe(total);
        expect(steps.reduce((all, { cycles }) => all + cycles, 0)).toBe(total);
        if (total > 0) expect(steps.reduce((all, { share }) => all + share, 0)).toBeCloseTo(1, 9);
      }),
      { seed: 20261121, numRuns: 50 },
    );
  });
});

describe('ADC pools', () => {
  const wait = (count: number, mean: number) => ({ count, mean, p50: 0, p95: 0, p99: 0, max: 7 });
  const pool = (queue: number, utilisation: number): ResourceResult => ({
    kind: 'adcPool',
    ledger: {},
    utilisation,
    wait: wait(10, queue),
    'queue.mean': queue,
  });

  it('stand in the order of their queues, then of their use', () => {
    const resources = { a: pool(1, 0.9), b: pool(2, 0.1), c: pool(1, 0.95), d: { ...pool(9, 1), kind: 'adc' } };
    expect(poolsOf({ ...sampleResult(), resources }).map(({ path }) => path)).toEqual(['b', 'c', 'a']);
  });

  it('begin with the one that limits the run', () => {
    const result = sampleResult();
    const bottleneck = { ...result.chip!.bottleneck, resource: 'adc', path: 'c' };
    const resources = { a: pool(1, 0.9), b: pool(2, 0.1), c: pool(1, 0.2) };
    const pools = poolsOf({ ...sampleResult({ chip: { bottleneck } }), resources });
    expect(pools.map(({ path, isBottleneck }) => [path, isBottleneck])).toEqual([
      ['c', true],
      ['b', false],
      ['a', false],
    ]);
  });

  it('name the layers of their PEs, which take the PEs of a tile in the order of its floor plan, pass by pass', () => {
    const part = (layer: string, pass: number, pes: number) => ({
      ...{ layer, pass, pes, replica: 0, crossbars: 8 * pes, buffer_bytes: 0, bufferPeak_bytes: 0 },
    });
    // Tile 3: conv1 on PE 0, conv2 on PEs 1 and 2; in the next pass fc1 on PEs 0 and 1. The pooling stage takes none.
    const parts = [part('conv1', 0, 1), part('pool1', 0, 0), part('conv2', 0, 2), part('fc1', 1, 2)];
    const floorPlan = [{ tile: 3, chip: 0, x: 0, y: 0, parts }];
    const path = (pe: number): string => `Chip.Tile[3].Pe[${pe}].AdcPool[0]`;
    const result = sampleResult({ chip: { floorPlan } });
    const layers = result.layers!.map((of) => ({
      ...of,
      busiest: { ...of.busiest, adcPool: { path: of.name === 'conv2' ? path(2) : path(0), shares: {} } },
    }));
    const resources = {
      [path(0)]: pool(3, 1),
      [path(1)]: pool(2, 1),
      [path(2)]: pool(1, 1),
      'Pe[0].AdcPool[0]': pool(0, 0),
    };
    const pools = poolsOf({ ...result, layers, resources });
    expect(pools.map(({ layers: of }) => of.map(({ name }) => name))).toEqual([
      ['conv1', 'fc1'],
      ['conv2', 'fc1'],
      ['conv2'],
      [],
    ]);
    // Busiest of conv1 and fc1 is that of PE 0, of conv2 that of PE 2.
    expect(pools.map(({ layers: of }) => of.map(({ isBusiest }) => isBusiest))).toEqual([
      [true, true],
      [false, false],
      [true],
      [],
    ]);
    const onChip = { [path(0)]: pool(3, 1), [path(1)]: pool(2, 1), [path(2)]: pool(1, 1) };
    expect(listedPes({ ...result, resources: onChip })).toEqual({ listed: 3, all: 3 });
    expect(listedPes({ ...result, resources: { [path(0)]: pool(3, 1) } })).toEqual({ listed: 1, all: 3 });
  });

  it('bins of several pools are added, each with the waits that it holds', () => {
    expect(
      waitBins([
        { ...wait(6, 1), histogram: [1, 2, 3] },
        { ...wait(5, 1), histogram: [5] },
      ]),
    ).toEqual([
      { from: 0, to: 0, count: 6 },
      { from: 1, to: 1, count: 2 },
      { from: 2, to: 3, count: 3 },
    ]);
    expect(waitBins([{ ...wait(1, 1), histogram: [0, 0, 0, 0, 1] }])!.at(-1)).toEqual({ from: 8, to: 15, count: 1 });
  });

  it('has no bins where an older result has none', () => {
    expect(waitBins([{ ...wait(6, 1), histogram: [6] }, wait(5, 1)])).toBeNull();
  });
});

describe('queue over time', () => {
  it('gives the longest and the mean queue of each part of the window', () => {
    // 0 until 10, 4 until 15, 2 until the end at 40; parts of 20 cycles.
    const changes = [
      { at: 10, value: 4 },
      { at: 15, value: 2 },
    ];
    expect(queueParts(changes, 0, 40, 2)).toEqual([
      { most: 4, mean: (5 * 4 + 5 * 2) / 20 },
      { most: 2, mean: 2 },
    ]);
  });
});

describe('timeline', () => {
  it('accounts for every cycle of the window on every resource', () => {
    const [crossbar, adc] = tracedTimes(SMALL_TRACE);
    expect(Object.fromEntries(crossbar!.cycles)).toEqual({ read: 40, 'stall.adc': 30 });
    expect(crossbar!.idle).toBe(30);
    expect(Object.fromEntries(adc!.cycles)).toEqual({ convert: 80 });
    expect(adc!.idle).toBe(20);
  });

  it('is written as differences, each group led by its counters', () => {
    expect(timelineData(SMALL_TRACE)).toEqual({
      from: 100,
      to: 200,
      names: ['read', 'stall.adc', 'convert'],
      rows: [
        { group: 'Chip.Tile[0].Pe[0]', name: 'Crossbar[0]', spans: [0, 20, 0, 20, 30, 1, 30, 20, 0] },
        { group: 'Chip.Tile[0].Pe[0].AdcPool[0]', name: 'queue', changes: [20, 3, 20, 1, 40, 0] },
        { group: 'Chip.Tile[0].Pe[0].AdcPool[0]', name: 'Adc[0]', spans: [20, 80, 2] },
      ],
    });
  });
});

describe('reads in the timeline', () => {
  it('are written as differences, with what becomes of their samples', () => {
    const read = { samples: 8, readStart: 90, readEnd: 103, firstConversion: 110, lastConversionEnd: 116 };
    const later = { samples: 4, readStart: 120, readEnd: 133, firstConversion: 133, lastConversionEnd: 139 };
    const [track] = SMALL_TRACE.tracks;
    const reads = [
      { number: 7, ...read },
      { number: 8, ...later },
    ];
    const { rows } = timelineData({ ...SMALL_TRACE, tracks: [{ ...track!, reads }], counters: [] });
    // The first one began ten cycles before the trace.
    expect(rows[0]!.reads).toEqual([7, -10, 8, 7, 13, 1, 30, 4, 0, 6]);
  });
});

describe('conversions in the timeline', () => {
  it('say whose samples they are: the crossbar, and its operation as a difference', () => {
    const track = (spans: readonly TracedSpan[]) => ({
      parent: 'Chip.Tile[0].Pe[0].AdcPool[0]',
      name: 'Adc[0]',
      spans,
    });
    const conversion = (start: number, crossbar: number, operation: number): TracedSpan => {
      return { name: 'convert', start, end: start + 5, served: { crossbar, operation } };
    };
    const spans = [
      conversion(100, 3, 20),
      conversion(105, 0, 22),
      // Of a trace that does not say it.
      { name: 'convert', start: 110, end: 115 },
      conversion(115, 1, 21),
    ];
    const rowOf = (shown: readonly TracedSpan[]) =>
      timelineData({ ...SMALL_TRACE, tracks: [track(shown)], counters: [] }).rows[0]!;
    expect(rowOf(spans).served).toEqual([3, 20, 0, 2, -1, 0, 1, -1]);
    expect(rowOf([spans[2]!])).not.toHaveProperty('served');
  });
});

describe('floor plan', () => {
  const part = (layer: string, crossbars: number) => ({
    layer,
    replica: 0,
    pass: 0,
    pes: 1,
    crossbars,
    buffer_bytes: null,
    bufferPeak_bytes: 0,
  });
  const crossbar = (utilisation: number): ResourceResult => ({ kind: 'crossbar', ledger: {}, utilisation });
  // Two routers with two tiles each; conv1 has two crossbars on tile 1, one of which reads 60%; tile 1 has a spare one.
  const chip = {
    chips: 1,
    tilesPerChip: 4,
    mesh: { columns: 1, rows: 2, tilesPerRouter: 2 },
    floorPlan: [{ tile: 1, chip: 0, x: 0, y: 0, parts: [part('conv1', 2), part('pool1', 0)] }],
  } as unknown as ChipResult;
  const result = sampleResult();

  it('shows the mean of the crossbars that hold a part, spare ones apart', () => {
    const resources = {
      'Chip.Tile[1].Pe[0].Crossbar[0]': crossbar(0.6),
      'Chip.Tile[1].Pe[0].Crossbar[1]': crossbar(0.2),
      'Chip.Tile[1].Pe[0].Crossbar[2]': crossbar(0),
    };
    const plan = floorPlanOf({ ...result, resources, footprint: { ...result.footprint, crossbars: 2 } }, chip);
    expect(plan).toMatchObject({ columns: 2, rows: 2, readOff: 'crossbars' });
    expect(plan.tiles.map(({ column, row, crossbars }) => [column, row, crossbars])).toEqual([
      [0, 0, 0],
      [1, 0, 2],
      [0, 1, 0],
      [1, 1, 0],
    ]);
    expect(plan.tiles[1]).toMatchObject({ layers: ['conv1'], utilisation: 0.4 });
  });

  it('takes the mean of the layers where a result lists not all crossbars', () => {
    const layers = [
      { ...result.layers![0]!, name: 'conv1', crossbars: { instances: 2, cycles: { read: 30, idle: 70 } } },
    ];
    const plan = floorPlanOf({ ...result, layers, resources: {} }, chip);
    expect(plan.readOff).toBe('layers');
    expect(plan.tiles[1]!.utilisation).toBeCloseTo(0.3, 12);
  });

  it('classes of heat end where the legend says', () => {
    expect([0, 0.001, 0.01, 0.011, 0.7, 0.71, 1].map(heatClass)).toEqual([0, 1, 1, 2, 6, 7, 7]);
  });
});

describe('differences', () => {
  it('are absolute and over the first result', () => {
    expect(difference(150, 200)).toEqual({ absolute: -50, relative: -0.25 });
    expect(difference(3, 0)).toEqual({ absolute: 3, relative: null });
  });

  it('compare what at least one result has', () => {
    const network = sampleResult();
    const { chip: _chip, layers: _layers, images: _images, ...pe } = network;
    const numbers = comparedNumbers([network, pe as Result]);
    const latency = numbers.find(({ name }) => name === 'latency')!;
    expect(latency.values).toEqual([network.chip!.latency_cycles, null]);
    expect(comparedNumbers([pe as Result]).map(({ name }) => name)).not.toContain('latency');
  });

  it('list the values in which scenarios differ', () => {
    const first = flattened({ machine: { adc: { bits: 5, perPool: 2 } }, list: [1, 2] });
    expect(first).toEqual([
      ['machine.adc.bits', '5'],
      ['machine.adc.perPool', '2'],
      ['list', '[1,2]'],
    ]);
    const second = flattened({ machine: { adc: { bits: 5, perPool: 8 } } });
    expect(differingValues([first, second])).toEqual([
      { path: 'machine.adc.perPool', values: ['2', '8'] },
      { path: 'list', values: ['[1,2]', '–'] },
    ]);
  });
});
