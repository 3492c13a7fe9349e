import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runChip } from '../../../components/chip-simulation.js';
import { defaultMachine, type MachineConfig } from '../../../components/machine.js';
import { meshOf } from '../../../components/mesh.js';
import type { ChipProgram, MatrixStage, Part, Stage, StageInput, VectorStage } from '../../../mapping/chip-program.js';
import { compileDenseShape } from '../../../mapping/dense.js';
import { routerPlace } from '../../../mapping/floor-plan/mesh-geometry.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import { rowsOf } from '../../../models/matrix-node.js';
import { isMatrixNode, type Network } from '../../../models/network.js';
import { shapeNetwork } from '../../../models/zoo/shapes.js';
import { activationBytes, buildChipProgram } from '../../../scenarios/chip/build-chip-program.js';
import type { ExecutionConfig } from '../../../scenarios/execution.js';
import { ScenarioError } from '../../../scenarios/problem.js';
import { DeadlockError } from '../../../sim/kernel-error.js';
import { NetworkBuilder, randomNetwork, shapePrograms } from './random-network.js';
import { type Origin, type OriginMap, readOf, valueOrigins } from './value-origins.js';

const EXECUTION: ExecutionConfig = {
  pipeline: 'window',
  replication: 'none',
  replicas: {},
  crossbarBudget: 0,
  placement: 'in-order',
  overflow: 'chips',
};

/** 2 crossbars in a PE, 2 PEs in a tile, 2 tiles at each of 3 x 2 routers. */
function smallMachine(): MachineConfig {
  const machine = defaultMachine();
  machine.pe.crossbars = 2;
  Object.assign(machine.crossbar, { wordlines: 8, bitlines: 4, bitsPerCell: 2, readCycles: 2 });
  Object.assign(machine.ou, { wordlines: 8, bitlines: 4 });
  machine.tile.pes = 2;
  machine.router.tiles = 2;
  Object.assign(machine.chip, { columns: 3, rows: 2 });
  machine.edram.bytes = 4096;
  return machine;
}

const partsOf = ({ replicas }: Stage) => replicas.flatMap(({ parts }) => parts);
const allParts = ({ stages }: ChipProgram) => stages.flatMap(partsOf);
const inputsOf = (stage: Stage): readonly StageInput[] => (stage.kind === 'source' ? [] : stage.inputs);

/** Bytes that the parts of one replica of a producer send of a pixel to a buffer. */
function bytesSent(
  producer: Stage,
  replica: number,
  to: { stage: number; replica: number; part: number; input: number },
) {
  return producer.replicas[replica]!.parts.map(({ destinations }) =>
    destinations.reduce(
      (sum, destination) =>
        destination.kind === 'buffer' &&
        destination.stage === to.stage &&
        destination.replica === to.replica &&
        destination.part === to.part &&
        destination.input === to.input
          ? sum + destination.bytes
          : sum,
      0,
    ),
  );
}

/** Rows of its program that the crossbars of a part read. */
function rowsRead(program: OuProgram, part: Part): Set<number> {
  const rows = new Set<number>();
  for (const { crossbars } of part.pes) {
    for (let i = crossbars.first; i < crossbars.first + crossbars.count; i++) {
      for (const { rowList } of program.crossbars[i]!.groups) {
        for (const row of program.rowLists[rowList]!.inputs) rows.add(row);
      }
    }
  }
  return rows;
}

/** Distinct channels of a stage among values. */
const channelsOf = (origins: readonly (Origin | null)[], stage: string) =>
  new Set(origins.flatMap((origin) => (origin?.stage === stage ? [origin.channel] : [])));

