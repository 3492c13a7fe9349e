import { describe, expect, test } from 'vitest';
import { comparisonText } from '../../../reports/comparison/text.js';
import type { Comparison } from '../../../sim/results/comparison.js';
import { sampleComparison, sampleOfOneNetwork } from './sample-comparison.js';

const SPACE = '\u202f';
const plain = { width: 100, colour: false };

/** Lines of a text with single spaces between their words. */
function lines(text: string): string[] {
  return text.split('\n').map((line) => line.replace(/ +/g, ' ').trim());
}

/** The lines below a heading. */
function belowHeading(text: string, heading: string): string[] {
  const all = lines(text);
  const start = all.indexOf(heading);
  expect(start, heading).toBeGreaterThanOrEqual(0);
  return all.slice(start + 1);
}

const rowOf = (all: readonly string[], start: string) => all.find((line) => line.startsWith(start));

describe('the sample on the terminal', () => {
  const text = comparisonText(sampleComparison(), plain);

  test('says what is compared with what', () => {
    expect(lines(text)[0]).toBe('4 systems on lenet5-mnist, vgg10m-cifar10; ratios over isaac-ou, above 1 is better');
    expect(text).not.toContain('--free-overheads');
  });

  test('shows times and energy of an image, and behind each ratio what the paper claims over the baseline', () => {
    const lenet = belowHeading(text, 'lenet5-mnist, 2 images');
    expect(lenet[0]).toBe('system time/image speed-up per crossbar energy/image saving');
    expect(rowOf(lenet, 'isaac-ou *')).toBe(`isaac-ou * 10.0${SPACE}µs 1.00x 1.00x 4.00${SPACE}µJ 1.00x`);
    expect(rowOf(lenet, 'sre')).toBe(`sre 6.25${SPACE}µs 1.60x (paper 1.6-4x) 3.20x 1.60${SPACE}µJ 2.50x (paper 4x)`);
    // Its claims are over other systems than the baseline, so none stands here.
    expect(rowOf(lenet, 'zero-compression')).toBe(`zero-compression 12.5${SPACE}µs 0.80x 2.00x 2.00${SPACE}µJ 2.00x`);
    expect(rowOf(lenet, 'bwq')).toBe(`bwq 2.50${SPACE}µs 4.00x (paper 6.25x) 8.00x 400${SPACE}nJ 10.0x`);
  });

  test('shows stored bits with the share of the indices', () => {
    const storage = belowHeading(text, 'system crossbars saving stored bits index % saving');
    expect(rowOf(storage, 'sre')).toBe(`sre 20 2.00x 250${SPACE}kb 20.0 1.60x`);
    expect(rowOf(storage, 'bwq')).toBe(`bwq 20 2.00x (paper 2x) 80.0${SPACE}kb 12.5 5.00x`);
  });

  test('shows waits in nanoseconds of each clock, and accuracy with its distance to the float network', () => {
    const adc = belowHeading(text, 'system conversions saving ADC use % mean wait top-1 % to float');
    // 3 cycles at 2 GHz; 986 of 1000 right, the float network 985.
    expect(rowOf(adc, 'bwq')).toBe(`bwq 25${SPACE}600 10.0x 25.0 1.50${SPACE}ns 98.60 +0.10`);
    expect(rowOf(adc, 'zero-compression')).toBe(`zero-compression 80${SPACE}000 3.20x 20.0 8.00${SPACE}ns 97.20 -1.30`);
    expect(text).toContain(`1${SPACE}000 test images`);
  });

  test('leaves accuracy open where nothing was measured', () => {
    const vgg = belowHeading(text, 'vgg10m-cifar10, 2 images');
    const adc = vgg.slice(vgg.indexOf('system conversions saving ADC use % mean wait top-1 % to float'));
    expect(rowOf(adc, 'sre')).toBe(`sre 2.84${SPACE}M 9.00x 30.0 2.00${SPACE}ns – –`);
  });

  test('shows geometric means', () => {
    const means = belowHeading(text, 'ratios over isaac-ou, geometric means over 2 networks');
    expect(rowOf(means, 'bwq')).toBe('bwq 5.00x (paper 6.25x) 10.0x 20.0x 2.00x (paper 2x) 5.00x');
    expect(rowOf(means, 'isaac-ou')).toBe('isaac-ou * 1.00x 1.00x 1.00x 1.00x 1.00x');
    expect(rowOf(belowHeading(text, 'system conversions'), 'sre')).toBe('sre 6.00x');
  });

  test('holds every claim against what was simulated', () => {
    const claims = belowHeading(text, 'against the papers');
    expect(claims.slice(0, 13)).toEqual([
      'system figure over paper ousim off by comparability source',
      expect.stringMatching(/^─+$/),
      'sre speed-up isaac-ou 1.6-4x 2.00x 0% other networks [1]',
      'sre energy isaac-ou 4x 5.00x +25% upper bound [2]',
      'zero-compression speed-up sre 2x 0.50x -75% other networks [3]',
      'bwq speed-up isaac-ou 6.25x 5.00x -20% re-simulated [4]',
      'bwq crossbars isaac-ou 2x 2.00x 0% definition [4]',
      'bwq energy isaac 10x not run – other networks [5]',
      '[1] Sample et al., ISCA 2019, Fig. 7: speed-up over the OU baseline on six networks',
      '[2] Sample et al., ISCA 2019, Fig. 9: energy | of the chip',
      '[3] Example, DAC 2022, Sec. V',
      '[4] Specimen, TCAD 2023, Fig. 12',
      '[5] Specimen, TCAD 2023, Table V',
    ]);
  });

  test('gives each source in full, over several lines under its first word', () => {
    const narrow = comparisonText(sampleComparison(), { width: 40, colour: false }).split('\n');
    const first = narrow.findIndex((line) => line.startsWith('[1] '));
    expect(narrow.slice(first, first + 5)).toEqual([
      '[1] Sample et al., ISCA 2019, Fig. 7:',
      '    speed-up over the OU baseline on six',
      '    networks',
      '[2] Sample et al., ISCA 2019, Fig. 9:',
      '    energy | of the chip',
    ]);
  });

  test('words of a waterfall that go on the next line stand under their first', () => {
    const of = text.split('\n');
    const first = of.findIndex((line) => line.startsWith('sre               indices 2.00'));
    expect(of[first + 1]).toMatch(/^ {18}baseline's losses x1\.25,/);
  });
});

describe('the width', () => {
  const long = (comparison: Comparison): Comparison => {
    const renamed = (name: string) => (name === 'zero-compression' ? 'zero-compression-with-global-order' : name);
    return {
      ...comparison,
      systems: comparison.systems.map((system) => ({ ...system, name: renamed(system.name) })),
      networks: comparison.networks.map((network) => ({
        ...network,
        runs: network.runs.map((run) => ({ ...run, system: renamed(run.system) })),
      })),
    };
  };

  test.each([
    ['the sample', sampleComparison()],
    ['a long name', long(sampleComparison())],
  ])('%s keeps to 100 columns', (_, comparison) => {
    for (const line of comparisonText(comparison, plain).split('\n')) {
      expect(Array.from(line).length, line).toBeLessThanOrEqual(100);
    }
  });

  test('a wide terminal has one table for a network', () => {
    const text = comparisonText(sampleOfOneNetwork(), { width: 250, colour: false });
    expect(lines(text).filter((line) => line.startsWith('system '))).toEqual([
      'system time/image speed-up per crossbar energy/image saving crossbars saving stored bits index % saving ' +
        'conversions saving ADC use % mean wait top-1 % to float',
    ]);
  });
});

test('one network without claims has neither means nor a table of claims', () => {
  const text = comparisonText(sampleOfOneNetwork(), plain);
  expect(text).not.toContain('geometric');
  expect(text).not.toContain('against the papers');
  expect(text).not.toContain('(paper');
});

test('says what was set for all systems and what was made free', () => {
  const text = comparisonText(
    { ...sampleComparison(), freeOverheads: true, overrides: ['machine.adc.perPool=2', 'machine.adc.bits=7'] },
    plain,
  );
  expect(lines(text).slice(1, 3)).toEqual([
    'indices and detectors cost no time, energy or area here (--free-overheads)',
    'set for all systems: machine.adc.perPool=2, machine.adc.bits=7',
  ]);
});

describe('colours', () => {
  const RED = '\u001b[31m';

  test('none unless asked for', () => {
    expect(comparisonText(sampleComparison(), plain)).not.toContain('\u001b');
  });

  test('red where a ratio is below 1 and where more accuracy is lost than the budget', () => {
    const text = comparisonText(sampleOfOneNetwork(), { width: 100, colour: true });
    const red = text
      .split(RED)
      .slice(1)
      .map((rest) => rest.slice(0, rest.indexOf('\u001b')).trim());
    // Of zero-compression: speed-up 0.8; 13 of 1000 images lost with a budget of 1 percentage point.
    expect(red).toEqual(['0.80x', '-1.30']);
  });
});
