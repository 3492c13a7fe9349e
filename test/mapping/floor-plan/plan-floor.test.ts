import { describe, expect, it } from 'vitest';
import type { ChipProgram } from '../../../mapping/chip-program.js';
import { FloorPlanError } from '../../../mapping/floor-plan/floor-plan-error.js';
import { type FloorPlanOptions, planFloor } from '../../../mapping/floor-plan/plan-floor.js';
import type { StageDescription } from '../../../mapping/floor-plan/stage-description.js';
import { network, pixelwise, pointwise, SMALL_CHIP, source } from './small-chip.js';

const plan = (stages: readonly StageDescription[], options: Partial<FloorPlanOptions> = {}) =>
  planFloor(stages, { ...SMALL_CHIP, ...options });
const only = (stages: readonly StageDescription[], options: Partial<FloorPlanOptions> = {}) =>
  plan(stages, options).passes[0]!;
const tilesOf = ({ stages }: ChipProgram, name: string) =>
  stages.find((stage) => stage.name === name)!.replicas.map(({ parts }) => parts.map(({ tile }) => tile));

function problemsOf(stages: readonly StageDescription[], options: Partial<FloorPlanOptions>) {
  try {
    plan(stages, options);
  } catch (error) {
    if (error instanceof FloorPlanError) return error.problems;
    throw error;
  }
  return [];
}

describe('what finds no place', () => {
  const stages = network(
    source(4, 4),
    pointwise('a', 0, { windows: 4, inputs: 4, outputs: 6 }),
    pointwise('b', 1, { windows: 4, inputs: 6, outputs: 2 }),
  );

  it('is refused with the bytes of a tile that are enough, and one less is not', () => {
    const [problem] = problemsOf(stages, { tileBytes: 2 });
    const enough = Number(/^(\d+) is enough/.exec(problem!.hint)![1]);
    expect(problemsOf(stages, { tileBytes: enough })).toEqual([]);
    expect(problemsOf(stages, { tileBytes: enough - 1 }).length).toBeGreaterThan(0);
  });

  it('is a budget below one replica of each layer', () => {
    // a takes 3 crossbars, b 2, and a PE has one.
    const balanced = (crossbarBudget: number) => problemsOf(stages, { replication: 'balanced', crossbarBudget });
    expect(balanced(5)).toEqual([]);
    expect(balanced(4)).toMatchObject([{ path: 'execution.crossbarBudget', value: 4 }]);
    expect(balanced(4)[0]!.allowed).toContain('at least 5');
  });

  it('are replicas without a window', () => {
    const given = (a: number) => problemsOf(stages, { images: 2, replication: 'given', replicas: { a } });
    expect(given(8)).toEqual([]);
    expect(given(9)).toMatchObject([{ path: 'execution.replicas.a', value: 9 }]);
  });
});

