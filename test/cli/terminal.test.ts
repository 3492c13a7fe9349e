import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMPONENTS } from '../../components/machine.js';
import { PRESETS } from '../../scenarios/presets.js';
import { MAIN, ousim, packageVersion, ROOT } from './ousim.js';

const ESCAPE = '\u001b[';
const COLUMNS = 100;

/** Characters of the longest line; every line of these texts is made of characters of one column. */
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => [...line].length));

/** Runs a shell command line on a pseudo-terminal of 80 columns, as most are; what the terminal receives. */
function onTerminal(commandLine: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn('script', ['-qec', `stty cols 80; ${commandLine}`, '/dev/null'], {
    cwd: ROOT,
    env: { ...inherited, TERM: 'xterm', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((done, failed) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.on('error', failed);
    child.on('close', (code) => (code === 0 ? done(text) : failed(new Error(`exit code ${code}\n${text}`))));
  });
}

describe('help', () => {
  test.concurrent.each([
    [['--help']],
    [['run', '--help']],
    [['explain', '--help']],
    [['list', '--help']],
    [['validate', '--help']],
    [['demo', '--help']],
  ])('%j fits 100 columns and has examples', async (args) => {
    const { code, stdout, stderr } = await ousim(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(widest(stdout)).toBeLessThanOrEqual(COLUMNS);
    const command = args.length === 1 ? '(run|explain)' : args[0];
    expect(stdout).toMatch(new RegExp(`Examples?:\\n(.*\\n)*  ousim ${command}\\b`));
    expect(stdout).not.toContain('default: []');
  });

  test('without a command the help is printed, and the exit code says that a command is missing', async () => {
    const { code, stdout, stderr } = await ousim([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: ousim/);
  });

  test('--version is that of package.json', async () => {
    expect(await ousim(['--version'])).toEqual({ code: 0, stdout: `${packageVersion}\n`, stderr: '' });
  });
});

describe('texts of at most 100 columns, and nothing but errors on stderr', () => {
  test.concurrent.each([
    [['list']],
    [['validate', 'examples/matrix-pe.yaml']],
    [['run', 'examples/matrix-pe.yaml']],
    [['run', '--model', 'lenet5-mnist', '--preset', 'isaac', '--images', '2']],
    [['explain', 'examples/first-crossbar.yaml']],
    ...PRESETS.map(({ name }) => [['explain', name]]),
  ])('%j', async (args) => {
    const { code, stdout, stderr } = await ousim(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(widest(stdout)).toBeLessThanOrEqual(COLUMNS);
    expect(stdout).not.toContain(ESCAPE);
  });
});

describe('outputs', () => {
  test('--outputs shows them, a line for each window, and counts what does not fit', async () => {
    const { stdout } = await ousim(['run', 'examples/first-crossbar.yaml', '--outputs']);
    expect(stdout).toContain('\noutputs\n  window 0: 4, 4\n  window 1: 6, -4\n');
    const rows = (count: number, columns: number) => JSON.stringify(Array(count).fill(Array(columns).fill(1)));
    const many = { weights: rows(1, 60), inputs: rows(12, 1) };
    const set = Object.entries(many).flatMap(([name, value]) => ['--set', `workload.${name}=${value}`]);
    const pe = ['--set', 'machine.pe.crossbars=100'];
    const long = (await ousim(['run', 'examples/first-crossbar.yaml', '--outputs', ...pe, ...set])).stdout;
    expect(widest(long)).toBeLessThanOrEqual(COLUMNS);
    // Of 60 outputs, as many as fit.
    expect(long).toMatch(/^ {2}window 0: (1, ){20,30}and \d\d more$/m);
    expect(long).toMatch(/^ {2}and 2 windows more$/m);
  });
});

describe('explain', () => {
  test('every value of a preset, with where it comes from', async () => {
    const { stdout } = await ousim(['explain', 'isaac']);
    for (const { key, parameters } of COMPONENTS) {
      if (Object.keys(parameters).length > 0) expect(stdout).toMatch(new RegExp(`^${key}  `, 'm'));
    }
    // ISAAC Table I.
    expect(stdout).toMatch(/^ {2}bitsPerCell +2 bit +ISAAC Table I/m);
    // A read takes 100 ns, at 1.28 GHz.
    expect(stdout).toMatch(/^ {2}readCycles +128 cycle .*\[100 ns x 1\.28 GHz = 128$/m);
    expect(stdout).toMatch(/^ {2}lanes .*assumed/m);
  });

  test('a preset ends with what its chip does at full load', async () => {
    const { stdout } = await ousim(['explain', 'isaac']);
    // ISAAC Table I: 330 mW and 0.372 mm2 a tile, 55.4 W for 168 of them, 65.8 W and 85.4 mm2 the chip.
    expect(stdout).toMatch(/^ {2}a tile +329\.8 +372300$/m);
    expect(stdout).toMatch(/^ {2}168 tiles +55\.41 W +62\.55 mm2$/m);
    expect(stdout).toMatch(/^ {2}the chip +65\.81 W +85\.43 mm2$/m);
    expect(stdout).toMatch(/627\.4 GOPS\/W/);
    expect((await ousim(['explain', 'examples/matrix-pe.yaml'])).stdout).not.toContain('peak');
  });

  test('a component: parameters with range and default, actions, statistics', async () => {
    const { code, stdout, stderr } = await ousim(['explain', 'adc']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(widest(stdout)).toBeLessThanOrEqual(COLUMNS);
    expect(stdout).toMatch(/^ {2}bits +1 \.\. 24 bit +Resolution.*Default 8\.$/m);
    expect(stdout).toMatch(/^ {2}costLaw +power-of-two \| .* \| fixed$/m);
    expect(stdout).toMatch(/^priced actions\n {2}conversion +by costLaw/m);
    expect(stdout).toMatch(/^statistics\n {2}convert +cycle/m);
  });

  test('--set is seen, and named as the source', async () => {
    const { stdout } = await ousim(['explain', 'isaac', '--set', 'machine.crossbar.readCycles=10 ns']);
    // 12.8 cycles, rounded up.
    expect(stdout).toMatch(/^ {2}readCycles +13 cycle +set by the command line \[10 ns x 1\.28 GHz = 12\.8 ->/m);
  });
});

describe('--json', () => {
  test('list', async () => {
    const catalogue = JSON.parse((await ousim(['list', '--json'])).stdout);
    expect(Object.keys(catalogue)).toEqual([
      'presets',
      'models',
      'shapes',
      'schemes',
      'encodings',
      'layouts',
      'studies',
      'ideal',
      'components',
    ]);
    const names = (kind: string) => catalogue[kind].map(({ name }: { name: string }) => name);
    expect(names('presets')).toEqual(PRESETS.map(({ name }) => name));
    expect(names('encodings').sort()).toEqual(['differential', 'offset', 'twos-complement']);
    expect(names('layouts').sort()).toEqual(['adjacent', 'planar']);
  });

  test('validate prints the scenario that stands in the result', async () => {
    const file = 'examples/matrix-pe.yaml';
    const [validated, ran] = await Promise.all([ousim(['validate', file, '--json']), ousim(['run', file, '--json'])]);
    expect(JSON.parse(validated.stdout)).toEqual(JSON.parse(ran.stdout).scenario);
  });

  test('explain', async () => {
    const [component, machine] = await Promise.all([
      ousim(['explain', 'detector', '--json']),
      ousim(['explain', 'ou-baseline', '--json']),
    ]);
    expect(JSON.parse(component.stdout).parameters.kind.choices).toEqual(['none', 'group', 'form']);
    const rows = JSON.parse(machine.stdout) as { path: string; value: unknown }[];
    expect(rows.find(({ path }) => path === 'machine.ou.wordlines')).toMatchObject({
      value: 9,
      unit: '1',
      from: 'preset',
    });
  });
});

describe('where the output goes', () => {
  const node = `'${process.execPath}' '${MAIN}'`;
  const shell = (line: string) =>
    spawnSync('bash', ['-c', `set -o pipefail; ${line}`], { cwd: ROOT, encoding: 'utf8' });

  test('a reader that has seen enough is no error', () => {
    const { status, stdout, stderr } = shell(`${node} list | head -1`);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'presets\n', stderr: '' });
    // `true` reads nothing, and is gone before the first line.
    expect(shell(`${node} explain isaac --json | true`)).toMatchObject({ status: 0, stderr: '' });
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is told without a stack trace', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'list'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/^The system refused: ENOSPC.*\n$/);
    expect(status).toBe(2);
  });
});

describe.skipIf(spawnSync('script', ['--version']).error !== undefined)(
  'on a terminal (needs the command script)',
  () => {
    const run = `'${process.execPath}' '${MAIN}' run --model lenet5-mnist --preset isaac --images 3`;

    test.concurrent('progress: the layers in turn, on one line that is taken away', async () => {
      const text = await onTerminal(run);
      const lines = text.split('\r\u001b[K');
      const shown = lines.filter((line) =>
        /^simulating \[#*\.*\] (integers of image [123] of 3, layer )?(c1|c2|f1|f2|f3)$/.test(line),
      );
      // Drawn while the run goes on, at most ten times a second.
      expect(new Set(shown).size).toBeGreaterThan(1);
      expect(Math.max(...shown.map((line) => line.length))).toBeLessThan(80);
      const after = lines.at(-1)!;
      expect(after).not.toContain('simulating');
      expect(after).toContain('3 of 3 images classified right');
    });

    test.concurrent('progress of a comparison: its runs, on one line that is taken away', async () => {
      const command = `'${process.execPath}' '${MAIN}' compare isaac --baseline isaac-ou-8 --images 3 --workers 2`;
      const lines = (await onTerminal(command)).split('\r\u001b[K');
      expect(lines.filter((line) => /^1\/2 isaac-ou-8 on lenet5-mnist \[#*\.*\] /.test(line)).length).toBeGreaterThan(
        1,
      );
      const after = lines.at(-1)!;
      expect(after).not.toContain('/2 isaac');
      expect(after).toContain('2 systems on lenet5-mnist');
    });

    test.concurrent('colours, which NO_COLOR turns off; progress only where stderr is the terminal', async () => {
      const [coloured, plain] = await Promise.all([
        onTerminal(`${run} 2>/dev/null`),
        onTerminal(`${run} 2>/dev/null`, { NO_COLOR: '1' }),
      ]);
      expect(coloured).toContain(`${ESCAPE}1m`);
      expect(plain).not.toContain(ESCAPE);
      expect(plain).toContain('3 of 3 images classified right');
      for (const text of [coloured, plain]) expect(text).not.toContain('simulating');
    });
  },
);
