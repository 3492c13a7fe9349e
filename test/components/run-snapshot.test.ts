import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ChipRunOptions, runChip } from '../../components/chip-simulation.js';
import { type Granularity, runPe } from '../../components/pe.js';
import type { MachineSnapshot } from '../../sim/results/run-snapshot.js';
import { smallMachine, smallProgram } from '../scenarios/chip/small-chip.js';
import { arbitraryPe, peOf } from './arbitrary-pe.js';
import { expectLater, expectSound } from './expect-snapshot.js';
import { PE_PATH, type Subject, simulate, taskOf } from './pe-under-test.js';

const SEED = 20261121;

const granularities: readonly Granularity[] = ['fast', 'booked', 'sampled'];

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** Checks each snapshot as it is taken, and keeps the last. */
class Watcher {
  last: MachineSnapshot | null = null;
  taken = 0;

  readonly take = (look: () => MachineSnapshot): void => {
    const snapshot = look();
    expectSound(snapshot);
    if (this.last !== null) expectLater(this.last, snapshot);
    this.last = snapshot;
    this.taken++;
  };
}

/** Looks whenever a window is released, and whenever the inputs of one are asked for. */
function simulateWatched(subject: Subject, granularity: Granularity, watcher: Watcher) {
  const task = taskOf(subject);
  let look: (() => MachineSnapshot) | null = null;
  const gather = (index: number, into: Int32Array) => {
    task.windows.gather(index, into);
    if (look !== null) watcher.take(look);
  };
  return runPe(
    subject.machine,
    { ...task, windows: { ...task.windows, gather } },
    {
      granularity,
      path: PE_PATH,
      progress: (_, ask) => {
        look = ask;
        watcher.take(ask);
      },
    },
  );
}

it.each(granularities)('a PE, %s: snapshots change nothing, and the last one is the result', (granularity) => {
  const work = { operations: granularity === 'sampled' ? 1_000 : 10_000, windows: 12 };
  fc.assert(
    fc.property(arbitraryPe(work), (draw) => {
      const subject = peOf(draw);
      const watcher = new Watcher();
      const watched = simulateWatched(subject, granularity, watcher);
      expect(watched).toEqual(simulate(subject, { granularity }));
      expect(watcher.taken).toBeGreaterThan(subject.inputs.length);

      const [pe] = watcher.last!.stages;
      const crossbars = subject.program.crossbars.length;
      const pools = Math.ceil(crossbars / subject.machine.adc.sharedBy);
      expect(pe).toMatchObject({ state: 'done', windows: subject.inputs.length, allWindows: subject.inputs.length });
      expect(pe!.crossbars!.instances).toBe(crossbars);
      const { reads, adcWaiting, indexDecoding, detector, windowSharing } = pe!.crossbars!.cycles;
      expect(reads).toBe(watched.ouOperations * subject.machine.crossbar.readCycles);
      expect([adcWaiting, indexDecoding, detector]).toEqual(
        [watched.stallAdc, watched.stallIndex, watched.scanWait].map(total),
      );
      expect(detector + windowSharing).toBe(total(watched.stallInput));
      expect(pe!.adcs!.instances).toBe(pools * subject.machine.adc.perPool);
      expect(pe!.adcs!.convert).toBe(watched.adcConversions * subject.machine.adc.conversionCycles);
    }),
    { seed: SEED, numRuns: 60 },
  );
});

