import { adcDeclaration } from '../../components/adc.js';
import { crossbarDeclaration } from '../../components/crossbar.js';
import { hasIndexDecoder } from '../../components/index-decoder.js';
import { inputRegisterDeclaration } from '../../components/input-register.js';
import type { MachineConfig } from '../../components/machine.js';
import type { PeStatistics } from '../../components/pe-statistics.js';
import { shiftAndAddDeclaration } from '../../components/shift-and-add.js';
import { sparsityDetectorDeclaration } from '../../components/sparsity-detector.js';
import type { Busiest, BusyResource, ClassLedger, LedgerCycles, ResourceResult } from '../../sim/results/result.js';
import { checkLedger } from '../../sim/statistics/ledger.js';
import { WaitHistogram } from '../../sim/statistics/wait-histogram.js';

/** Adds every resource of a PE, with ledgers over a run of `cycles`; a PE is idle while it has no work. */
export function addResources(
  into: Record<string, ResourceResult>,
  path: string,
  machine: MachineConfig,
  statistics: PeStatistics,
  cycles: number,
): void {
  const add = (name: string, kind: string, busy: LedgerCycles, work: string, more?: Partial<ResourceResult>): void => {
    const ledger = withIdle(`${path}.${name}`, busy, cycles);
    into[`${path}.${name}`] = { kind, ledger, utilisation: share(ledger[work]!, cycles), ...more };
  };

  statistics.read.forEach((read, i) => {
    const busy = { read, ...stallsOf(machine, statistics, i) };
    add(`Crossbar[${i}]`, crossbarDeclaration.kind, busy, 'read');
  });
  statistics.pools.forEach((pool, p) => {
    const adcs = pool.convert.length;
    add(
      `AdcPool[${p}]`,
      'adcPool',
      { convert: pool.poolConvert, 'stall.shiftAdd': pool.poolStallShiftAdd },
      'convert',
      {
        utilisation: share(sum(pool.convert), adcs * cycles),
        wait: pool.waits.saved(),
        'queue.mean': share(pool.waits.sum, cycles),
      },
    );
    pool.convert.forEach((convert, a) => {
      const busy = { convert, 'stall.shiftAdd': pool.stallShiftAdd[a]! };
      add(`AdcPool[${p}].Adc[${a}]`, adcDeclaration.kind, busy, 'convert');
    });
    add(`AdcPool[${p}].ShiftAdd`, shiftAndAddDeclaration.kind, { accept: pool.shiftAddAccept }, 'accept');
  });
  if (machine.detector.kind !== 'none') {
    add('Detector', sparsityDetectorDeclaration.kind, { scan: statistics.scanCycles }, 'scan');
  }
  add('InputRegister', inputRegisterDeclaration.kind, { hold: statistics.registerHold }, 'hold');
}

/** A PE of a layer: what it did, and how many of its crossbars and pools hold a part of the layer. */
export interface WorkingPe {
  readonly path: string;
  readonly statistics: PeStatistics;
  readonly crossbars: number;
  readonly pools: number;
}

/** Why crossbar `i` stood still, and for how long; only a machine with index decoders has stalls for them. */
function stallsOf(machine: MachineConfig, statistics: PeStatistics, i: number): LedgerCycles {
  return {
    'stall.adc': statistics.stallAdc[i]!,
    'stall.input': statistics.stallInput[i]!,
    ...(hasIndexDecoder(machine) ? { 'stall.index': statistics.stallIndex[i]! } : {}),
  };
}

/** The crossbars that hold a part of a layer, as one class over `cycles`. Spare ones do not dilute it. */
export function crossbarClass(pes: readonly WorkingPe[], machine: MachineConfig, cycles: number): ClassLedger {
  const busy: LedgerCycles = {};
  let instances = 0;
  for (const { statistics, crossbars } of pes) {
    instances += crossbars;
    for (let i = 0; i < crossbars; i++) {
      const spent = { read: statistics.read[i]!, ...stallsOf(machine, statistics, i) };
      for (const [state, time] of Object.entries(spent)) busy[state] = (busy[state] ?? 0) + time;
    }
  }
  return { instances, cycles: withIdle('crossbars', busy, instances * cycles) };
}

