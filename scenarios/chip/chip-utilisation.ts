import type { ServerUse } from '../../components/chip-statistics.js';
import type { MachineConfig } from '../../components/machine.js';
import type { ClassUtilisation } from '../../sim/results/chip-result.js';
import { share, type WorkingPe } from '../run/resources.js';
import { type TimedPass, tilePath } from './placed-stage.js';

/** The busy time of the instances of one class; several passes add up. */
class BusyTimes {
  /** By owner, the instances by their numbers there; and by instance in the order in which they came. */
  private readonly instances = new Map<string, number[]>();
  private readonly owners: string[] = [];
  private readonly indices: number[] = [];
  private readonly busy: number[] = [];

  /** @param nameOf what follows the owner in the path of an instance */
  constructor(private readonly nameOf: (index: number) => string = () => '') {}

  /** @param index number of the instance at its owner */
  add(owner: string, time: number, index = 0): void {
    let ofOwner = this.instances.get(owner);
    if (ofOwner === undefined) {
      ofOwner = [];
      this.instances.set(owner, ofOwner);
    }
    const known = ofOwner[index];
    if (known !== undefined) {
      this.busy[known]! += time;
      return;
    }
    ofOwner[index] = this.busy.push(time) - 1;
    this.owners.push(owner);
    this.indices.push(index);
  }

  /** Of the instances that were used at all. */
  utilisation(cycles: number): ClassUtilisation {
    let busiest = -1;
    let most = 0;
    let total = 0;
    let instances = 0;
    this.busy.forEach((time, instance) => {
      if (time === 0) return;
      instances++;
      total += time;
      if (time > most) [busiest, most] = [instance, time];
    });
    const path = busiest < 0 ? '' : this.owners[busiest]! + this.nameOf(this.indices[busiest]!);
    return { instances, mean: share(total, instances * cycles), busiest: path, max: share(most, cycles) };
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
  const classOf = (name: string, nameOf?: (index: number) => string): BusyTimes => {
    const times = new BusyTimes(nameOf);
    classes.set(name, times);
    return times;
  };
  const { perPool } = machine.adc;
  const crossbars = classOf('crossbars', (i) => `.Crossbar[${i}]`);
  const adcs = classOf('adcs', (a) => `.AdcPool[${Math.floor(a / perPool)}].Adc[${a % perPool}]`);
  const shiftAdds = classOf('shiftAdds', (p) => `.AdcPool[${p}].ShiftAdd`);
  const detectors = machine.detector.kind === 'none' ? null : classOf('detectors', () => '.Detector');
  for (const { path, statistics, crossbars: count, pools } of pes) {
    for (let i = 0; i < count; i++) crossbars.add(path, statistics.read[i]!, i);
    for (let p = 0; p < pools; p++) {
      const { convert, waits } = statistics.pools[p]!;
      for (let a = 0; a < convert.length; a++) adcs.add(path, convert[a]!, p * perPool + a);
      shiftAdds.add(path, waits.count / machine.shiftAdd.lanes, p);
    }
    detectors?.add(path, statistics.scanCycles);
  }

  const around = ['banks', 'buses', 'tileShiftAdds', 'activationUnits', 'poolingUnits', 'links', 'port'] as const;
  const [banks, buses, tileShiftAdds, activations, poolings, links, port] = around.map((name) => classOf(name));
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
