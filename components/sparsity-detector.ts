import type { Actor, Kernel } from '../sim/kernel.js';
import { declareComponent } from './declaration.js';
import type { MachineConfig } from './machine.js';
import { SETTLE } from './pe-phases.js';

/** The activation-sparsity detector: finds, plane by plane, which rows of a window are driven. */
export const sparsityDetectorDeclaration = declareComponent({
  key: 'detector',
  kind: 'sparsityDetector',
  doc: 'Scans the bit-planes of a window for rows that are not driven, so that operations can be skipped or re-formed.',
  parameters: {
    kind: {
      type: 'choice',
      unit: '1',
      choices: ['none', 'group', 'form'],
      default: 'none',
      doc: '"none" skips nothing; "group" skips an operation without a driven row; "form" forms OUs from the driven rows.',
    },
    planeCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 0,
      max: 1e9,
      default: 0,
      doc: 'Duration of scanning one bit-plane.',
    },
    scanEnergy_pJ: {
      type: 'number',
      unit: 'pJ',
      min: 0,
      max: 1e6,
      default: 0,
      doc: 'Energy of scanning one bit-plane of one window.',
    },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the detector of a PE.' },
  },
  actions: { scan: { price: 'scanEnergy_pJ', doc: 'A bit-plane of a window is scanned.' } },
  statistics: {
    scan: { unit: 'cycle', doc: 'Cycles spent scanning.' },
    idle: { unit: 'cycle', doc: 'Cycles without a plane to scan.' },
  },
});

/** The detector's time per plane; none without a detector. */
export function planeCycles({ detector }: MachineConfig): number {
  return detector.kind === 'none' ? 0 : detector.planeCycles;
}

/** When the planes of the loaded windows are ready. A slot is a place of the input register. */
export interface PlaneClock {
  /** Window `window`, just loaded into `slot`, is to be scanned. */
  scan(window: number, slot: number): void;
  /** Cycle from which plane `plane` is ready; Infinity while that is not known. */
  readyAt(slot: number, plane: number): number;
  /** Cycle from which the last plane is ready; Infinity while that is not known. */
  lastReadyAt(slot: number): number;
}

/**
 * The detector in closed form. Windows are scanned in order, one plane per `planeCycles`; without a detector
 * (`planeCycles` 0) the planes are ready as soon as the window is loaded.
 */
export class BookedPlaneClock implements PlaneClock {
  private readonly scanStart: Float64Array;
  private scanEnd = 0;

  constructor(
    private readonly kernel: Kernel,
    slots: number,
    private readonly planes: number,
    private readonly planeCycles: number,
  ) {
    this.scanStart = new Float64Array(slots);
  }

  scan(_window: number, slot: number): void {
    const start = Math.max(this.kernel.now, this.scanEnd);
    this.scanStart[slot] = start;
    this.scanEnd = start + this.planes * this.planeCycles;
  }

  readyAt(slot: number, plane: number): number {
    return this.scanStart[slot]! + (plane + 1) * this.planeCycles;
  }

  lastReadyAt(slot: number): number {
    return this.readyAt(slot, this.planes - 1);
  }
}

/** The detector plane by plane: each scan of a plane is an event. */
export class SampledPlaneClock implements PlaneClock, Actor {
  private readonly readyTimes: Float64Array;
  private readonly toScan: number[] = [];
  private plane = 0;
  private readonly planeScanned: number;

  /** @param planeReady called when another plane of a window is ready. */
  constructor(
    private readonly kernel: Kernel,
    readonly path: string,
    private readonly slots: number,
    private readonly planes: number,
    private readonly planeCycles: number,
    private readonly planeReady: (window: number, plane: number) => void,
  ) {
    this.readyTimes = new Float64Array(slots * planes).fill(Number.POSITIVE_INFINITY);
    this.planeScanned = kernel.event(this, 0);
  }

  scan(window: number, slot: number): void {
    const ready = this.planeCycles === 0 ? this.kernel.now : Number.POSITIVE_INFINITY;
    this.readyTimes.fill(ready, slot * this.planes, (slot + 1) * this.planes);
    if (this.planeCycles === 0) return;
    this.toScan.push(window);
    if (this.toScan.length === 1) this.kernel.schedule(this.planeScanned, this.planeCycles, SETTLE);
  }

  on(): void {
    const window = this.toScan[0]!;
    const plane = this.plane;
    this.readyTimes[(window % this.slots) * this.planes + plane] = this.kernel.now;
    this.plane = (plane + 1) % this.planes;
    if (this.plane === 0) this.toScan.shift();
    if (this.toScan.length > 0) this.kernel.schedule(this.planeScanned, this.planeCycles, SETTLE);
    this.planeReady(window, plane);
  }

  readyAt(slot: number, plane: number): number {
    return this.readyTimes[slot * this.planes + plane]!;
  }

  lastReadyAt(slot: number): number {
    return this.readyAt(slot, this.planes - 1);
  }
}
