import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { COMPARED_FIGURES, type Comparison } from '../../sim/results/comparison.js';
import { folderWith, ousim, packageVersion, type Ran } from './ousim.js';

const SECONDS = 1000;

describe('a comparison', { timeout: 60 * SECONDS }, () => {
  const folder = join(folderWith(), 'compare');
  let ran: Ran;
  let comparison: Comparison;

  beforeAll(async () => {
    ran = await ousim(['compare', 'isaac-ou-8', '--baseline', 'isaac', '--images', '2', '--json', '--out', folder]);
    comparison = JSON.parse(readFileSync(join(folder, 'compare.json'), 'utf8')) as Comparison;
  }, 60 * SECONDS);

  test('ends well, and prints compare.json and nothing else', () => {
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toBe(readFileSync(join(folder, 'compare.json'), 'utf8'));
  });

  test('writes json, report and charts, each chart with its numbers', () => {
    expect(readdirSync(folder).sort()).toEqual(['charts', 'compare.json', 'compare.md', 'run-info.json']);
    const charts = readdirSync(join(folder, 'charts'));
    const pictures = charts.filter((file) => file.endsWith('.png'));
    expect(pictures).toContain('comparison-ratios.png');
    expect(pictures).toContain('waterfall-isaac-ou-8.png');
    expect(charts.filter((file) => file.endsWith('.csv'))).toEqual(
      pictures.map((file) => file.replace('.png', '.csv')),
    );
    const report = readFileSync(join(folder, 'compare.md'), 'utf8');
    for (const picture of pictures) expect(report).toContain(`(charts/${picture})`);
    expect(JSON.parse(readFileSync(join(folder, 'run-info.json'), 'utf8'))).toMatchObject({
      ousim: packageVersion,
      runs: 2,
    });
  });

  test('puts the baseline before the systems that were named', () => {
    expect(comparison.baseline).toBe('isaac');
    expect(comparison.systems.map(({ name }) => name)).toEqual(['isaac', 'isaac-ou-8']);
    expect(comparison.networks.map(({ name, images }) => [name, images])).toEqual([['lenet5-mnist', 2]]);
  });

  test('gives ratios that are those of its own numbers, and waterfalls that end at the speed-up', () => {
    const [network] = comparison.networks;
    const [baseline] = network!.runs;
    for (const figure of COMPARED_FIGURES) expect(baseline!.ratios[figure]).toBeCloseTo(1, 12);
    for (const run of network!.runs) {
      expect(run.ratios.speedup).toBeCloseTo(baseline!.latency_ns / run.latency_ns, 9);
      expect(run.ratios.energySaving).toBeCloseTo(baseline!.energy_pJ / run.energy_pJ, 9);
      expect(run.ratios.crossbarSaving).toBeCloseTo(baseline!.crossbars / run.crossbars, 9);
      expect(run.waterfall.at(-1)!.speedup / run.ratios.speedup).toBeCloseTo(1, 9);
      expect(run.latency_ns).toBeCloseTo(run.cycles / run.rootClock_GHz, 6);
    }
  });
});

test('on the terminal: tables, waterfalls, and that nothing was written', { timeout: 60 * SECONDS }, async () => {
  const { code, stdout, stderr } = await ousim(['compare', 'isaac', '--baseline', 'isaac', '--free-overheads']);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^1 system on lenet5-mnist; ratios over isaac/);
  expect(stdout).toContain('(--free-overheads)');
  expect(stdout).toContain('lenet5-mnist: from ideal to achieved speed-up\nisaac *');
  expect(stdout).toMatch(/nothing written: name a folder with --out to keep the comparison\n$/);
  for (const line of stdout.split('\n')) expect(Array.from(line).length, line).toBeLessThanOrEqual(100);
});

