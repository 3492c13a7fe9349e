import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMPONENTS } from '../../components/machine.js';
import { PRESETS } from '../../scenarios/presets.js';
import { buildTflite } from '../models/tflite/build-tflite.js';
import { TINY_NETWORK } from '../models/tflite/tiny-network.js';
import { folderWith, MAIN, ousim, packageVersion, type Ran, ROOT } from './ousim.js';

const ESCAPE = '\u001b[';
const COLUMNS = 100;

const COLOUR = new RegExp(`${ESCAPE.replace('[', '\\[')}\\d+m`, 'g');

/**
 * Characters of the longest line; every line of these texts is made of characters of one column. A word of more than 40, such
 * as the path of a file, is copied as a whole and cannot be broken: it counts as one of 40.
 */
const widest = (text: string): number =>
  Math.max(...text.split('\n').map((line) => [...line.replace(/\S{40,}/gu, '-'.repeat(40))].length));

/** The lines of the screen with which a run ends. */
function endScreenOf(text: string): string[] {
  const lines = text.replaceAll('\r', '').trimEnd().split('\n');
  const rule = lines.findLastIndex((line) => /^═+$/.test(line));
  return rule < 0 ? [] : lines.slice(rule);
}

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

const COMMANDS = [
  'run',
  'report',
  'compare',
  'study',
  'explain',
  'list',
  'validate',
  'calibrate',
  'convert',
  'trace',
  'demo',
];

