import { describe, expect, test } from 'vitest';
import { comparisonMarkdown } from '../../../reports/comparison/markdown.js';
import { escaped } from '../../../reports/comparison/markdown-table.js';
import { sampleComparison, sampleOfOneNetwork } from './sample-comparison.js';

const SPACE = '\u202f';

/** Cells of the rows of the first table after a heading; the rule under the headings is left out. */
function tableAfter(markdown: string, ...headings: readonly string[]): string[][] {
  let rest = markdown;
  for (const heading of headings) {
    const at = rest.indexOf(`\n${heading}\n`);
    expect(at, heading).toBeGreaterThanOrEqual(0);
    rest = rest.slice(at + heading.length + 2);
  }
  const lines = rest.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, l) => l > start && !line.startsWith('|'));
  const cells = lines.slice(start, end < 0 ? undefined : end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return [cells[0]!, ...cells.slice(2)];
}

const LENET = '## lenet5-mnist, 2 images';
const markdown = comparisonMarkdown(sampleComparison());

test('every table has the same number of cells in all its rows', () => {
  const blocks = markdown.split('\n\n').filter((block) => block.startsWith('|'));
  // Of each network: speed, energy, storage, ADC, overhead, waterfall; accuracy of one; then means and claims.
  expect(blocks).toHaveLength(2 * 6 + 1 + 2);
  for (const block of blocks) {
    const widths = block.split('\n').map((line) => line.split(/(?<!\\)\|/).length);
    expect(new Set(widths).size, block).toBe(1);
  }
});

test('says who the systems are', () => {
  expect(markdown).toContain('\n- **sre**: Sparse ReRAM engine (Sparse ReRAM Engine, ISCA 2019)\n');
  expect(markdown).toContain('\n- **bwq**: Block-wise quantisation\n');
});

test('ratios stand with what the papers claim', () => {
  expect(tableAfter(markdown, LENET, '### Speed')).toEqual([
    ['system', 'time/image', 'speed-up', 'per crossbar'],
    ['isaac-ou \\*', `10.0${SPACE}µs`, '1.00x', '1.00x'],
    ['sre', `6.25${SPACE}µs`, '1.60x (paper 1.6-4x)', '3.20x'],
    ['zero-compression', `12.5${SPACE}µs`, '0.80x', '2.00x'],
    ['bwq', `2.50${SPACE}µs`, '4.00x (paper 6.25x)', '8.00x'],
  ]);
});

test('accuracy on both sets of images, with the budget and the bits of activations', () => {
  const [, , , zeroCompression, bwq] = tableAfter(markdown, LENET, '### Accuracy');
  // 491 of 500 and 972 of 1000 right.
  expect(zeroCompression).toEqual([
    ...['zero-compression', '1', '8'],
    ...['500', '99.00', '99.00', '98.20', '-0.80'],
    ...[`1${SPACE}000`, '98.50', '98.40', '97.20', '-1.30'],
  ]);
  expect(bwq!.slice(0, 3)).toEqual(['bwq', '1', '6']);
});

test('a network without test images has no table of accuracy, a single system without them has dashes', () => {
  const vgg = markdown.slice(markdown.indexOf('## vgg10m-cifar10'));
  expect(vgg).toContain('### Accuracy\n\nNot measured');

  const sample = sampleOfOneNetwork();
  const [network] = sample.networks;
  const runs = network!.runs.map((run) => (run.system === 'sre' ? { ...run, calibration: null } : run));
  const partly = comparisonMarkdown({ ...sample, networks: [{ ...network!, runs }] });
  expect(tableAfter(partly, LENET, '### Accuracy')[2]).toEqual(['sre', ...Array.from({ length: 12 }, () => '–')]);
});

test('overheads and their shares', () => {
  const [, baseline, sre] = tableAfter(markdown, LENET, '### Overhead');
  expect(baseline).toEqual([
    'isaac-ou \\*',
    `0${SPACE}b`,
    '0.0',
    ...[`0${SPACE}J`, `0${SPACE}J`, `0${SPACE}J`, '0.0'],
    ...[`0.00${SPACE}mm²`, `0.00${SPACE}mm²`, `0.00${SPACE}mm²`, '0.0'],
    '0.0',
    '0.0',
  ]);
  // 50 of 250 kb, 0.16 of 1.6 µJ, 0.04 of 0.8 mm²; 500 and 250 of 6 250 cycles.
  expect(sre).toEqual([
    'sre',
    `50.0${SPACE}kb`,
    '20.0',
    ...[`40.0${SPACE}nJ`, `40.0${SPACE}nJ`, `80.0${SPACE}nJ`, '10.0'],
    ...[`0.0100${SPACE}mm²`, `0.0100${SPACE}mm²`, `0.0200${SPACE}mm²`, '5.0'],
    '8.0',
    '4.0',
  ]);
});

test('waterfalls with the speed-up after each step and its factor', () => {
  const [headings, , , , bwq] = tableAfter(markdown, LENET, '### From ideal to achieved speed-up');
  expect(headings).toEqual([
    ...['system', 'words', 'weights', 'indices', 'activations', 'planes', 'ideal', 'parallelism', "baseline's losses"],
    ...[
      'ADC waiting',
      'index decoding',
      'detector',
      'imbalance',
      'pixels',
      'output',
      'transfer',
      'finished',
      'achieved',
    ],
  ]);
  expect(bwq).toEqual([
    ...['bwq', '0.50 (x0.50)', '5.00 (x10.0)', '5.00 (x1.00)', '5.00 (x1.00)', '10.0 (x2.00)', '10.0x'],
    ...['5.00 (x0.50)', '6.25 (x1.25)', '5.56 (x0.89)', '5.56 (x1.00)', '5.56 (x1.00)', '5.00 (x0.90)', '5.00 (x1.00)'],
    ...['5.00 (x1.00)', '5.00 (x1.00)', '4.00 (x0.80)'],
    '4.00x',
  ]);
});

describe('claims', () => {
  test('with whole sources', () => {
    expect(tableAfter(markdown, '## Against the papers')[2]).toEqual([
      ...['sre', 'energy saving', 'isaac-ou', '4x', '5.00x', '+25%', 'upper bound', '\\[2\\]'],
    ]);
    expect(markdown).toContain('\n- \\[2\\] Sample et al., ISCA 2019, Fig. 9: energy \\| of the chip\n');
    expect(markdown).toContain("- **re-simulated**: another paper's simulation");
  });

  test('none, then no section', () => {
    const one = comparisonMarkdown(sampleOfOneNetwork());
    expect(one).not.toContain('Against the papers');
    expect(one).not.toContain('Geometric means');
  });
});

test('geometric means of all figures', () => {
  expect(tableAfter(markdown, '## Geometric means over 2 networks')[2]).toEqual([
    ...['sre', '2.00x (paper 1.6-4x)', '3.16x', '5.00x (paper 4x)', '1.58x', '2.00x', '6.00x'],
  ]);
});

test('charts are shown where there are any', () => {
  expect(markdown).not.toContain('## Charts');
  const charts = [{ title: 'Ratios [all]', file: 'charts/comparison ratios.png' }];
  expect(comparisonMarkdown(sampleComparison(), charts)).toContain(
    '## Charts\n\n![Ratios \\[all\\]](charts/comparison%20ratios.png)\n',
  );
});

test('marks of Markdown in names and sources are shown as they are', () => {
  expect(escaped('a|b *c* _d_ `e` <f> [g] \\h\n  i')).toBe('a\\|b \\*c\\* \\_d\\_ \\`e\\` \\<f\\> \\[g\\] \\\\h i');
});