describe('workers', { timeout: 60 * SECONDS }, () => {
  test('one, two or more than there are jobs: the files are the same, byte for byte', async () => {
    const [one, two, many] = await Promise.all(
      ['1', '2', '9'].map(async (workers) => {
        const folder = join(folderWith(), workers);
        const info = () => JSON.parse(readFileSync(join(folder, 'run-info.json'), 'utf8'));
        const systems = ['compare', 'sre', 'isaac', 'era-bs', '--baseline', 'isaac-ou-8'];
        const { code, stderr } = await ousim([...systems, '--workers', workers, '--out', folder, '--no-charts']);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(info()).toMatchObject({ runs: 4, workers: Number(workers) });
        return ['compare.json', 'compare.md'].map((file) => readFileSync(join(folder, file), 'utf8'));
      }),
    );
    expect(two).toEqual(one);
    expect(many).toEqual(one);
    expect((JSON.parse(one![0]!) as Comparison).systems.map(({ name }) => name)).toEqual([
      'isaac-ou-8',
      'sre',
      'isaac',
      'era-bs',
    ]);
  });

  test('an error while a system runs is told as with one worker, and nothing is written', async () => {
    // On the chip of 4 tiles and 48 crossbars, isaac-ou-8 fits, and isaac-ou with words twice as long does not. The many images
    // keep the first thread at isaac-ou-8 while the second fails.
    const chip = [
      'machine.chip.columns=1',
      'machine.chip.rows=1',
      'machine.pe.crossbars=1',
      'execution.overflow=refuse',
    ];
    const systems = ['compare', 'isaac-ou', '--baseline', 'isaac-ou-8', '--images', '30'];
    const folder = join(folderWith(), 'new');
    const [one, two] = await Promise.all(
      ['1', '2'].map((workers) =>
        ousim([...systems, ...chip.flatMap((value) => ['--set', value]), '--workers', workers, '--out', folder]),
      ),
    );
    expect(one).toMatchObject({ code: 2, stdout: '' });
    expect(one!.stderr).toContain('execution.overflow\n  got:     refuse, and the network needs 7 tiles');
    expect(two).toEqual(one);
    expect(existsSync(folder)).toBe(false);
  });

  test.each(['0', '1.5', 'two', ''])('--workers %j is a mistake', async (workers) => {
    const { code, stderr } = await ousim(['compare', '--workers', workers]);
    expect(code).toBe(2);
    expect(stderr).toContain('--workers\n');
    expect(stderr).toContain('allowed: a whole number from 1 to 999');
  });
});

describe('mistakes', { timeout: 30 * SECONDS }, () => {
  const count = (text: string, part: string) => text.split(part).length - 1;

  test('are told all at once with the nearest names, and nothing is written', async () => {
    const folder = join(folderWith(), 'new');
    const { code, stdout, stderr } = await ousim([
      ...['compare', 'sre', 'sre', 'bwqq', '--baseline', 'isac', '--models', 'lenet,lenet5-mnist', '--images', '0'],
      ...['--set', 'machine.adc.bitz=3', '--out', folder],
    ]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(existsSync(folder)).toBe(false);
    expect(stderr).toContain('command line: 4 problems');
    expect(stderr).toContain('systems\n  got:     "bwqq"');
    expect(stderr).toContain('did you mean `bwq`?');
    expect(stderr).toContain('"sre" more than once');
    expect(stderr).toContain('--baseline\n  got:     "isac"');
    expect(stderr).toContain('--images\n  got:     "0"');
    expect(stderr).toContain('sre on lenet, lenet5-mnist: 1 problem\n\nmachine.adc.bitz');
    expect(stderr).toContain('sre on lenet: 1 problem\n\nworkload.model\n  got:     "lenet"');
    expect(stderr).toContain('did you mean `lenet5-mnist`?');
  });

  test('that several scenarios share are told once', async () => {
    const { code, stderr } = await ousim(['compare', 'sre', 'bwq', 'sme', '--set', 'machine.adc.bitz=3']);
    expect(code).toBe(2);
    expect(count(stderr, 'machine.adc.bitz\n')).toBe(1);
    expect(stderr).toMatch(/^every system on lenet5-mnist: 1 problem\n/);
  });

  test('a value that only some machines refuse names these', async () => {
    // A sign bit of its own needs cells of 1 bit; those of isaac have 2, those of the baseline isaac-ou 1.
    const { code, stderr } = await ousim(['compare', 'isaac', '--set', 'mapping.encoding=twos-complement']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^isaac on lenet5-mnist: 1 problem\n\nmachine\.crossbar\.bitsPerCell\n/);
  });

  test('--no-charts belongs to --out', async () => {
    const { code, stderr } = await ousim(['compare', 'bwq', '--no-charts']);
    expect(code).toBe(2);
    expect(stderr).toContain('--no-charts\n  got:     given\n  allowed: only with --out');
  });

  test('a file in the place of the folder, and a folder in the place of compare.json, are found before anything runs', async () => {
    const folder = folderWith({ 'compare.md': '' });
    const file = join(folder, 'compare.md');
    const blocked = join(folder, 'blocked');
    mkdirSync(join(blocked, 'compare.json'), { recursive: true });
    for (const [out, why] of [
      [file, `${file} is a file`],
      [blocked, `${join(blocked, 'compare.json')} is a folder`],
    ] as const) {
      const { code, stderr } = await ousim(['compare', 'isaac', '--out', out]);
      expect(code).toBe(2);
      expect(stderr).toContain(why);
    }
  });
});