/** Everything that has to hold of a chip program of a network, seen from the values. */
function checkProgram(network: Network, program: ChipProgram, machine: MachineConfig, word: number): void {
  const origins = valueOrigins(network);
  const { stages } = program;

  // Every part once, in order; the parts of a replica in tiles of their own, ascending.
  expect(allParts(program).map(({ index }) => index)).toEqual(allParts(program).map((_, i) => i));
  for (const { replicas } of stages) {
    for (const { parts } of replicas) {
      const tiles = parts.map(({ tile }) => tile);
      expect(tiles).toEqual([...new Set(tiles)].sort((a, b) => a - b));
      for (const tile of tiles) expect(tile).toBeLessThan(program.tiles);
    }
  }

  // A PE belongs to one part; every crossbar stands in exactly one PE of each replica, each PE filled before the next.
  const taken = new Set<string>();
  for (const stage of stages) {
    if (stage.kind !== 'matrix') continue;
    for (const { parts } of stage.replicas) {
      const ranges = parts.flatMap(({ tile, pes }) =>
        pes.map(({ pe, crossbars }) => {
          expect(pe).toBeLessThan(machine.tile.pes);
          expect(taken.has(`${tile} ${pe}`)).toBe(false);
          taken.add(`${tile} ${pe}`);
          return crossbars;
        }),
      );
      ranges.sort((a, b) => a.first - b.first);
      let next = 0;
      for (const { first, count } of ranges) {
        expect(first).toBe(next);
        next += count;
        expect(count === machine.pe.crossbars || next === stage.program.crossbars.length).toBe(true);
      }
      expect(next).toBe(stage.program.crossbars.length);
    }
  }

  for (const stage of stages) {
    const node = network.nodes.find(({ name }) => name === stage.name);
    const channels = node === undefined ? network.inputShape[0] : node.outputShape[0]!;
    if (stage.kind === 'vector') checkVector(stage, network, stages, word);
    stage.replicas.forEach(({ parts }, replica) => {
      // Every output is at home once.
      expect(parts.reduce((sum, { homeValues }) => sum + homeValues, 0)).toBe(channels);
      const leaves = parts.map(({ destinations }) =>
        destinations.reduce((sum, { kind, bytes }) => (kind === 'port' ? sum + bytes : sum), 0),
      );
      const isOutput = stage.name === network.nodes.at(-1)!.name;
      expect(leaves).toEqual(parts.map(({ homeValues }) => (isOutput ? homeValues * word : 0)));

      parts.forEach((part, p) => {
        expect(part.destinations.every(({ bytes }) => bytes > 0)).toBe(true);
        if (stage.kind === 'matrix') checkSums(stage.program, parts, p);
        inputsOf(stage).forEach(({ producer }, input) => {
          const { bytesPerPixel, shares, capacity, least } = part.buffers[input]!;
          expect(shares).toHaveLength(stages[producer]!.replicas.length);
          if (bytesPerPixel > 0) expect(capacity).toBeGreaterThanOrEqual(least);
          stages[producer]!.replicas.forEach((_, r) => {
            const sent = bytesSent(stages[producer]!, r, { stage: stage.index, replica, part: p, input });
            expect(sent.reduce((a, b) => a + b)).toBe(bytesPerPixel);
            expect(sent.filter((bytes) => bytes > 0)).toHaveLength(shares[r]!);
          });
        });
        if (stage.kind === 'matrix') checkNeeds(stage, part, node!, origins, stages, word);
      });
    });
  }

  const perTile = new Map<number, number>();
  for (const { tile, buffers } of allParts(program)) {
    const bytes = buffers.reduce((sum, { capacity, bytesPerPixel }) => sum + capacity * bytesPerPixel, 0);
    perTile.set(tile, (perTile.get(tile) ?? 0) + bytes);
  }
  for (const bytes of perTile.values()) expect(bytes).toBeLessThanOrEqual(machine.edram.bytes);
}

/** A part sends each of its distinct outputs to the part where it is at home: homes are equal runs in crossbar order. */
function checkSums(program: OuProgram, parts: readonly Part[], own: number): void {
  const inCrossbarOrder = [...parts.keys()].sort(
    (a, b) => parts[a]!.pes[0]!.crossbars.first - parts[b]!.pes[0]!.crossbars.first,
  );
  const outputs = new Set<number>();
  for (const { crossbars, sums } of parts[own]!.pes) {
    const ofPe = new Set<number>();
    for (let i = crossbars.first; i < crossbars.first + crossbars.count; i++) {
      for (const group of program.crossbars[i]!.groups) for (const output of group.outputs) ofPe.add(output);
    }
    expect(sums).toBe(ofPe.size);
    for (const output of ofPe) outputs.add(output);
  }
  const expected = parts.map(() => 0);
  for (const output of outputs) {
    const home = inCrossbarOrder[Math.floor((output * parts.length) / program.outputs)]!;
    if (home !== own) expected[home]!++;
  }
  expect(parts[own]!.sumsTo).toEqual(expected);
}

