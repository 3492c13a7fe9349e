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
        wait: pool.waits.statistics(),
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
  const crossbars: BusyResource[] = [];
  const pools: BusyResource[] = [];
  const shiftAdds: BusyResource[] = [];
  const detectors: BusyResource[] = [];
  for (const pe of pes) {
    const { statistics, path } = pe;
    for (let i = 0; i < pe.crossbars; i++) {
      const spent = { read: statistics.read[i]!, ...stallsOf(machine, statistics, i) };
      const shares = Object.entries(spent).map(([state, time]) => [state, share(time, cycles)]);
      crossbars.push({ path: `${path}.Crossbar[${i}]`, shares: Object.fromEntries(shares) });
    }
    statistics.pools.slice(0, pe.pools).forEach((pool, p) => {
      const adcTime = pool.convert.length * cycles;
      pools.push({
        path: `${path}.AdcPool[${p}]`,
        shares: {
          convert: share(sum(pool.convert), adcTime),
          'stall.shiftAdd': share(sum(pool.stallShiftAdd), adcTime),
        },
      });
      shiftAdds.push({
        path: `${path}.AdcPool[${p}].ShiftAdd`,
        shares: { lanes: share(pool.waits.count, machine.shiftAdd.lanes * cycles) },
      });
    });
    detectors.push({ path: `${path}.Detector`, shares: { scan: share(statistics.scanCycles, cycles) } });
  }
  const detector = machine.detector.kind === 'none' ? {} : { detector: mostOf(detectors, 'scan') };
  return {
    crossbar: mostOf(crossbars, 'read'),
    adcPool: mostOf(pools, 'convert'),
    shiftAdd: mostOf(shiftAdds, 'lanes'),
    ...detector,
  };
}

/** The resource with the largest share in a state; the first of equals. */
function mostOf(resources: readonly BusyResource[], state: string): BusyResource {
  return resources.reduce((most, resource) => (resource.shares[state]! > most.shares[state]! ? resource : most));
}

export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
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