describe('help', () => {
  test.concurrent.each([[['--help']], ...COMMANDS.map((name) => [[name, '--help']])])(
    '%j fits 100 columns and has examples',
    async (args) => {
      const { code, stdout, stderr } = await ousim(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(widest(stdout)).toBeLessThanOrEqual(COLUMNS);
      const command = args.length === 1 ? '(run|explain)' : args[0];
      expect(stdout).toMatch(new RegExp(`Examples?:\\n(.*\\n)*  ousim ${command}\\b`));
      expect(stdout).not.toContain('default: []');
      expect(stdout).not.toContain(ESCAPE);
    },
  );

  test('these are all commands', async () => {
    const { stdout } = await ousim(['--help']);
    const listed = stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm);
    expect(Array.from(listed, ([, name]) => name).filter((name) => !['help', 'ousim'].includes(name!))).toEqual(
      COMMANDS,
    );
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

// What studies print: test/reports/studies/study-width.test.ts; comparisons of several networks: test/reports/comparison.
describe('texts of at most 100 columns, and nothing but errors on stderr', () => {
  const folder = folderWith({ 'tiny.tflite': buildTflite(TINY_NETWORK) });

  test.concurrent.each([
    [['list']],
    [['study']],
    [['validate', 'examples/matrix-pe.yaml']],
    [['run', 'examples/matrix-pe.yaml']],
    [['run', 'examples/matrix-pe.yaml', '--set', 'machine.adc.bits=1', '--outputs']],
    [['run', '--model', 'lenet5-mnist', '--preset', 'isaac', '--images', '2', '--ideal', 'adc', '--ideal', 'bus']],
    [['explain', 'examples/first-crossbar.yaml']],
    ...PRESETS.map(({ name }) => [['explain', name]]),
    [['explain', 'adc']],
    [['compare', 'isaac', 'sre', '--baseline', 'isaac-ou-8', '--images', '2', '--out', join(folder, 'compared')]],
    [['convert', join(folder, 'tiny.tflite'), '--out', join(folder, 'tiny.json')]],
    [['calibrate', '--preset', 'isaac', '--model', 'lenet5-mnist', '--out', join(folder, 'decisions.json')]],
  ])('%j', async (args) => expectReadable(await ousim(args)));

  test('run with traces, then trace and report', async () => {
    const traced = join(folder, 'traced');
    const formats = ['--trace', 'perfetto,perfetto-proto,vcd,konata,csv'];
    const ran = await ousim(['run', 'examples/first-crossbar.yaml', '--out', traced, ...formats]);
    expectReadable(ran);
    expect(ran.stdout).toMatch(new RegExp(`\n {2}next {8}npx ousim report ${traced}\n$`));
    expectReadable(await ousim(['trace', join(traced, 'trace.csv'), '--to', 'vcd', '--out', join(folder, 'x.vcd')]));
    expectReadable(await ousim(['report', traced]));
  });

  function expectReadable({ code, stdout, stderr }: Ran): void {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(widest(stdout)).toBeLessThanOrEqual(COLUMNS);
    expect(stdout).not.toContain(ESCAPE);
  }
});

describe('outputs', () => {
  test('--outputs shows them, a line for each window, and counts what does not fit', async () => {
    const { stdout } = await ousim(['run', 'examples/first-crossbar.yaml', '--outputs']);
    expect(stdout).toContain('\noutputs\n  window 0: 4, 4\n  window 1: 6, -4\n\n═');
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

describe('run ends with a screen', () => {
  test('of at most 20 lines, behind the tables: result, bottleneck, stalls, where the files are', async () => {
    const folder = join(folderWith(), 'out');
    const lenet = ['run', '--model', 'lenet5-mnist', '--preset', 'ou-baseline', '--set', 'machine.adc.perPool=2'];
    const { stdout } = await ousim([...lenet, '--images', '4', '--out', folder]);
    const lines = endScreenOf(stdout);
    expect(lines.length).toBeLessThanOrEqual(20);
    const labels = lines.map((line) => /^ {2}([a-z]+) {2}/.exec(line)?.[1]).filter((label) => label !== undefined);
    expect(labels).toEqual([
      ...['cycles', 'latency', 'throughput', 'energy', 'accuracy', 'hardware'],
      ...['bottleneck', 'stalls', 'assumed', 'files', 'next'],
    ]);
    expect(stdout.indexOf('sending pixels')).toBeLessThan(stdout.indexOf('═'));
    expect(lines.at(-2)).toBe(`  files       ${folder}/  result.json, run-info.json, charts/ (3 pictures)`);
    expect(lines.at(-1)).toBe(`  next        npx ousim report ${folder}`);
    // The command does what it says.
    expect(await ousim(lines.at(-1)!.split(' ').slice(-2))).toMatchObject({ code: 0, stderr: '' });
  });

  test('what it says of assumed values is what explain counts', async () => {
    const file = 'examples/first-crossbar.yaml';
    const { stdout } = await ousim(['run', file]);
    const counted = /^ {2}assumed {5}(\d+) values without a source, listed by npx ousim (.*)$/m.exec(stdout)!;
    expect(counted[2]).toBe(`explain ${file}`);
    expect((await ousim(counted[2]!.split(' '))).stdout).toContain(`\n${counted[1]} values in effect are assumed`);
  });

  test('commands in it can be copied, whatever the folder is called', async () => {
    const { stdout } = await ousim(
      ['run', join(ROOT, 'examples/first-crossbar.yaml'), '--out', "it's/my run/"],
      folderWith(),
    );
    expect(stdout).toContain("\n  files       it's/my run/  result.json, run-info.json\n");
    expect(stdout).toMatch(/\n {2}next {8}npx ousim report 'it'\\''s\/my run\/'\n$/);
  });

  test('an empty trace is told', async () => {
    const selection = ['--trace', 'csv', '--trace-filter', 'nothing'];
    const { stdout } = await ousim(['run', 'examples/first-crossbar.yaml', '--out', folderWith(), ...selection]);
    expect(stdout).toContain(
      '\n  trace       empty: no instance matches the filter, or nothing happens in the window\n',
    );
  });

  test('a window that begins after the run is told, with where the run ended; one that ends after it needs no word', async () => {
    const traced = async (window: string) => {
      const folder = folderWith();
      const selection = ['--trace', 'csv', '--trace-filter', '*.Crossbar[0]', '--trace-window', window];
      const { stdout } = await ousim(['run', 'examples/first-crossbar.yaml', '--out', folder, ...selection]);
      return /\n {2}trace {7}(.*)\n/.exec(stdout)![1]!;
    };
    const { stdout } = await ousim(['run', 'examples/first-crossbar.yaml', '--json']);
    const { cycles } = JSON.parse(stdout) as { cycles: number };
    const empty = (from: number) =>
      `nothing of the run: the window begins in cycle ${from}, but the run ended in cycle ${cycles}`;
    expect(await traced(`${cycles}:${cycles + 100}`)).toBe(empty(cycles));
    expect(await traced('100:200')).toBe(empty(100));
    // The run begins with one read of the crossbar: a span, and the operation that it belongs to.
    expect(await traced('0:1')).toMatch(/^\d+ events? on 1 track, 1 us is 1 cycle; for /);
    expect(await traced(`0:${cycles + 100}`)).toMatch(/^\d+ events on 1 track, 1 us/);
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
      expect(coloured.replace(COLOUR, '')).toBe(plain);
      for (const text of [coloured, plain]) expect(text).not.toContain('simulating');
    });

    test.concurrent('the last screen fits the terminal of 80 columns, and one of 24 lines', async () => {
      const lines = endScreenOf(await onTerminal(`${run} 2>/dev/null`, { NO_COLOR: '1' }));
      expect(lines[0]).toHaveLength(80);
      expect(widest(lines.join('\n'))).toBeLessThanOrEqual(80);
      expect(lines.length).toBeLessThan(24);
    });

    test.concurrent.each([['list'], ['explain isaac'], ['run examples/first-crossbar.yaml --outputs'], ['study']])(
      '%s: in colours the same text as without',
      async (command) => {
        const line = `'${process.execPath}' '${MAIN}' ${command} 2>/dev/null`;
        const [coloured, plain] = await Promise.all([onTerminal(line), onTerminal(line, { NO_COLOR: '1' })]);
        expect(coloured).toContain(ESCAPE);
        expect(plain).toBe(coloured.replace(COLOUR, ''));
      },
    );

    test.concurrent('JSON is never coloured', async () => {
      const json = await onTerminal(
        `'${process.execPath}' '${MAIN}' run examples/first-crossbar.yaml --json 2>/dev/null`,
      );
      expect(json).not.toContain(ESCAPE);
      expect(JSON.parse(json)).toMatchObject({ cycles: 68 });
    });
  },
);
