import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProgramExecutor } from '../../mapping/execute.js';
import { MappingError } from '../../mapping/mapping-error.js';
import type { MatrixSpec } from '../../mapping/matrix-spec.js';
import type { AnyMappingScheme } from '../../mapping/scheme.js';
import { blocksOf, PAGES, ROOT } from './markdown.js';

// A ts block begins with a comment that names the file that it would be. It must compile there.

/** Name of the file -> its text, with imports that work from any folder. */
const snippets = new Map(
  PAGES.flatMap(blocksOf)
    .filter(({ language }) => language === 'ts')
    .map(({ text, at }) => {
      const file = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
      if (file === undefined) throw new Error(`${at}: the first line names no file`);
      const absolute = (path: string) => resolve(ROOT, dirname(file), path);
      return [file, text.replaceAll(/from '(\.[^']+)'/g, (_, path: string) => `from '${absolute(path)}'`)] as const;
    }),
);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ousim-snippets-'));
  for (const [file, text] of snippets) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('the snippets compile', { timeout: 60_000 }, () => {
  expect([...snippets.keys()]).toContain('mapping/schemes/zero-rows.ts');
  const project = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { rootDir: '/', typeRoots: [join(ROOT, 'node_modules', '@types')] },
    include: [],
    files: [...snippets.keys()],
  };
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
  let problems = '';
  try {
    execFileSync(compiler, ['-p', folder, '--noEmit'], { encoding: 'utf8' });
  } catch (error) {
    problems = (error as { stdout: string }).stdout;
  }
  expect(problems).toBe('');
});

describe('the mapping scheme of the how-to', () => {
  const spec: MatrixSpec = {
    rows: 5,
    outputs: 2,
    weights: Int32Array.from([0, 0, 3, -2, 0, 0, 0, 1, -3, 0]),
    weightBits: 3,
    inputBits: 4,
    bitsPerPlane: 1,
    encoding: 'differential',
    layout: 'adjacent',
    crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1 },
    ou: { wordlines: 2, bitlines: 2 },
  };

  const scheme = async (): Promise<AnyMappingScheme> => {
    const file = pathToFileURL(join(folder, 'mapping', 'schemes', 'zero-rows.ts')).href;
    return ((await import(/* @vite-ignore */ file)) as { scheme: AnyMappingScheme }).scheme;
  };

  test('reads only the rows that hold a weight and gives the integer product', async () => {
    const program = (await scheme()).compile(spec, { threshold: 0 }, {});
    expect(program.rowLists.map(({ inputs }) => [...inputs])).toEqual([[1, 3], [4]]);
    const out = new Float64Array(2);
    new ProgramExecutor(program, { adcBits: 2, formation: 'fixed' }).run([7, 5, 9, 11, 2], out);
    expect([...out]).toEqual([3 * 5 - 3 * 2, -2 * 5 + 11]);
  });

  test('prunes the rows whose weights are all below the threshold', async () => {
    const matrix = { rows: 5, outputs: 2, weights: Float64Array.from(spec.weights), grid: { scale: 1, weightBits: 3 } };
    // The largest weight is 3; the row (0, 1) lies below half of it.
    const { weights } = (await scheme()).plan(matrix, spec, { threshold: 0.5 }, {});
    expect([...weights]).toEqual([0, 0, 3, -2, 0, 0, 0, 0, -3, 0]);
  });

  test('refuses the encoding that stores zeros as something else', async () => {
    const { compile } = await scheme();
    expect(() => compile({ ...spec, encoding: 'offset' }, { threshold: 0 }, {})).toThrow(MappingError);
  });
});
