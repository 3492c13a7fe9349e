import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { folderWith, ousim } from './ousim.js';

describe('ousim report', () => {
  const folder = folderWith();
  const pe = join(folder, 'pe');
  const other = join(folder, 'other');

  beforeAll(async () => {
    const scenario = 'examples/matrix-pe.yaml';
    const first = await ousim(['run', scenario, '--out', pe, '--trace', 'perfetto']);
    const second = await ousim(['run', scenario, '--out', other, '--set', 'machine.adc.perPool=1']);
    expect([first.code, second.code]).toEqual([0, 0]);
  });

  test('writes index.html into the folder of a result', async () => {
    const { code, stdout, stderr } = await ousim(['report', pe]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const file = join(pe, 'index.html');
    const lines = stdout.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^written: .*index\.html \(0\.\d\d MB\); open it in a browser$/);
    expect(lines[1]).toMatch(/^written: .*charts, \d charts as PNG with the numbers of each as CSV$/);
    const page = readFileSync(file, 'utf8');
    expect(page).toContain('<h1>matrix on ou-baseline</h1>');
    // The example takes 49 cycles, 39 of which its crossbars read (run.test.ts).
    expect(page).toMatch(/<dt>cycles<\/dt><dd>49</);
    expect(page).toMatch(/reading<\/span><\/th>.*?data-value="39"/);
    expect(page).toContain('What 4 resources did in cycles 0 to 48.');
  });

  test('writes every chart of the page beside it, unless it is not to', async () => {
    const charts = join(pe, 'charts');
    await ousim(['report', pe]);
    const files = readdirSync(charts).sort();
    const names = ['adc-pools', 'adc-queues', 'adc-waits', 'area', 'crossbar-utilisation', 'cycles-of-mean-crossbar'];
    expect(files).toEqual([...names, 'energy', 'timeline'].flatMap((name) => [`${name}.csv`, `${name}.png`]));
    // 49 cycles, 39 of which the crossbars read.
    expect(readFileSync(join(charts, 'cycles-of-mean-crossbar.csv'), 'utf8')).toMatch(
      /^step,cycles,start_cycles,end_cycles,share_of_run\nreading,39,0,39,0\.79\d+\n[\s\S]*\nthe run,49,0,49,1\n$/,
    );
    const without = await ousim(['report', other, '--no-charts']);
    expect(without.code).toBe(0);
    expect(without.stdout.split('\n')).toHaveLength(2);
    expect(existsSync(join(other, 'charts'))).toBe(false);
  });

  test('pages in one folder do not overwrite the charts of each other', async () => {
    const shared = join(folder, 'shared');
    await ousim(['report', pe, '--out', join(shared, 'first.html')]);
    await ousim(['report', other, '--out', join(shared, 'second.html')]);
    await ousim(['report', pe, other, '--out', join(shared, 'index.html')]);
    const pools = (charts: string) => readFileSync(join(shared, charts, 'adc-pools.csv'), 'utf8');
    expect(pools('first-charts')).not.toBe(pools('second-charts'));
    expect(pools('charts/pe')).toBe(pools('first-charts'));
    expect(pools('charts/other')).toBe(pools('second-charts'));
    expect(existsSync(join(shared, 'charts', 'cycles-compared.png'))).toBe(true);
  });

  test('says where the folder of the charts is a file', async () => {
    const taken = join(folder, 'taken');
    await ousim(['run', 'examples/matrix-pe.yaml', '--out', taken, '--no-charts']);
    writeFileSync(join(taken, 'charts'), '');
    const { code, stderr } = await ousim(['report', taken]);
    expect(code).toBe(2);
    expect(stderr).toContain('charts is a file');
    expect(existsSync(join(taken, 'index.html'))).toBe(false);
    expect((await ousim(['report', taken, '--no-charts'])).code).toBe(0);
  });

  test('equal results give equal pages', async () => {
    const again = join(folder, 'again.html');
    await ousim(['report', pe]);
    expect((await ousim(['report', pe, '--out', again])).code).toBe(0);
    expect(readFileSync(again)).toEqual(readFileSync(join(pe, 'index.html')));
  });

  test('sets several results side by side', async () => {
    const out = join(folder, 'new', 'differences.html');
    expect(await ousim(['report', pe, other, '--out', out])).toMatchObject({ code: 0, stderr: '' });
    const page = readFileSync(out, 'utf8');
    expect(page).toContain('Differences from pe');
    expect(page).toMatch(/machine\.adc\.perPool<\/th><td[^>]*>2<\/td><td[^>]*>1<\/td>/);
  });

  test('reads a folder of ousim compare', async () => {
    const compared = join(folder, 'compared');
    const args = ['compare', 'isaac-ou', 'isaac', '--out', compared, '--no-charts'];
    expect((await ousim(args)).code).toBe(0);
    expect(await ousim(['report', compared])).toMatchObject({ code: 0, stderr: '' });
    const page = readFileSync(join(compared, 'index.html'), 'utf8');
    expect(page).toContain('Comparison of systems');
    expect(page).toContain('isaac-ou *');
    // The same charts as compare writes.
    const again = join(folder, 'compared-with-charts');
    expect((await ousim(['compare', 'isaac-ou', 'isaac', '--out', again])).code).toBe(0);
    const charts = readdirSync(join(again, 'charts'));
    expect(readdirSync(join(compared, 'charts'))).toEqual(charts);
    for (const file of charts) {
      expect(readFileSync(join(compared, 'charts', file)), file).toEqual(readFileSync(join(again, 'charts', file)));
    }
  });

  test('says everything that is wrong at once, and writes nothing', async () => {
    const broken = join(folder, 'broken');
    await ousim(['run', 'examples/matrix-pe.yaml', '--out', broken]);
    writeFileSync(join(broken, 'result.json'), '{"schemaVersion": 1}');
    const { code, stdout, stderr } = await ousim(['report', join(folder, 'missing'), broken]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('3 problems');
    expect(stderr).toContain('--out');
    expect(stderr).toContain('missing');
    expect(stderr).toContain('schemaVersion: got 1');
    expect(existsSync(join(broken, 'index.html'))).toBe(false);
  });

  test('a page is called .html or .htm: other names are refused, with the other problems', async () => {
    const { code, stdout, stderr } = await ousim(['report', pe, join(folder, 'missing'), '--out', 'out/both']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('2 problems');
    expect(stderr).toContain('missing');
    expect(stderr).toMatch(
      /--out\n +got: +"out\/both"\n +allowed: .* ends in \.html or \.htm,.*\n +hint: +for instance --out out\/both\.html\n/,
    );
    expect((await ousim(['report', pe, '--out', join(folder, 'page.txt')])).stderr).toMatch(/--out .*page\.html\n/);
    expect(existsSync(join(folder, 'page.txt'))).toBe(false);
    expect((await ousim(['report', pe, '--out', join(folder, 'page.HTM'), '--no-charts'])).code).toBe(0);
  });

  test('says where a trace cannot be read', async () => {
    const damaged = join(folder, 'damaged');
    await ousim(['run', 'examples/matrix-pe.yaml', '--out', damaged]);
    writeFileSync(join(damaged, 'trace.perfetto.json'), 'nothing\n');
    const { code, stderr } = await ousim(['report', damaged]);
    expect(code).toBe(2);
    expect(stderr).toContain('line 1: got "nothing"; allowed a trace as ousim writes it');
  });
});
