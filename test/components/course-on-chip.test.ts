import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WindowObserver } from '../../components/input-register.js';
import { assemblePe, type Granularity } from '../../components/pe.js';
import type { PeAssembly } from '../../components/pe-assembly.js';
import { PE_PHASES, SETTLE } from '../../components/pe-phases.js';
import type { PeStatistics } from '../../components/pe-statistics.js';
import { StageWork } from '../../components/stage-work.js';
import type { CrossbarRange } from '../../mapping/crossbar-range.js';
import { type Actor, Kernel } from '../../sim/kernel.js';
import { randomInteger, seededRandom } from '../mapping/random.js';
import { arbitraryPe, type MostWork, type PeDraw, peOf } from './arbitrary-pe.js';
import { PE_PATH, type Subject, simulate, taskOf } from './pe-under-test.js';

/**
 * A PE whose windows come at times of their own, as on a chip: what granularity `fast` settles ahead of time, and what it
 * foresees and has to take back when a window is loaded, is what the other granularities do (kernel law 9).
 */

const SEED = 20261121;

/** How one window comes, in cycles. */
interface Arrival {
  /** From the time at which the register has room and the window before has come, to the fetch, and from there on. */
  readonly untilFetch: number;
  readonly transfer: number;
  /** Of the time of the fetch: when its pixels and its place in the output register were there, in thousandths. */
  readonly pixels: number;
  readonly output: number;
}

/** What a PE on a chip tells, each with its time, and what it counts. */
interface Course {
  /** When each window was delivered and released. */
  readonly deliveredAt: number[];
  readonly releasedAt: number[];
  /** When the last code of each window leaves, 0 without codes. */
  readonly leavesAt: number[];
  /** When each window is done (rule 6), as far as the windows before are. */
  readonly doneAt: number[];
  readonly statistics: PeStatistics;
}

/** Delivers windows, as many as the input register takes, and notes what becomes of them. */
class Deliverer implements Actor, WindowObserver {
  readonly path = 'Test.Deliverer';
  readonly deliveredAt: number[] = [];
  readonly releasedAt: number[] = [];
  readonly leavesAt: number[];
  readonly doneAt: number[] = [];
  pe!: PeAssembly;
  /** What has still to be told of each window: its release, and that its crossbars have read it. */
  private readonly reports: number[];
  /** Of the window that is coming: when there was room for it and the one before had come, and when its fetch began. */
  private register = 0;
  private begun = 0;
  private coming = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly subject: Subject,
    private readonly arrivals: readonly Arrival[],
  ) {
    const { inputs, machine } = subject;
    this.leavesAt = inputs.map(() => 0);
    this.reports = inputs.map(() => machine.pe.crossbars + 1);
    this.fetch(0);
  }

  /** The window that is coming is there. */
  on(): void {
    const { kernel, deliveredAt, register, begun } = this;
    const { pixels, output } = this.arrivals[deliveredAt.length]!;
    const shareOf = (thousandths: number) => Math.floor((begun * thousandths) / 1000);
    const times = { begun, register, pixels: shareOf(pixels), output: shareOf(output) };
    // The last condition that comes is what the fetch begins with.
    if (begun > register) times[pixels > output ? 'pixels' : 'output'] = begun;
    this.coming = false;
    deliveredAt.push(kernel.now);
    this.pe.deliver(times);
    this.fetch(0);
  }

  windowReleased(released: number): void {
    const { kernel, releasedAt } = this;
    releasedAt.push(kernel.now);
    expect(releasedAt).toHaveLength(released);
    this.report(released - 1, 1);
    // What happens in a cycle after its phase `settle` can bring a window in the next one.
    this.fetch(1);
  }

  crossbarsLeave(window: number, crossbars: number, leaves: number): void {
    this.leavesAt[window] = Math.max(this.leavesAt[window]!, leaves);
    this.report(window, crossbars);
  }

  private report(window: number, count: number): void {
    const { reports, doneAt, leavesAt, kernel } = this;
    reports[window]! -= count;
    expect(reports[window]).toBeGreaterThanOrEqual(0);
    while (reports[doneAt.length] === 0) {
      doneAt.push(Math.max(kernel.now, doneAt.at(-1) ?? 0, leavesAt[doneAt.length]!));
    }
  }

  /** The next window is on its way, if there is room for it; it comes in `least` cycles at the earliest. */
  private fetch(least: number): void {
    const { kernel, subject, deliveredAt, releasedAt, arrivals } = this;
    const next = deliveredAt.length;
    if (this.coming || next === arrivals.length) return;
    if (next - releasedAt.length >= subject.machine.inputRegister.windows) return;
    const { untilFetch, transfer } = arrivals[next]!;
    this.register = kernel.now;
    this.begun = kernel.now + untilFetch;
    this.coming = true;
    kernel.post(Math.max(least, untilFetch + transfer), this, 0, 0, SETTLE);
  }
}

/** One or several PEs of one program on a chip, each with its crossbars and its windows' arrivals. */
interface OnChip {
  readonly crossbars: CrossbarRange;
  readonly arrivals: readonly Arrival[];
}

