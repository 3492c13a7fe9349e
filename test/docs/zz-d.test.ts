import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledDigitsPath } from '../../models/bundled.js';
import { parseScenario, resolveScenario } from '../../scenarios/scenario.js';
import { floatLenet5, qdqLenet5 } from '../models/onnx/lenet5-onnx.js';
import { encodeModel } from '../models/onnx/onnx-builder.js';
import { buildTflite } from '../models/tflite/build-tflite.js';
import { TINY_NETWORK } from '../models/tflite/tiny-network.js';
import { type Block, blocksOf, PAGES, ROOT } from './markdown.js';

// What the fenced blocks of README.md and docs/ mean, and what is checked of them (ts blocks: snippets.test.ts):
// - sh: commands, run in the order of the page in a folder that has the checkout's examples/ and models/, and models and
//   images that stand for those of a reader. `npx ousim` is the compiled program; `npm start` is the demo without the build
//   before it; `npm ci` and `npm test` do nothing here; of `npm run x` only the script's existence is checked.
// - text: lines that the sh block before it prints, in this order, possibly with others between them.
// - yaml: a scenario, or the part of one that the text is about. It must be valid. Where its first line is a comment that
//   names a file, the sh blocks after it find it under that name.
// - json: must parse.
// - python: not run.
// - console: commands that need files of the page; run by new-system.test.ts.

const MAIN = join(ROOT, 'out', 'D', 'cli', 'main.js');

const PRELUDE = `
set -euo pipefail
npx() {
  [ "$1" = ousim ] || { echo "npx $1 is not known here" >&2; return 99; }
  shift
  node '${MAIN}' "$@"
}
npm() {
  case "$1" in
    ci | test) ;;
    start) node '${MAIN}' demo --out out ;;
    run) grep -q "\\"$2\\":" '${ROOT}/package.json' || { echo "there is no script $2" >&2; return 99; } ;;
    *) echo "npm $1 is not known here" >&2; return 99 ;;
  esac
}
`;

const pages = PAGES.map((page) => [page, blocksOf(page)] as const);
const pagesWith = (language: string) =>
  pages.filter(([, blocks]) => blocks.some((block) => block.language === language));

test('the program is compiled', () => {
  expect(existsSync(MAIN), 'dist/cli/main.js is missing: npm run build').toBe(true);
});

test('npm start is what this test takes it for', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['start']).toMatch(/&& node dist\/cli\/main\.js demo --out out$/);
});

describe('commands run, and print what the page says', () => {
  test.concurrent.each(pagesWith('sh'))('%s', { timeout: 400_000 }, async (_page, blocks) => {
    const folder = readersFolder();
    try {
      let printed: string | null = null;
      for (const block of blocks) {
        if (block.language === 'yaml') writeNamedFile(block, folder);
        if (block.language === 'sh') printed = await run(block, folder);
        if (block.language === 'text') expectLines(block, printed);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('scenarios are valid', () => {
  let baseDir: string;
  beforeAll(() => {
    baseDir = readersFolder();
  });
  afterAll(() => {
    rmSync(baseDir, { recursive: true, force: true });
  });

  test.each(pagesWith('yaml'))('%s', (_page, blocks) => {
    for (const { text, at } of blocks.filter(({ language }) => language === 'yaml')) {
      const raw = parseScenario(text, at);
      const whole = 'workload' in raw ? raw : { ...raw, workload: { kind: 'network', model: 'lenet5-mnist' } };
      expect(() => resolveScenario(whole, { baseDir, name: at }), at).not.toThrow();
    }
  });
});

test.each(pagesWith('json'))('%s: JSON parses', (_page, blocks) => {
  for (const { text, at } of blocks.filter(({ language }) => language === 'json')) {
    expect(() => JSON.parse(text), at).not.toThrow();
  }
});

/** A folder as a reader has it who follows the pages: the checkout's files, and a model in each exchange format. */
function readersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ousim-docs-'));
  for (const name of ['examples', 'models']) symlinkSync(join(ROOT, name), join(folder, name));
  writeFileSync(join(folder, 'model.onnx'), encodeModel(floatLenet5()));
  writeFileSync(join(folder, 'model-int8.onnx'), encodeModel(qdqLenet5()));
  writeFileSync(join(folder, 'model.tflite'), buildTflite(TINY_NETWORK));
  copyFileSync(bundledDigitsPath(), join(folder, 'images.safetensors'));
  return folder;
}

function writeNamedFile({ text }: Block, folder: string): void {
  const name = /^# (\S+\.yaml)$/m.exec(text.split('\n')[0]!)?.[1];
  if (name !== undefined) writeFileSync(join(folder, name), text);
}

/** What the block prints to stdout. */
async function run({ text, at }: Block, folder: string): Promise<string> {
  const { FORCE_COLOR: _, ...environment } = process.env;
  try {
    const { stdout } = await promisify(execFile)('bash', ['-c', PRELUDE + text], {
      cwd: folder,
      env: { ...environment, NO_COLOR: '1' },
      maxBuffer: 2 ** 26,
    });
    return stdout;
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    throw new Error(`${at}: exit code ${String(code)}\n${stdout}${stderr}`);
  }
}

function expectLines({ text, at }: Block, printed: string | null): void {
  if (printed === null) throw new Error(`${at}: no sh block stands before this text block`);
  const left = linesOf(printed);
  for (const line of linesOf(text).filter((expected) => expected !== '')) {
    const found = left.indexOf(line);
    if (found < 0) throw new Error(`${at}: this line is not printed, or not in this order:\n${line}\nin:\n${printed}`);
    left.splice(0, found + 1);
  }
}

/** Lines without the spaces at their ends; the narrow spaces inside numbers are plain ones. */
function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.replaceAll('\u202f', ' ').trimEnd());
}
