import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseScenario, resolveScenario } from '../../scenarios/scenario.js';

const folder = join(import.meta.dirname, '..', '..', 'examples');
const example = (name: string) =>
  resolveScenario(parseScenario(readFileSync(join(folder, name), 'utf8'), name), { baseDir: folder });

/** Inputs times weights, by the definition. */
function product(name: string): number[][] {
  const { workload } = example(name);
  if (workload.kind !== 'matrix') throw new Error(`${name} is no matrix`);
  const { weights, inputs } = workload;
  return Array.from({ length: inputs.rows }, (_, window) =>
    Array.from({ length: weights.columns }, (_, m) => {
      let sum = 0;
      for (let k = 0; k < weights.rows; k++) {
        sum += inputs.values[window * inputs.columns + k]! * weights.values[k * weights.columns + m]!;
      }
      return sum;
    }),
  );
}

test.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))('%s resolves', (name) => {
  expect(example(name).resolved.hash).toMatch(/^[0-9a-f]{64}$/);
});

test('the outputs that the comments of the examples state', () => {
  expect(product('first-crossbar.yaml')).toEqual([
    [4, 4],
    [6, -4],
  ]);
  expect(product('matrix-pe.yaml')).toEqual([[23, 14]]);
});

test('first-crossbar.yaml fills the two crossbars that its comment describes', () => {
  const { workload, machine } = example('first-crossbar.yaml');
  if (workload.kind !== 'matrix') throw new Error('no matrix');
  const { program } = workload;
  expect(program.crossbars.length).toBe(2);
  expect(program.planes).toBe(2);
  for (const { groups } of program.crossbars) expect(groups.map(({ bitlines }) => bitlines.length)).toEqual([2, 2]);
  const batches = Math.ceil(program.rowLists[0]!.wordlines.length / machine.ou.wordlines);
  expect(program.planes * 2 * batches).toBe(8);
});

test('lenet5.yaml runs four digits', () => {
  const { scope, workload } = example('lenet5.yaml');
  expect(scope).toBe('chip');
  expect(workload.kind === 'network' && workload.images.pixels.length).toBe(4);
});