/** Bytes of a matrix stage's buffers and fetches, from the values that its operand is made of. */
function checkNeeds(
  { program, inputs }: MatrixStage,
  part: Part,
  node: Network['nodes'][number],
  origins: ReadonlyMap<string, OriginMap>,
  stages: readonly Stage[],
  word: number,
): void {
  const operand = origins.get(node.input)!;
  const rows = rowsRead(program, part);
  const channels = new Set<number>();
  let fetched = 0;
  for (const { row, channel } of readOf(node, 0, 0, origins)) {
    if (!rows.has(row)) continue;
    channels.add(channel);
    // Rows of channels of zeros have nothing to fetch.
    if (operand[channel]!.some((origin) => origin !== null)) fetched++;
  }
  expect(part.fetchBytes).toBe(fetched * word);
  const values = [...channels].flatMap((channel) => operand[channel]!);
  inputs.forEach(({ producer, role }, i) => {
    if (role !== 'start') return;
    const needed = channelsOf(values, stages[producer]!.name).size * word;
    const buffers = part.buffers.filter((_, j) => inputs[j]!.role === 'start' && inputs[j]!.producer === producer);
    // A concatenation of pixels with themselves has a buffer for each time.
    if (buffers.length === 1) expect(part.buffers[i]!.bytesPerPixel).toBe(needed);
    else expect(buffers.reduce((sum, { bytesPerPixel }) => sum + bytesPerPixel, 0)).toBeGreaterThanOrEqual(needed);
  });
}

/** Vector stages stand where the first replica of what they read has its channels, and read all pixels under the kernel. */
function checkVector(stage: VectorStage, network: Network, stages: readonly Stage[], word: number): void {
  const node = network.nodes.find(({ name }) => name === stage.name)!;
  const origins = valueOrigins(network);
  const { parts } = stage.replicas[0]!;
  expect(stage.replicas).toHaveLength(1);
  let values = 0;
  for (const operand of [0, 1] as const) {
    const map = origins.get(operand === 0 ? node.input : ((node as { other?: string }).other ?? node.input))!;
    for (const { channel } of readOf(node, operand, 0, origins)) {
      if (map[channel]!.some((origin) => origin !== null)) values++;
    }
  }
  expect(parts.reduce((sum, { vectorValues }) => sum + vectorValues, 0)).toBe(values);
  for (const { vectorValues, fetchBytes, pes } of parts) expect([fetchBytes, pes]).toEqual([vectorValues * word, []]);
  // The second operand of a sum comes from elsewhere.
  if (node.op === 'add') return;
  parts.forEach((part, p) => {
    stage.inputs.forEach(({ producer }, input) => {
      const from = stages[producer]!;
      if (from.kind === 'source') return;
      bytesSent(from, 0, { stage: stage.index, replica: 0, part: p, input }).forEach((bytes, sender) => {
        if (bytes > 0) expect(from.replicas[0]!.parts[sender]!.tile).toBe(part.tile);
      });
    });
  });
}

/** The home of every value adds up over the parts: residual bytes of all parts are those of the whole residual. */
function finishBytesOf(stage: Stage): number {
  return stage.replicas[0]!.parts.flatMap(({ buffers }) => buffers).reduce(
    (sum, { finishBytes }) => sum + finishBytes,
    0,
  );
}

/** Random networks with replicas of some layers. */
const planned = fc.record({
  seed: fc.nat(1e6),
  placement: fc.constantFrom('in-order' as const, 'traffic-aware' as const),
  replicas: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 8, maxLength: 8 }),
});

/** At most as many as a layer has windows in 2 images. */
function replicasOf(network: Network, counts: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    network.nodes.filter(isMatrixNode).map(({ name, outputShape }, i) => {
      const windows = outputShape.slice(1).reduce((product, extent) => product * extent, 1);
      return [name, Math.min(2 * windows, counts[i % counts.length]!)];
    }),
  );
}