/** The PEs share what the windows come to, as those of a stage do. */
function runOnChip(subject: Subject, pes: readonly OnChip[], granularity: Granularity): Course[] {
  const kernel = new Kernel({ phases: PE_PHASES });
  const { machine } = subject;
  const task = taskOf(subject);
  const work = granularity === 'fast' ? new StageWork(task.program, machine, task.windows) : null;
  const deliverers = pes.map(({ crossbars, arrivals }) => {
    const deliverer = new Deliverer(kernel, subject, arrivals);
    const options = { granularity, path: PE_PATH, observer: deliverer, work };
    deliverer.pe = assemblePe(kernel, machine, { ...task, crossbars }, options);
    return deliverer;
  });
  kernel.run();
  return deliverers.map(({ deliveredAt, releasedAt, leavesAt, doneAt, pe }) => {
    expect(doneAt).toHaveLength(subject.inputs.length);
    return { deliveredAt, releasedAt, leavesAt, doneAt, statistics: pe.collect() };
  });
}

interface ChipDraw {
  readonly pe: PeDraw;
  readonly arrivals: number;
}

/**
 * Windows come at once, soon, or in the middle or after the end of the work on the windows before: delays are drawn up to
 * twice the time that a window takes on average where all are there from the start.
 */
function arrivalsOf(subject: Subject, seed: number, slowness = 1): Arrival[] {
  const random = seededRandom(seed);
  const average = Math.ceil(simulate(subject, { granularity: 'fast' }).cycles / subject.inputs.length);
  const anyDelay = () => slowness * anyDelayOf(random());
  const anyDelayOf = (kind: number) => {
    if (kind < 0.3) return 0;
    if (kind < 0.5) return randomInteger(random, 1, 10);
    return randomInteger(random, 1, kind < 0.85 ? average : 2 * average);
  };
  return subject.inputs.map(() => ({
    untilFetch: anyDelay(),
    transfer: anyDelay(),
    pixels: randomInteger(random, 0, 1000),
    output: randomInteger(random, 0, 1000),
  }));
}

const arbitraryOnChip = (most: MostWork): fc.Arbitrary<ChipDraw> =>
  fc.record({ pe: arbitraryPe(most), arrivals: fc.integer({ min: 0, max: 2 ** 31 - 1 }) });

/** Runs in which a window came while another was worked on, and of them those in which somebody had waited for it. */
interface Seen {
  runs: number;
  overlapping: number;
  awaited: number;
}

function expectAlike(subject: Subject, pes: readonly OnChip[], other: Granularity): Course[] {
  const fast = runOnChip(subject, pes, 'fast');
  const expected = runOnChip(subject, pes, other);
  if (!isDeepStrictEqual(fast, expected)) expect(fast).toEqual(expected);
  return fast;
}

function checkOnChip(most: MostWork, numRuns: number, other: Granularity): Seen {
  const seen: Seen = { runs: 0, overlapping: 0, awaited: 0 };
  fc.assert(
    fc.property(arbitraryOnChip(most), ({ pe, arrivals: arrivalsSeed }) => {
      const subject = peOf(pe);
      const arrivals = arrivalsOf(subject, arrivalsSeed);
      const pes = [{ crossbars: taskOf(subject).crossbars, arrivals }];
      const [fast] = expectAlike(subject, pes, other);
      seen.runs++;
      const { deliveredAt, releasedAt, statistics } = fast!;
      const { machine } = subject;
      if (deliveredAt.some((time, window) => window > 0 && releasedAt[window - 1]! > time)) {
        seen.overlapping++;
        const { transferWait, outputWait, pixelWait } = statistics;
        const waited = transferWait.some((cycles, i) => cycles + outputWait[i]! + pixelWait[i]! > 0);
        if (waited && machine.adc.sharedBy > 1) seen.awaited++;
      }
    }),
    { seed: SEED, numRuns },
  );
  return seen;
}

it('fast and booked release windows, end them and count alike, whenever the windows come', () => {
  const { runs, overlapping, awaited } = checkOnChip({ operations: 20_000, windows: 12 }, 500, 'booked');
  expect(overlapping).toBeGreaterThan(runs / 3);
  expect(awaited).toBeGreaterThan(runs / 5);
});

it('fast and sampled do likewise on less work', () => {
  const { runs, overlapping, awaited } = checkOnChip({ operations: 1_000, windows: 12 }, 300, 'sampled');
  expect(overlapping).toBeGreaterThan(runs / 3);
  expect(awaited).toBeGreaterThan(runs / 5);
});

it('PEs with parts of one program do likewise, however far apart they are in its windows', () => {
  let runs = 0;
  let farApart = 0;
  const arbitrary = fc.record({
    pe: arbitraryPe({ operations: 12_000, windows: 100, leastWindows: 50 }),
    arrivals: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    cut: fc.integer({ min: 0, max: 12 }),
    slowness: fc.constantFrom(0, 1, 10),
  });
  fc.assert(
    fc.property(arbitrary, ({ pe, arrivals, cut, slowness }) => {
      const subject = peOf(pe);
      const { count } = taskOf(subject).crossbars;
      const first = Math.min(cut, count);
      const courses = expectAlike(
        subject,
        [
          { crossbars: { first: 0, count: first }, arrivals: arrivalsOf(subject, arrivals) },
          { crossbars: { first, count: count - first }, arrivals: arrivalsOf(subject, arrivals + 1, slowness) },
          // The first PE again, as the replica of a stage.
          { crossbars: { first: 0, count: first }, arrivals: arrivalsOf(subject, arrivals + 2) },
        ],
        'booked',
      );
      runs++;
      // More windows than are kept: one has been delivered another window before the other one this.
      const ahead = (a: Course, b: Course) => b.deliveredAt.some((time, w) => a.deliveredAt[w + 33]! < time);
      if (courses.some((a) => courses.some((b) => ahead(a, b)))) farApart++;
    }),
    { seed: SEED, numRuns: 50 },
  );
  expect(farApart).toBeGreaterThan(runs / 5);
});
