import type { ServerUse } from '../../components/chip-statistics.js';
import type { MachineConfig } from '../../components/machine.js';
import type { ClassUtilisation } from '../../sim/results/chip-result.js';
import { share, type WorkingPe } from '../run/resources.js';
import { type TimedPass, tilePath } from './placed-stage.js';

/** The busy time of the instances of one class, by path; several passes add up. */
class BusyTimes {
  private readonly busy = new Map<string, number>();

  add(path: string, time: number): void {
    this.busy.set(path, (this.busy.get(path) ?? 0) + time);
  }

  /** Of the instances that were used at all. */
  utilisation(cycles: number): ClassUtilisation {
    let busiest = '';
    let most = 0;
    let total = 0;
    let instances = 0;
    for (const [path, time] of this.busy) {
      if (time === 0) continue;
      instances++;
      total += time;
      if (time > most) [busiest, most] = [path, time];
    }
    return { instances, mean: share(total, instances * cycles), busiest, max: share(most, cycles) };
  }
}

/**
 * How much of its capacity each class of component used in the run: reads of crossbars, conversions of ADCs, lanes of
 * shift-and-add units, scans of detectors, and the service of everything around the PEs. With a static schedule nothing
 * waits for the latter, and their use is the demand.
 */
export function chipUtilisation(
  pes: readonly WorkingPe[],
  passes: readonly TimedPass[],
  machine: MachineConfig,
  cycles: number,
): Record<string, ClassUtilisation> {
  const classes = new Map<string, BusyTimes>();
  const classOf = (name: string): BusyTimes => {
    const known = classes.get(name) ?? new BusyTimes();
    classes.set(name, known);
    return known;
  };
  const [crossbars, adcs, shiftAdds] = [classOf('crossbars'), classOf('adcs'), classOf('shiftAdds')];
  const detectors = machine.detector.kind === 'none' ? null : classOf('detectors');
  for (const { path, statistics, crossbars: count, pools } of pes) {
    for (let i = 0; i < count; i++) crossbars.add(`${path}.Crossbar[${i}]`, statistics.read[i]!);
    statistics.pools.slice(0, pools).forEach((pool, p) => {
      const at = `${path}.AdcPool[${p}]`;
      pool.convert.forEach((convert, a) => {
        adcs.add(`${at}.Adc[${a}]`, convert);
      });
      shiftAdds.add(`${at}.ShiftAdd`, pool.waits.count / machine.shiftAdd.lanes);
    });
    detectors?.add(`${path}.Detector`, statistics.scanCycles);
  }

  const around = ['banks', 'buses', 'tileShiftAdds', 'activationUnits', 'poolingUnits', 'links', 'port'] as const;
  const [banks, buses, tileShiftAdds, activations, poolings, links, port] = around.map(classOf);
  const add = (to: BusyTimes | undefined, path: string, use: ServerUse) => to!.add(path, use.busy);
  for (const { statistics } of passes) {
    for (const tile of statistics.tiles) {
      const at = tilePath(tile.tile);
      tile.banks.forEach((bank, b) => {
        add(banks, `${at}.Edram.Bank[${b}]`, bank);
      });
      add(buses, `${at}.Bus`, tile.bus);
      add(tileShiftAdds, `${at}.ShiftAdd`, tile.shiftAdd);
      add(activations, `${at}.Activation`, tile.activation);
      add(poolings, `${at}.Pooling`, tile.pooling);
    }
    for (const { path, use } of statistics.links) add(links, path, use);
    add(port, 'Chip.Port', statistics.port);
  }
  return Object.fromEntries([...classes].map(([name, times]) => [name, times.utilisation(cycles)]));
}