/** The hand-made network of small-chip.ts with drawn numbers of images and speeds; c1 has two replicas, f1 two parts. */
const arbitraryChip = fc.record({
  images: fc.integer({ min: 5, max: 12 }),
  pipeline: fc.constantFrom('window' as const, 'image' as const, 'layer-barrier' as const),
  granularity: fc.constantFrom(...granularities),
  schedule: fc.constantFrom('contended' as const, 'static' as const),
  perPool: fc.integer({ min: 1, max: 3 }),
  conversionCycles: fc.integer({ min: 1, max: 5 }),
  readCycles: fc.integer({ min: 1, max: 12 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
});

it('a chip: snapshots at any time change nothing, shares stay in [0, 1], what is done stays done', () => {
  fc.assert(
    fc.property(arbitraryChip, ({ images, pipeline, granularity, schedule, seed, ...speeds }) => {
      const machine = smallMachine();
      machine.tile.schedule = schedule;
      machine.crossbar.readCycles = speeds.readCycles;
      machine.adc.perPool = speeds.perPool;
      machine.adc.conversionCycles = speeds.conversionCycles;
      const program = smallProgram(images, pipeline !== 'window');
      let look: (() => MachineSnapshot) | null = null;
      const watcher = new Watcher();
      const at = () => {
        if (look !== null) watcher.take(look);
      };
      const run = (options: Partial<ChipRunOptions>, asked: () => void) => {
        const gather = (image: number, window: number, into: Int32Array) => {
          asked();
          for (let i = 0; i < into.length; i++) into[i] = (image * 7 + window * 3 + i) % 16;
        };
        const sources = new Map([1, 3].map((stage) => [stage, { gather }]));
        return runChip(machine, program, sources, { granularity, pipeline, shuffleSeed: seed, ...options });
      };
      const watched = run(
        {
          imageDone: at,
          progress: (done, all, _, ask) => {
            look = ask;
            watcher.take(ask);
            expect(watcher.last).toMatchObject({ windows: done, allWindows: all });
          },
        },
        at,
      );
      expect(watched).toEqual(run({}, () => {}));
      expect(watcher.taken).toBeGreaterThan(images / 2);

      const { last } = watcher;
      expect(last).toMatchObject({ cycles: watched.cycles, images, allImages: images });
      // c1 has 16 windows an image and f1 one, which its two parts share.
      expect([last!.windows, last!.allWindows]).toEqual([17 * images, 17 * images]);
      expect(last!.stages.map(({ name, windows, state }) => [name, windows, state])).toEqual([
        ['input', 16 * images, 'done'],
        ['c1', 16 * images, 'done'],
        ['p1', 4 * images, 'done'],
        ['f1', images, 'done'],
      ]);
      last!.stages.forEach(({ fetch, crossbars, adcs, waits }, s) => {
        const parts = watched.parts.filter((_, index) => [[0], [1, 2], [3], [4, 5]][s]!.includes(index));
        const sum = (of: (part: (typeof parts)[number]) => number) => parts.reduce((all, part) => all + of(part), 0);
        const ofPes = (of: (pe: (typeof parts)[number]['pes'][number]) => number) =>
          sum(({ pes }) => pes.reduce((all, pe) => all + of(pe), 0));
        if (s > 0) {
          expect(fetch!.cycles).toEqual({
            fetch: sum((part) => part.fetch),
            'stall.pixels': sum(({ stallPixels }) => total(stallPixels)),
            'stall.output': sum(({ stallOutput }) => stallOutput),
            'stall.pe': sum(({ stallPe }) => stallPe),
            'stall.server': sum(({ stallServer }) => stallServer),
          });
        } else expect(fetch).toBeNull();
        if (s === 1 || s === 3) {
          expect(crossbars!.instances).toBe(4);
          expect(crossbars!.time).toBe(4 * watched.cycles);
          expect(crossbars!.cycles).toMatchObject({
            reads: ofPes(({ read }) => total(read)),
            adcWaiting: ofPes(({ stallAdc }) => total(stallAdc)),
            pixels: ofPes(({ pixelWait }) => total(pixelWait)),
            output: ofPes(({ outputWait }) => total(outputWait)),
            transfer: ofPes(({ transferWait }) => total(transferWait)),
          });
          expect(adcs!.convert).toBe(ofPes(({ adcConversions }) => adcConversions) * speeds.conversionCycles);
        } else expect([crossbars, adcs]).toEqual([null, null]);
        const space = waits.filter(({ cause }) => cause === 'space').reduce((all, { cycles }) => all + cycles, 0);
        expect(space).toBe(sum(({ stallSpace }) => total(stallSpace)));
      });
    }),
    { seed: SEED, numRuns: 30 },
  );
});
