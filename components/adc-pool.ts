import type { Kernel } from '../sim/kernel.js';
import { type Requester, SampledServers, type ServerGroupNames } from '../sim/resources/sampled-servers.js';
import type { ServerGroupShape } from '../sim/resources/server-statistics.js';
import type { TraceSink } from '../sim/trace/trace.js';
import type { MachineConfig } from './machine.js';
import { ACCEPT, ARBITRATE, SETTLE } from './pe-phases.js';

/** Pools of a PE: consecutive crossbars share one, the last pool may have fewer. */
export function poolCount({ pe, adc }: MachineConfig): number {
  return Math.ceil(pe.crossbars / adc.sharedBy);
}

/**
 * An ADC pool as a queueing system (docs/timing-model.md, rules 4 and 5): the ADCs are its servers, samples wait for them
 * first come first served, and the shift-and-add unit is the drain behind them, which may hold a finished code back.
 */
export function poolShape({ adc, shiftAdd }: MachineConfig): ServerGroupShape {
  return {
    servers: adc.perPool,
    serviceCycles: adc.conversionCycles,
    drainLanes: shiftAdd.lanes,
    drainLatencyCycles: shiftAdd.latencyCycles,
  };
}

/** Paths of pool `index` of the PE at `pePath`, and of its parts. */
export function serverNames(pePath: string, index: number): Pick<ServerGroupNames, 'group' | 'server' | 'drain'> {
  const group = `${pePath}.AdcPool[${index}]`;
  return { group, server: (adc) => `${group}.Adc[${adc}]`, drain: `${group}.ShiftAdd` };
}

/** Pool `index` of the PE at `pePath`, sample by sample; the crossbars are asked back by their number in the PE. */
export function sampledPool(
  kernel: Kernel,
  machine: MachineConfig,
  pePath: string,
  index: number,
  crossbars: readonly Requester[],
  trace: TraceSink | null,
): SampledServers {
  const names = { ...serverNames(pePath, index), serve: 'convert', blocked: 'stall.shiftAdd' };
  const phases = { settle: SETTLE, accept: ACCEPT, arbitrate: ARBITRATE };
  return new SampledServers(kernel, poolShape(machine), phases, names, crossbars, trace);
}
