import type { CrossbarRange } from '../mapping/crossbar-range.js';
import { ServiceCourses } from '../sim/resources/service-courses.js';
import type { TraceSink } from '../sim/trace/trace.js';
import { poolCount, poolShape } from './adc-pool.js';
import type { CrossbarSegments } from './crossbar-runs.js';
import { decodeCycles } from './index-decoder.js';
import { LoneCrossbars } from './lone-crossbars.js';
import type { MachineConfig } from './machine.js';
import type { PeCourse } from './pe-course.js';
import type { PeTracks } from './pe-tracks.js';
import type { PeWindows } from './pe-windows.js';
import { PoolCourse } from './pool-course.js';
import { PoolTrace, type TracedPool } from './pool-trace.js';
import type { StageWork } from './stage-work.js';

/** Place of a crossbar that takes part in no course. */
export const NO_PLACE = -1;

/** A trace, and the tracks in it of all PEs that take the course of the one that is simulated. */
export interface PeTrace {
  readonly sink: TraceSink;
  readonly tracks: readonly PeTracks[];
}

/** What of a PE is simulated. */
export interface PeCourses {
  readonly courses: readonly PeCourse[];
  /** Of each crossbar of the PE: its course, and its place in it; NO_PLACE of one without operations that shares its pool. */
  readonly courseOf: Int32Array;
  readonly placeOf: Int32Array;
}

/** Pools with equal crossbars, which are simulated once. */
interface PoolClass {
  readonly segments: readonly CrossbarSegments[];
  /** The pools of all traced PEs that are of this class. */
  readonly traced: TracedPool[];
}

/**
 * The courses of a PE: one for each pool that differs from the others, or a common one for crossbars that have a pool each.
 *
 * @param patternOf number among the PE's patterns of one of the stage
 */
export function peCourses(
  machine: MachineConfig,
  stage: StageWork,
  range: CrossbarRange,
  windows: PeWindows,
  patternOf: (pattern: number) => number,
  onChip: boolean,
  trace: PeTrace | null,
): PeCourses {
  const { sharedBy } = machine.adc;
  const { classOf, classes } = stage.work;
  const courseOf = new Int32Array(machine.pe.crossbars);
  const placeOf = new Int32Array(machine.pe.crossbars).fill(NO_PLACE);
  const lone = sharedBy === 1;
  const known = new Map<string, number>();
  const pools: PoolClass[] = [];
  for (let pool = 0; pool < poolCount(machine); pool++) {
    const first = pool * sharedBy;
    const end = Math.min(first + sharedBy, machine.pe.crossbars);
    const members: number[] = [];
    for (let i = first; i < Math.min(end, range.count); i++) {
      if (classes[classOf[range.first + i]!]!.patterns.length > 0) members.push(i);
    }
    const key = members.map((i) => classOf[range.first + i]!).join(' ');
    let number = known.get(key);
    if (number === undefined) {
      number = pools.length;
      known.set(key, number);
      const segments = members.map((i) => {
        const { patterns, bitlines } = classes[classOf[range.first + i]!]!;
        return { patterns: Int32Array.from(patterns, patternOf), bitlines };
      });
      pools.push({ segments, traced: [] });
    }
    if (lone) placeOf[first] = number;
    else {
      courseOf.fill(number, first, end);
      members.forEach((i, place) => {
        placeOf[i] = place;
      });
    }
    for (const { pools: tracks, crossbars } of trace?.tracks ?? []) {
      const traced = { ...tracks[pool]!, crossbars: members.map((i) => crossbars[i]!), indices: members };
      pools[number]!.traced.push(traced);
    }
  }
  return { courses: coursesOf(machine, stage, windows, pools, onChip, trace), courseOf, placeOf };
}

function coursesOf(
  machine: MachineConfig,
  stage: StageWork,
  windows: PeWindows,
  pools: readonly PoolClass[],
  onChip: boolean,
  trace: PeTrace | null,
): PeCourse[] {
  const course = {
    readCycles: machine.crossbar.readCycles,
    banks: machine.sampleHold.banks,
    decodeCycles: decodeCycles(machine, stage.decoded),
  };
  const shape = poolShape(machine);
  const services = new ServiceCourses(shape);
  const traces = pools.map(({ traced }) => (trace === null ? null : PoolTrace.of(trace.sink, traced, shape)));
  if (machine.adc.sharedBy === 1) {
    const segments = pools.map((pool) => pool.segments[0] ?? NO_SEGMENTS);
    return [new LoneCrossbars(course, windows, segments, services, onChip, trace === null ? null : traces)];
  }
  return pools.map(({ segments }, pool) => new PoolCourse(course, windows, segments, services, onChip, traces[pool]!));
}

const NO_SEGMENTS: CrossbarSegments = { patterns: [], bitlines: [] };
