import type { TraceSink, TrackId } from '../sim/trace/trace.js';
import { poolCount, serverNames } from './adc-pool.js';
import type { MachineConfig } from './machine.js';

/** The tracks of a PE in a trace, opened in the same order as the components of a sampled PE open theirs. */
export interface PeTracks {
  readonly pools: readonly PoolTracks[];
  readonly crossbars: readonly TrackId[];
}

export interface PoolTracks {
  readonly group: TrackId;
  /** By ADC. */
  readonly servers: readonly TrackId[];
}

export function openPeTracks(trace: TraceSink, machine: MachineConfig, path: string): PeTracks {
  const pools = Array.from({ length: poolCount(machine) }, (_, pool) => {
    const { group, server } = serverNames(path, pool);
    const opened = trace.track(group);
    return {
      group: opened,
      servers: Array.from({ length: machine.adc.perPool }, (_, adc) => trace.track(server(adc))),
    };
  });
  const crossbars = Array.from({ length: machine.pe.crossbars }, (_, i) => trace.track(`${path}.Crossbar[${i}]`));
  return { pools, crossbars };
}
