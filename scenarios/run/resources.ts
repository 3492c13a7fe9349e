import { adcDeclaration } from '../../components/adc.js';
import { crossbarDeclaration } from '../../components/crossbar.js';
import { inputRegisterDeclaration } from '../../components/input-register.js';
import type { MachineConfig } from '../../components/machine.js';
import type { PeStatistics } from '../../components/pe-statistics.js';
import { shiftAndAddDeclaration } from '../../components/shift-and-add.js';
import { sparsityDetectorDeclaration } from '../../components/sparsity-detector.js';
import type { ClassLedger, LedgerCycles, ResourceResult } from '../../sim/results/result.js';
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
    const ledger = withIdle(busy, cycles);
    checkLedger(`${path}.${name}`, ledger, cycles);
    into[`${path}.${name}`] = { kind, ledger, utilisation: share(ledger[work]!, cycles), ...more };
  };

  statistics.read.forEach((read, i) => {
    const busy = { read, 'stall.adc': statistics.stallAdc[i]!, 'stall.input': statistics.stallInput[i]! };
    add(`Crossbar[${i}]`, crossbarDeclaration.kind, busy, 'read');
  });
  statistics.pools.forEach((pool, p) => {
    const adcs = pool.convert.length;
    const converting = pool.convert.reduce((sum, cyclesOfAdc) => sum + cyclesOfAdc, 0);
    add(
      `AdcPool[${p}]`,
      'adcPool',
      { convert: pool.poolConvert, 'stall.shiftAdd': pool.poolStallShiftAdd },
      'convert',
      {
        utilisation: share(converting, adcs * cycles),
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

/** The crossbars of some PEs, or their ADCs, as one class over `cycles`. */
export function crossbarClass(pes: readonly PeStatistics[], cycles: number): ClassLedger {
  const instances = pes.reduce((sum, pe) => sum + pe.read.length, 0);
  const total = (of: (pe: PeStatistics) => Float64Array): number =>
    pes.reduce((sum, pe) => of(pe).reduce((inner, value) => inner + value, sum), 0);
  const busy = {
    read: total((pe) => pe.read),
    'stall.adc': total((pe) => pe.stallAdc),
    'stall.input': total((pe) => pe.stallInput),
  };
  return { instances, cycles: withIdle(busy, instances * cycles) };
}

export function adcClass(pes: readonly PeStatistics[], cycles: number): ClassLedger {
  let instances = 0;
  const busy = { convert: 0, 'stall.shiftAdd': 0 };
  for (const { pools } of pes) {
    for (const pool of pools) {
      instances += pool.convert.length;
      for (const value of pool.convert) busy.convert += value;
      for (const value of pool.stallShiftAdd) busy['stall.shiftAdd'] += value;
    }
  }
  return { instances, cycles: withIdle(busy, instances * cycles) };
}

/** The waits of all samples of some PEs, and the number of pools they were counted in. */
export function allWaits(pes: readonly PeStatistics[]): { waits: WaitHistogram; pools: number } {
  const waits = new WaitHistogram();
  let pools = 0;
  for (const pe of pes) {
    for (const pool of pe.pools) {
      waits.merge(pool.waits);
      pools++;
    }
  }
  return { waits, pools };
}

/** part / whole; 0 of nothing. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function withIdle(busy: LedgerCycles, cycles: number): LedgerCycles {
  const spent = Object.values(busy).reduce((sum, value) => sum + value, 0);
  return { ...busy, idle: cycles - spent };
}