describe('placement in order', () => {
  it('fills PE after PE, tile after tile', () => {
    // 4 inputs and 2 outputs are a crossbar; a takes 3 of them (6 outputs), b 2 (its 6 inputs take two blocks of rows).
    const stages = network(
      source(4, 4),
      pointwise('a', 0, { windows: 4, inputs: 4, outputs: 6 }),
      pointwise('b', 1, { windows: 4, inputs: 6, outputs: 2 }),
    );
    const { program, tilesUsed, crossbars } = only(stages);
    expect([tilesUsed, crossbars, program.chips]).toEqual([3, 5, 2]);
    expect(tilesOf(program, 'a')).toEqual([[0, 1]]);
    expect(tilesOf(program, 'b')).toEqual([[1, 2]]);
    const [input, a, b] = program.stages as [
      (typeof program.stages)[0],
      (typeof program.stages)[0],
      (typeof program.stages)[0],
    ];
    const [a0, a1] = a.replicas[0]!.parts;
    // Outputs 0 to 2 are at home in the first part, 3 to 5 in the second; PE 1 makes 2 and 3, PE 2 makes 4 and 5.
    expect([a0!.homeValues, a1!.homeValues]).toEqual([3, 3]);
    expect([a0!.sumsTo, a1!.sumsTo]).toEqual([
      [0, 1],
      [0, 0],
    ]);
    expect(a0!.pes.map(({ pe, crossbars: range, sums }) => [pe, range.first, range.count, sums])).toEqual([
      [0, 0, 1, 2],
      [1, 1, 1, 2],
    ]);
    // b reads channels 0 to 3 in tile 1 and 4, 5 in tile 2.
    const [b0, b1] = b.replicas[0]!.parts;
    expect([b0!.buffers[0]!.bytesPerPixel, b1!.buffers[0]!.bytesPerPixel]).toEqual([4, 2]);
    expect([b0!.fetchBytes, b1!.fetchBytes]).toEqual([4, 2]);
    expect([b0!.buffers[0]!.shares, b1!.buffers[0]!.shares]).toEqual([[2], [1]]);
    expect(a0!.destinations).toEqual([{ kind: 'buffer', stage: 2, replica: 0, part: 0, input: 0, bytes: 3 }]);
    expect(a1!.destinations).toEqual([
      { kind: 'buffer', stage: 2, replica: 0, part: 0, input: 0, bytes: 1 },
      { kind: 'buffer', stage: 2, replica: 0, part: 1, input: 0, bytes: 2 },
    ]);
    expect(input.replicas[0]!.parts[0]!.destinations).toEqual([
      { kind: 'buffer', stage: 1, replica: 0, part: 0, input: 0, bytes: 4 },
      { kind: 'buffer', stage: 1, replica: 0, part: 1, input: 0, bytes: 4 },
    ]);
    // Both outputs of b: 0 at home in tile 1, 1 in tile 2; each part makes sums of both.
    expect([b0!.sumsTo, b1!.sumsTo]).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('counts bytes x hops: the sum of what goes between routers', () => {
    // Tile 0 at the port, tile 1 one hop on. 4 pixels: input to a 2 x 0 hops, a to b 4 bytes x 1, b out 2 bytes x 1.
    const stages = network(
      source(4, 2),
      pointwise('a', 0, { windows: 4, inputs: 2, outputs: 4 }),
      pointwise('b', 1, { windows: 4, inputs: 4, outputs: 2 }),
    );
    const { inOrder_byteHops, traffic_byteHops } = only(stages);
    expect(inOrder_byteHops).toBe(4 * (4 + 2));
    expect(traffic_byteHops).toBe(inOrder_byteHops);
  });

  it('counts the sums of parts on their way to their homes with 4 bytes each', () => {
    // 8 inputs and 4 outputs: row block 0 in tile 0, block 1 in tile 1; each makes sums of all 4 outputs, 2 at home elsewhere.
    const stages = network(source(3, 8), pointwise('a', 0, { windows: 3, inputs: 8, outputs: 4 }));
    const toTile1 = 4;
    const outputsOfTile1 = 2;
    expect(only(stages).inOrder_byteHops).toBe(3 * (2 * 2 * 4 + toTile1 + outputsOfTile1));
  });

  it('shares the eDRAM of a tile in proportion to what its buffers need at least', () => {
    const wide = (producer: number, channels: number) => ({
      ...pixelwise(producer, 1, channels),
      needs: Int32Array.of(9),
      keeps: Int32Array.of(0),
    });
    const a = pointwise('a', 0, { windows: 9, inputs: 4, outputs: 2 });
    const b = { ...pointwise('b', 1, { windows: 1, inputs: 2, outputs: 2 }), inputs: [wide(1, 2)] };
    // a needs 1 pixel of 4 bytes, b 9 pixels of 2: 22 bytes. 100 bytes give 4.54 times as much.
    const parts = only(network(source(9, 4), a, b), { tileBytes: 100 }).program.stages.flatMap(
      ({ replicas }) => replicas[0]!.parts,
    );
    expect(parts.flatMap(({ buffers }) => buffers.map(({ least, capacity }) => [least, capacity]))).toEqual([
      [1, 4],
      [9, 40],
    ]);
    expect(parts.map(({ tile }) => tile)).toEqual([-1, 0, 0]);
  });

  it('keeps whole maps elsewhere where the eDRAM is said to have no end', () => {
    const stages = network(source(4, 4), pointwise('a', 0, { windows: 4, inputs: 4, outputs: 2 }));
    const [, a] = only(stages, { tileBytes: Number.POSITIVE_INFINITY }).program.stages;
    expect(a!.replicas[0]!.parts[0]!.buffers[0]!.capacity).toBe(Number.POSITIVE_INFINITY);
  });

  it('begins a new tile, or takes more of them, where buffers do not fit', () => {
    const a = pointwise('a', 0, { windows: 4, inputs: 4, outputs: 2 });
    const b = pointwise('b', 1, { windows: 4, inputs: 2, outputs: 2 });
    const stages = network(source(4, 4), a, b);
    expect(tilesOf(only(stages, { tileBytes: 6 }).program, 'b')).toEqual([[0]]);
    expect(tilesOf(only(stages, { tileBytes: 5 }).program, 'b')).toEqual([[1]]);
    // 8 inputs in one tile are 8 bytes; a crossbar has 4 of them.
    const c = network(source(4, 8), pointwise('c', 0, { windows: 4, inputs: 8, outputs: 2 }));
    expect(tilesOf(only(c, { tileBytes: 8 }).program, 'c')).toEqual([[0]]);
    expect(tilesOf(only(c, { tileBytes: 7 }).program, 'c')).toEqual([[0, 1]]);
  });

  it('refuses all layers whose buffers fit nowhere, with the bytes that would do', () => {
    const stages = network(
      source(4, 8),
      pointwise('a', 0, { windows: 4, inputs: 8, outputs: 3 }),
      pointwise('b', 1, { windows: 4, inputs: 3, outputs: 2 }),
      pointwise('c', 2, { windows: 4, inputs: 2, outputs: 2 }),
    );
    const problems = problemsOf(stages, { tileBytes: 2 });
    expect(problems.map(({ path, value, allowed }) => [path, value, allowed])).toEqual([
      ['machine.edram.bytes', 2, 'at least 4 for the buffers of a'],
      ['machine.edram.bytes', 2, 'at least 3 for the buffers of b'],
    ]);
    expect(problemsOf(stages, { tileBytes: 4 })).toEqual([]);
    expect(problemsOf(stages, { tileBytes: 3 })).toHaveLength(1);
  });
});

describe('a network larger than a chip', () => {
  const layer = (name: string, producer: number, outputs = 4) =>
    pointwise(name, producer, { windows: 4, inputs: 4, outputs });
  /** Each layer takes the 2 PEs of a tile; the chip has 2 tiles. The last layer also reads the first. */
  const stages = network(source(4, 4), layer('a', 0), layer('b', 1), layer('c', 2), {
    ...layer('d', 3),
    inputs: [pixelwise(3, 4, 4), { ...pixelwise(1, 4, 4), role: 'finish', operand: 1 }],
  });

  it('takes several chips', () => {
    const { program, tilesUsed } = only(stages);
    expect([program.chips, program.tiles, tilesUsed]).toEqual([2, 4, 4]);
  });

  it('is refused, with the numbers', () => {
    const [problem, ...others] = problemsOf(stages, { overflow: 'refuse' });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      path: 'execution.overflow',
      value: 'refuse, and the network needs 4 tiles (8 crossbars)',
      allowed: 'what fits on a chip of 2 tiles (4 crossbars)',
    });
    expect(problemsOf(stages.slice(0, 3), { overflow: 'refuse' })).toEqual([]);
  });

  it('runs in passes, each of which reads what earlier ones have made', () => {
    const { passes } = plan(stages, { overflow: 'passes' });
    const described = passes.map(({ program, crossbars }) => ({
      crossbars,
      chips: program.chips,
      stages: program.stages.map(({ kind, name, windows }) => `${kind} ${name} ${windows}`),
      leaving: program.stages
        .filter(({ replicas }) =>
          replicas[0]!.parts.some(({ destinations }) => destinations.some(({ kind }) => kind === 'port')),
        )
        .map(({ name }) => name),
    }));
    expect(described).toEqual([
      { crossbars: 4, chips: 1, stages: ['source input 4', 'matrix a 4', 'matrix b 4'], leaving: ['a', 'b'] },
      { crossbars: 4, chips: 1, stages: ['source a 4', 'source b 4', 'matrix c 4', 'matrix d 4'], leaving: ['d'] },
    ]);
    const [, , , d] = passes[1]!.program.stages;
    expect(d!.kind === 'matrix' && d!.inputs.map(({ producer, role }) => [producer, role])).toEqual([
      [2, 'start'],
      [0, 'finish'],
    ]);
  });

  it('takes one pass where it fits', () => {
    const { passes } = plan(stages.slice(0, 3), { overflow: 'passes' });
    expect(passes).toHaveLength(1);
  });

  it('is refused where a single layer is larger than the chip', () => {
    const large = network(source(4, 4), layer('small', 0), layer('large', 1, 12));
    expect(problemsOf(large, { overflow: 'passes' })).toMatchObject([
      {
        value: 'passes, and large needs 3 tiles (6 crossbars)',
        allowed: 'what fits on a chip of 2 tiles (4 crossbars)',
      },
    ]);
  });
});

