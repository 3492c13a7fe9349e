import { describe, expect, test } from 'vitest';
import { runChip } from '../../components/chip-simulation.js';
import { defaultMachine, type MachineConfig } from '../../components/machine.js';
import type { ChipProgram, Part, Stage } from '../../mapping/chip-program.js';
import { compileDense } from '../../mapping/dense.js';

// ISAAC's pipeline cycle of 100 ns, at 1.28 GHz.
const STAGE = 128;

/** ISAAC's machine as far as time goes: full-array reads, an ADC a crossbar, every step of a tile one pipeline cycle. */
function isaac(): MachineConfig {
  const machine = defaultMachine();
  machine.pe.crossbars = 8;
  Object.assign(machine.crossbar, { wordlines: 128, bitlines: 128, bitsPerCell: 2, readCycles: STAGE });
  Object.assign(machine.ou, { wordlines: 128, bitlines: 128 });
  Object.assign(machine.adc, { bits: 9, perPool: 1, sharedBy: 1, conversionCycles: 1 });
  Object.assign(machine.shiftAdd, { lanes: 1, latencyCycles: STAGE });
  machine.sampleHold.banks = 2;
  machine.inputRegister.windows = 2;
  machine.outputRegister.windows = 2;
  machine.tileOutputRegister.windows = 2;
  Object.assign(machine.tile, { pes: 12, schedule: 'static', stageCycles: STAGE });
  return machine;
}

/** A 1x1 convolution of 128 channels of 16 bits to 16 outputs: one full crossbar; `replicas` copies in tiles of their own. */
function oneLayer(windows: number, images: number, replicas: number): ChipProgram {
  const program = compileDense({
    rows: 128,
    outputs: 16,
    weights: new Int32Array(128 * 16).fill(1),
    weightBits: 16,
    inputBits: 16,
    bitsPerPlane: 1,
    encoding: 'offset',
    layout: 'adjacent',
    crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 2 },
    ou: { wordlines: 128, bitlines: 128 },
  });
  const source: Part = {
    index: 0,
    tile: -1,
    pes: [],
    fetchBytes: 0,
    buffers: [],
    sumsTo: [0],
    homeValues: 128,
    vectorValues: 0,
    destinations: Array.from({ length: replicas }, (_, replica) => ({
      kind: 'buffer',
      stage: 1,
      replica,
      part: 0,
      input: 0,
      bytes: 256,
    })),
  };
  const parts = Array.from(
    { length: replicas },
    (_, replica): Part => ({
      index: 1 + replica,
      tile: replica,
      pes: [{ pe: 0, crossbars: { first: 0, count: 1 }, sums: 16, inputBytesPerWindow: 256 }],
      fetchBytes: 256,
      buffers: [{ bytesPerPixel: 256, capacity: 64, least: 1, shares: [1], finishBytes: 0 }],
      sumsTo: [0],
      homeValues: 16,
      vectorValues: 0,
      destinations: [{ kind: 'port', bytes: 32 }],
    }),
  );
  const upTo = Int32Array.from({ length: windows }, (_, w) => w);
  const stages: Stage[] = [
    { kind: 'source', index: 0, name: 'input', op: 'source', windows, replicas: [{ parts: [source] }] },
    {
      kind: 'matrix',
      index: 1,
      name: 'conv',
      op: 'conv',
      windows,
      replicas: parts.map((part) => ({ parts: [part] })),
      program,
      inputs: [{ producer: 0, role: 'start', needs: upTo.map((w) => w + 1), keeps: upTo }],
    },
  ];
  return { images, tiles: 168, chips: 1, stages };
}

const sources = new Map([[1, { gather: (_image: number, _window: number, into: Int32Array) => void into.fill(1) }]]);

describe.each(['sampled', 'booked', 'fast'] as const)('%s', (granularity) => {
  test.each([
    [1, 1],
    [2, 1],
    [50, 1],
    [50, 4],
    [7, 3],
  ])('ISAAC: %i windows on %i replicas take 22 + 16 (ceil(windows / replicas) - 1) cycles', (windows, replicas) => {
    const statistics = runChip(isaac(), oneLayer(windows, 1, replicas), sources, { granularity, pipeline: 'window' });
    expect(statistics.cycles).toBe((22 + 16 * (Math.ceil(windows / replicas) - 1)) * STAGE);
  });

  test('images follow each other without a gap: the pipeline does not drain between them', () => {
    const statistics = runChip(isaac(), oneLayer(10, 3, 1), sources, { granularity, pipeline: 'window' });
    expect(statistics.cycles).toBe((22 + 16 * (30 - 1)) * STAGE);
    expect(Array.from(statistics.imageEnd)).toEqual([10, 20, 30].map((windows) => (22 + 16 * (windows - 1)) * STAGE));
  });
});
