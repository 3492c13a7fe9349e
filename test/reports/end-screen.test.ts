import { describe, expect, test } from 'vitest';
import { endScreen, type RunFiles } from '../../reports/end-screen.js';
import type { TableOptions } from '../../reports/table-options.js';
import type { Result } from '../../sim/results/result.js';
import { ESCAPE, NOT_WRITTEN, plain, WRITTEN } from './printed-result.js';
import { layer, samplePeResult, sampleResult } from './sample-result.js';

describe('the end screen', () => {
  const screen = (result: Result, files: RunFiles = WRITTEN, options: TableOptions = {}) =>
    plain(endScreen(result, files, options))
      .trimEnd()
      .split('\n');
  const labels = (lines: readonly string[]) =>
    lines.map((line) => line.slice(0, 14).trim()).filter((label) => /^[a-z][a-z0-9-]*$/.test(label));

  test('of a network: what came out, what limits it, where the files are, in this order and at most 20 lines', () => {
    const lines = screen(sampleResult({ preset: 'isaac' }));
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines[0]).toBe('═'.repeat(100));
    expect(lines[1]).toBe('lenet5-mnist on isaac, 10 images, pipeline layer-barrier');
    const outcome = ['cycles', 'latency', 'throughput', 'energy', 'accuracy', 'hardware'];
    const limits = ['bottleneck', 'stalls'];
    expect(labels(lines)).toEqual([...outcome, ...limits, 'warning', 'assumed', 'files', 'next']);
    // Each group of them stands apart: a blank line before the bottleneck, before the warning and before what was assumed.
    const apart = lines.flatMap((line, l) => (line === '' ? labels([lines[l + 1]!]) : []));
    expect(apart).toEqual(['bottleneck', 'warning', 'assumed']);
  });

  test('without room for blank lines there are none', () => {
    const warnings = Array.from({ length: 9 }, (_, i) => `made-up warning ${i}`);
    const lines = screen({ ...sampleResult(), warnings });
    expect(lines).not.toContain('');
    expect(lines.filter((line) => line.includes('made-up warning'))).toHaveLength(9);
  });

  test('cycles, time and clock, energy, hardware and warnings are there', () => {
    const text = screen(sampleResult({ preset: 'isaac' })).join('\n');
    // 400 080 cycles at 1.28 GHz are 312.56 us, 40 008 of an image 31.26 us
    expect(text).toContain('\n  cycles      400 080 (313 µs at 1.28 GHz)\n');
    expect(text).toContain(
      '\n  latency     40 008 cycles (31.3 µs) of the first image; on average 31.3 µs, at most 31.3 µs\n',
    );
    expect(text).toContain('32.0 k images/s, an image every 40 008 cycles');
    expect(text).toContain('5 of 16 tiles on 1 chip, 10 PEs with 76 crossbars');
    expect(text).toContain('12.5 mW, 0.500 TOPS/W');
    expect(text).toContain('\n  warning     a made-up warning\n');
  });

  test('the latency of a single image is told where it is not the length of the run', () => {
    const once = sampleResult({ images: 1 });
    expect(labels(screen(once))).not.toContain('latency');
    once.chip!.latency_cycles = 32_000;
    expect(screen(once)).toContain('  latency     32 000 cycles (25.0 µs) of the first image');
  });

  test('passes, synthetic numbers, notes and ideal resources are told', () => {
    const pass = { layers: ['conv1'], programming_cycles: 0, start_cycle: 0, cycles: 10 };
    const chip = {
      passes: [pass, pass, pass],
      synthetic: 'synthetic weights, real shapes',
      notes: ['something is left out'],
    };
    const ideal = [{ resource: 'adc', cycles: 200_040, speedup: 2, latency_cycles: 20_004 }];
    const text = screen({ ...sampleResult({ chip }), ideal }).join('\n');
    expect(text).toContain('pipeline layer-barrier (synthetic weights, real shapes)\n');
    expect(text).toContain('(313 µs at 1.28 GHz), in 3 passes\n');
    expect(text).toContain('  note        something is left out\n');
    expect(text).toContain('  ideal       with adc ideal: ×2.00, 200 040 cycles, first image 20 004\n');
    expect(screen(sampleResult()).join('\n')).not.toMatch(/passes|synthetic|ideal {2}/);
  });

  test('a share of the peak too small for a decimal is told with a digit', () => {
    const peak = { TOPS: 8, power_mW: 1, TOPSperW: 1, share: 0.000_234 };
    expect(screen(sampleResult({ chip: { peak } })).join('\n')).toMatch(/0\.02% of (the )?peak/);
  });

  test.each([
    [0, '10 of 10 images classified right', '32'],
    [3, '7 of 10 images classified right', null],
    [6, '4 of 10 images classified right', '31'],
  ])('with %d wrong predictions: %s; green if all are right, red if most are wrong', (wrong, words, colour) => {
    expect(screen(sampleResult({ wrong }))).toContain(`  accuracy    ${words}`);
    const line = screen(sampleResult({ wrong }), WRITTEN, { colour: true }).find((each) => each.includes(words))!;
    expect(line.endsWith(colour === null ? words : `${ESCAPE}[${colour}m${words}${ESCAPE}[39m`)).toBe(true);
  });

  test('without labels nothing is said about accuracy', () => {
    const result = sampleResult();
    for (const image of result.images!) delete image.label;
    expect(endScreen(result, WRITTEN)).not.toContain('classified');
  });

  test('saturated codes are told', () => {
    const result = samplePeResult();
    result.counts.saturatedCodes = 800;
    // 800 of 80 000 conversions
    expect(screen(result).join('\n')).toContain("800 codes, 1.0% of the conversions, exceeded the ADCs' range");
  });

  test('stalls: few cycles are whole numbers', () => {
    const stall = (crossbars: number, cycles: number) => {
      const layers = [layer('x', 1, crossbars, 4, cycles, 0.1, 0.6, 0, 0.5, 1, 2)];
      return /\((.*?), 60\.0%/.exec(screen(sampleResult({ layers, images: 1 })).join('\n'))![1];
    };
    // 60 % of the cycles of each crossbar.
    expect(stall(1, 10)).toBe('6 crossbar-cycles');
    expect(stall(4, 10)).toBe('24 crossbar-cycles');
    expect(stall(3, 500)).toBe('900 crossbar-cycles');
    expect(stall(10, 1000)).toBe('6.00 k crossbar-cycles');
  });

  test('stalls: three at most, shorter where one of them would wrap, and then all of them', () => {
    const stalls = (name: string) => {
      const stalled = layer(name, 1, 1_000, 4, 1_000, 0.1, 0.8, 0, 0.5, 1, 2);
      const layers = [stalled, ...['a', 'b', 'c'].map((other) => ({ ...stalled, name: other, crossbars: 2 }))];
      const lines = screen(sampleResult({ layers, images: 1 }));
      const first = lines.findIndex((line) => line.startsWith('  stalls'));
      return lines.slice(first, first + 4).map((line) => line.slice(14));
    };
    // Of the run's 4000 cycles 80 %: 3.2 M cycles of 1000 crossbars, 6.4 k of 2.
    expect(stalls('x')).toEqual([
      '1. x: crossbars wait for ADCs (3.20 M crossbar-cycles, 80.0% of crossbar time there)',
      '2. a: crossbars wait for ADCs (6.40 k crossbar-cycles, 80.0% of crossbar time there)',
      '3. b: crossbars wait for ADCs (6.40 k crossbar-cycles, 80.0% of crossbar time there)',
      '',
    ]);
    const longer = `layer4.${'x'.repeat(25)}`;
    expect(stalls(longer)).toEqual([
      `1. ${longer}: 1 000 crossbars wait for ADCs, 80.0% of the run`,
      '2. a: 2 crossbars wait for ADCs, 80.0% of the run',
      '3. b: 2 crossbars wait for ADCs, 80.0% of the run',
      '',
    ]);
    const longest = `layer4.${'x'.repeat(30)}`;
    expect(stalls(longest).slice(0, 2)).toEqual([
      `1. ${longest}: crossbars wait for ADCs, 80.0% of the run`,
      '2. a: crossbars wait for ADCs, 80.0% of the run',
    ]);
  });

  test('assumed values are counted, and where they are listed is said on one line', () => {
    const assumed = (files: RunFiles, count = 21) => {
      const result = sampleResult();
      const [assumption] = result.scenario.assumptions;
      result.scenario.assumptions = Array.from({ length: count }, () => assumption!);
      return screen(result, files).filter((line) => line.startsWith('  assumed'));
    };
    const exact = 'npx ousim explain isaac --set machine.adc.bits=6';
    expect(assumed(NOT_WRITTEN)).toEqual([`  assumed     21 values without a source, listed by ${exact}`]);
    // With the file the exact command does not fit.
    expect(assumed(WRITTEN)).toEqual([
      '  assumed     21 values without a source, listed in result.json and by npx ousim explain isaac',
    ]);
    const long = { ...WRITTEN, explain: [`npx ousim explain ${'long-'.repeat(20)}name.yaml`] };
    expect(assumed(long, 1)).toEqual(['  assumed     1 value without a source, listed in result.json and on the page']);
    expect(assumed(WRITTEN, 0)).toEqual([]);
  });

  test('files and the command for the page; or that nothing was written', () => {
    expect(screen(sampleResult()).slice(-2)).toEqual([
      '  files       out/lenet/  result.json, run-info.json, charts/ (3 pictures)',
      '  next        npx ousim report out/lenet',
    ]);
    const traced = screen(sampleResult(), { ...WRITTEN, trace: '5 events' });
    expect(traced.slice(-2)).toEqual(['  trace       5 events', '  next        npx ousim report out/lenet']);
    expect(screen(sampleResult(), NOT_WRITTEN).at(-1)).toBe(
      '  files       nothing written: name a folder with --out to keep the result',
    );
  });

  test('paths and commands stay in one piece, to be copied', () => {
    const folder = `/${'a-long-folder/'.repeat(12)}end`;
    const next = `npx ousim report ${folder}`;
    const lines = screen(sampleResult(), { ...WRITTEN, folder, next });
    expect(lines.some((line) => line.endsWith(` ${folder}/`))).toBe(true);
    expect(lines).toContain(`  next        ${next}`);
  });

  test('on a narrower terminal prose wraps', () => {
    for (const width of [60, 80]) {
      const lines = screen(sampleResult({ preset: 'isaac' }), WRITTEN, { width });
      if (width === 80) expect(lines.length).toBeLessThan(24);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });
});