describe('replicas', () => {
  const stages = network(
    source(16, 4),
    pointwise('a', 0, { windows: 16, inputs: 4, outputs: 2 }),
    pointwise('b', 1, { windows: 4, inputs: 2, outputs: 2 }),
  );

  it('as given, one where nothing is said', () => {
    const { passes, replicas } = plan(stages, { replication: 'given', replicas: { a: 3 } });
    expect([...replicas]).toEqual([
      ['a', 3],
      ['b', 1],
    ]);
    expect(tilesOf(passes[0]!.program, 'a')).toEqual([[0], [0], [1]]);
    // Every replica gets every pixel, and sends to every part that needs it.
    const [input, , b] = passes[0]!.program.stages;
    expect(input!.replicas[0]!.parts[0]!.destinations).toHaveLength(3);
    expect(b!.replicas[0]!.parts[0]!.buffers[0]!.shares).toEqual([1, 1, 1]);
  });

  it('balanced under a budget, or as far as the chips go', () => {
    expect([...plan(stages, { replication: 'balanced', crossbarBudget: 5 }).replicas.values()]).toEqual([4, 1]);
    // The chip has 4 PEs, and 4 crossbars.
    expect([...plan(stages, { replication: 'balanced' }).replicas.values()]).toEqual([3, 1]);
    // A replica of a needs 4 bytes: with no more in a tile it has the tile for itself, and b the other one.
    const narrow = plan(stages, { replication: 'balanced', tileBytes: 4 });
    expect(narrow.passes[0]!.tilesUsed).toBe(2);
    expect([...narrow.replicas.values()]).toEqual([1, 1]);
  });
});