describe('the chip program of a network', () => {
  it('has everything once, and sends everybody what they need', () => {
    fc.assert(
      fc.property(planned, ({ seed, placement, replicas }) => {
        const network = randomNetwork(seed);
        const machine = smallMachine();
        const programs = shapePrograms(network, 12);
        const execution = {
          ...EXECUTION,
          placement,
          replication: 'given' as const,
          replicas: replicasOf(network, replicas),
        };
        const { passes } = buildChipProgram(network, programs, machine, execution, 2);
        expect(passes).toHaveLength(1);
        const [{ program, crossbars }] = passes as [(typeof passes)[0]];
        checkProgram(network, program, machine, 2);
        const standing = allParts(program)
          .flatMap(({ pes }) => pes)
          .reduce((sum, pe) => sum + pe.crossbars.count, 0);
        expect(crossbars).toBe(standing);
        for (const node of network.nodes.filter(isMatrixNode)) {
          const stage = program.stages.find(({ name }) => name === node.name)!;
          const { requantiser } = node;
          const residual = requantiser.kind === 'real' ? requantiser.residual : null;
          const values =
            residual === null
              ? 0
              : readOf(node, 1, 0, valueOrigins(network)).filter(({ origin }) => origin !== null).length;
          expect(finishBytesOf(stage)).toBe(values * 2);
        }
      }),
      { seed: 20261121, numRuns: 40 },
    );
  });

  it('runs to its end with every buffer as small as it may be', () => {
    fc.assert(
      fc.property(planned, fc.integer({ min: 1, max: 2 }), ({ seed, replicas }, registers) => {
        const network = randomNetwork(seed);
        const machine = smallMachine();
        machine.inputRegister.windows = registers;
        machine.outputRegister.windows = registers;
        machine.tileOutputRegister.windows = registers;
        const execution = { ...EXECUTION, replication: 'given' as const, replicas: replicasOf(network, replicas) };
        const { passes } = buildChipProgram(network, shapePrograms(network), machine, execution, 3);
        const program = withCapacities(passes[0]!.program, ({ least }) => least);
        const { counts } = run(machine, program);
        expect(counts.packetsDelivered).toBe(counts.packetsInjected);
      }),
      { seed: 20261121, numRuns: 25 },
    );
  });

  it('in passes runs each to its end, and makes every stage once', () => {
    let severalPasses = 0;
    let severalSources = 0;
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const network = randomNetwork(seed);
        const machine = smallMachine();
        const whole = buildChipProgram(network, shapePrograms(network), machine, EXECUTION, 2).passes[0]!.program;
        // A chip that just holds the largest layer.
        const tiles = whole.stages.map((stage) => new Set(partsOf(stage).map(({ tile }) => tile)).size);
        machine.router.tiles = 1;
        Object.assign(machine.chip, { columns: Math.max(...tiles), rows: 1 });
        const execution = { ...EXECUTION, overflow: 'passes' as const };
        const { passes } = buildChipProgram(network, shapePrograms(network), machine, execution, 2);
        const made = passes.flatMap(({ program }) => program.stages.filter(({ kind }) => kind !== 'source'));
        expect(made.map(({ name }) => name)).toEqual(whole.stages.slice(1).map(({ name }) => name));
        for (const { program } of passes) {
          expect(program.chips).toBe(1);
          const { parts } = run(
            machine,
            withCapacities(program, ({ least }) => least),
          );
          expect(parts).toHaveLength(allParts(program).length);
        }
        if (passes.length > 1) severalPasses++;
        if (passes.some(({ program }) => program.stages.filter(({ kind }) => kind === 'source').length > 1))
          severalSources++;
      }),
      { seed: 20261121, numRuns: 25 },
    );
    expect(severalPasses).toBeGreaterThan(0);
    expect(severalSources).toBeGreaterThan(0);
  });

  it('comes to a standstill with a pixel less where a layer reads a map', () => {
    const builder = new NetworkBuilder([1, 5, 5]);
    builder.conv('input', 1, { kernel: 3, pad: 1 });
    const network = builder.network();
    const machine = smallMachine();
    const { program } = buildChipProgram(network, shapePrograms(network), machine, EXECUTION, 1).passes[0]!;
    expect(program.stages[1]!.replicas[0]!.parts[0]!.buffers[0]!.least).toBe(2 * 5 + 3);
    expect(() =>
      run(
        machine,
        withCapacities(program, ({ least }) => least - 1),
      ),
    ).toThrow(DeadlockError);
    run(
      machine,
      withCapacities(program, ({ least }) => least),
    );
  });

  it("is refused with a mistake of the user's where buffers do not fit", () => {
    const builder = new NetworkBuilder([2, 5, 5]);
    builder.conv('input', 1, { kernel: 3, pad: 1 });
    const network = builder.network();
    const machine = smallMachine();
    // 3 crossbars of 8 of the 18 rows: the first PE needs both channels of 13 pixels.
    machine.edram.bytes = 25;
    const build = () => buildChipProgram(network, shapePrograms(network), machine, EXECUTION, 1);
    expect(build).toThrow(ScenarioError);
    expect(build).toThrow(/machine\.edram\.bytes\n {2}got: {5}25\n {2}allowed: at least 26 for the buffers of conv0/);
    machine.edram.bytes = 26;
    build();
  });

  it('has its tiles where the network-on-chip has them', () => {
    const machine = smallMachine();
    const mesh = { columns: 3, rows: 2, tilesPerRouter: 2 };
    for (let tile = -1; tile < 30; tile++) expect(routerPlace(mesh, tile)).toEqual(routerPlace(meshOf(machine), tile));
  });

  it('of VGG-16: crossbars, PEs and tiles of its layers, and the line buffer of conv1_2', () => {
    const network = shapeNetwork('vgg16');
    const machine = defaultMachine();
    machine.pe.crossbars = 8;
    machine.tile.pes = 12;
    machine.edram.bytes = 65_536;
    const crossbar = { wordlines: 128, bitlines: 128, bitsPerCell: 2 };
    const programs = new Map(
      network.nodes.filter(isMatrixNode).map((node) => [
        node.name,
        compileDenseShape({
          rows: rowsOf(node),
          outputs: node.outputShape[0]!,
          weightBits: 16,
          inputBits: 16,
          bitsPerPlane: 1,
          encoding: 'offset',
          layout: 'adjacent',
          crossbar,
          ou: { wordlines: 128, bitlines: 128 },
        }),
      ]),
    );
    expect(activationBytes(programs)).toBe(2);
    const { passes } = buildChipProgram(network, programs, machine, EXECUTION, 1);
    const [{ program, crossbars, tilesUsed }] = passes as [(typeof passes)[0]];
    expect(crossbars).toBe(67_576);
    // 67,576 crossbars are 8,448 PEs, the last one of a layer not always full, and 704 tiles; buffers split a few more.
    const pes = allParts(program).flatMap((part) => part.pes).length;
    expect(pes).toBe(
      [4, 20, 40, 72, 144, 288, 288, 576, 1152, 1152, 1152, 1152, 1152, 50_176, 8192, 2016]
        .map((n) => Math.ceil(n / 8))
        .reduce((a, b) => a + b),
    );
    expect(tilesUsed).toBeGreaterThanOrEqual(Math.ceil(pes / 12));
    expect(tilesUsed).toBeLessThan(Math.ceil(pes / 12) + 10);
    expect(program.chips).toBe(Math.ceil(tilesUsed / 168));

    const conv4_2 = program.stages.find(({ name }) => name === 'conv4_2')!;
    expect(partsOf(conv4_2).reduce((sum, part) => sum + part.pes.length, 0)).toBe(144);
    // On tiles of its own 12; it begins on what conv4_1 has left, so that one more holds the rest.
    expect(partsOf(conv4_2)).toHaveLength(13);

    const conv1_2 = program.stages.find(({ name }) => name === 'conv1_2')!;
    const least = partsOf(conv1_2).map(({ buffers }) => buffers[0]!.least);
    expect(new Set(least)).toEqual(new Set([224 * (3 - 1) + 3]));
    // A tile of 64 KiB holds 451 pixels of 64 channels of 2 bytes, 57,728 bytes, but then not the 226 pixels that the
    // pooling behind it needs; on three tiles, PE by PE, each needs the channels of 256 rows (29 of them) or less.
    expect(451 * 64 * 2 + 226 * 64 * 2).toBeGreaterThan(65_536);
    expect(partsOf(conv1_2).map(({ buffers }) => buffers[0]!.bytesPerPixel)).toEqual([29 * 2, 29 * 2, 8 * 2]);
  });
});

function withCapacities(program: ChipProgram, capacity: (buffer: { least: number }) => number): ChipProgram {
  const stages = program.stages.map((stage) => ({
    ...stage,
    replicas: stage.replicas.map(({ parts }) => ({
      parts: parts.map((part) => ({
        ...part,
        buffers: part.buffers.map((buffer) => ({ ...buffer, capacity: capacity(buffer) })),
      })),
    })),
  }));
  return { ...program, stages };
}

function run(machine: MachineConfig, program: ChipProgram) {
  const sources = new Map(
    program.stages.flatMap(({ kind, index }) =>
      kind === 'matrix' ? [[index, { gather: (_i: number, _w: number, into: Int32Array) => void into.fill(1) }]] : [],
    ),
  );
  return runChip(machine, program, sources, { granularity: 'fast', pipeline: 'window' });
}