/** The ADCs that serve those crossbars, and the waits in their pools. */
export function adcClass(
  pes: readonly WorkingPe[],
  cycles: number,
): { adcs: ClassLedger; waits: WaitHistogram; pools: number } {
  const busy = { convert: 0, 'stall.shiftAdd': 0 };
  const waits = new WaitHistogram();
  let pools = 0;
  let instances = 0;
  for (const pe of pes) {
    pools += pe.pools;
    for (const pool of pe.statistics.pools.slice(0, pe.pools)) {
      instances += pool.convert.length;
      waits.merge(pool.waits);
      busy.convert += sum(pool.convert);
      busy['stall.shiftAdd'] += sum(pool.stallShiftAdd);
    }
  }
  return { adcs: { instances, cycles: withIdle('ADCs', busy, instances * cycles) }, waits, pools };
}

/** The crossbar that reads most, the pool that converts most, the busiest shift-and-add unit and detector. */
export function busiestOf(pes: readonly WorkingPe[], machine: MachineConfig, cycles: number): Busiest {
  const [crossbar, adcPool, shiftAdd, detector] = [new Most(), new Most(), new Most(), new Most()];
  for (const pe of pes) {
    const { statistics } = pe;
    for (let i = 0; i < pe.crossbars; i++) crossbar.offer(share(statistics.read[i]!, cycles), pe, i);
    for (let p = 0; p < pe.pools; p++) {
      const { convert, waits } = statistics.pools[p]!;
      adcPool.offer(share(sum(convert), convert.length * cycles), pe, p);
      shiftAdd.offer(share(waits.count, machine.shiftAdd.lanes * cycles), pe, p);
    }
    detector.offer(share(statistics.scanCycles, cycles), pe, 0);
  }
  return {
    crossbar: crossbar.resource(`Crossbar[${crossbar.index}]`, ({ statistics }, i) =>
      eachShare({ read: statistics.read[i]!, ...stallsOf(machine, statistics, i) }, cycles),
    ),
    adcPool: adcPool.resource(`AdcPool[${adcPool.index}]`, ({ statistics }, p) => {
      const { convert, stallShiftAdd } = statistics.pools[p]!;
      return eachShare({ convert: sum(convert), 'stall.shiftAdd': sum(stallShiftAdd) }, convert.length * cycles);
    }),
    shiftAdd: shiftAdd.resource(`AdcPool[${shiftAdd.index}].ShiftAdd`, () => ({ lanes: shiftAdd.share })),
    ...(machine.detector.kind === 'none'
      ? {}
      : { detector: detector.resource('Detector', () => ({ scan: detector.share })) }),
  };
}

/** The resource of a kind with the largest share of its own work; the first of equals. */
class Most {
  share = Number.NEGATIVE_INFINITY;
  /** Its number in its PE. */
  index = 0;
  private pe: WorkingPe | null = null;

  offer(share: number, pe: WorkingPe, index: number): void {
    if (share <= this.share) return;
    this.share = share;
    this.pe = pe;
    this.index = index;
  }

  resource(name: string, sharesOf: (pe: WorkingPe, index: number) => Record<string, number>): BusyResource {
    return { path: `${this.pe!.path}.${name}`, shares: sharesOf(this.pe!, this.index) };
  }
}

function eachShare(spent: LedgerCycles, whole: number): Record<string, number> {
  return Object.fromEntries(Object.entries(spent).map(([state, time]) => [state, share(time, whole)]));
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** part / whole; 0 of nothing. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** A ledger with the rest of `cycles` as idle time. @throws KernelError where the states exceed them */
export function withIdle(path: string, busy: LedgerCycles, cycles: number): LedgerCycles {
  const spent = Object.values(busy).reduce((total, time) => total + time, 0);
  const ledger = { ...busy, idle: cycles - spent };
  checkLedger(path, ledger, cycles);
  return ledger;
}
