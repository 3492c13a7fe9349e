import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
    expect(stdout).toMatch(/^written: .*index\.html \(0\.\d\d MB\); open it in a browser\n$/);
    const page = readFileSync(file, 'utf8');
    expect(page).toContain('<h1>matrix on ou-baseline</h1>');
    // The example takes 49 cycles, 39 of which its crossbars read (run.test.ts).
    expect(page).toMatch(/<dt>cycles<\/dt><dd>49</);
    expect(page).toMatch(/reading<\/span><\/th>.*?data-value="39"/);
    expect(page).toContain('What 4 resources did in cycles 0 to 49.');
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

  test('says where a trace cannot be read', async () => {
    const damaged = join(folder, 'damaged');
    await ousim(['run', 'examples/matrix-pe.yaml', '--out', damaged]);
    writeFileSync(join(damaged, 'trace.perfetto.json'), 'nothing\n');
    const { code, stderr } = await ousim(['report', damaged]);
    expect(code).toBe(2);
    expect(stderr).toContain('got no traceEvents');
  });
});
