import { expect } from 'vitest';
import type { MachineSnapshot } from '../../sim/results/run-snapshot.js';

/** What holds of every snapshot: no share is below 0 or above 1, and nothing has been done more often than there is to do. */
export function expectSound(snapshot: MachineSnapshot): void {
  const { stages, windows, allWindows, images, allImages, cycles } = snapshot;
  const broken: string[] = [];
  const share = (what: string, part: number, whole: number) => {
    if (!(part >= 0 && part <= whole)) broken.push(`${what}: ${part} of ${whole}`);
  };
  const parts = (what: string, named: Readonly<Record<string, number>>, whole: number) => {
    for (const [name, part] of Object.entries(named)) share(`${what} ${name}`, part, whole);
    const sum = Object.values(named).reduce((all, part) => all + part, 0);
    share(`${what}, the sum`, sum, whole);
  };
  share('windows', windows, allWindows);
  share('images', images, allImages);
  for (const stage of stages) {
    const { name, fetch, crossbars, adcs, activities, waits } = stage;
    share(`${name} windows`, stage.windows, stage.allWindows);
    if ((stage.state === 'done') !== (stage.windows === stage.allWindows)) broken.push(`${name} is ${stage.state}`);
    for (const [activity, of] of Object.entries(activities)) share(`${name} ${activity}`, of, 1);
    share(`${name} busiest crossbar`, crossbars?.busiest ?? 0, 1);
    share(`${name} busiest pool`, adcs?.busiest ?? 0, 1);
    if (fetch !== null) parts(`${name} fetch`, fetch.cycles, fetch.time);
    if (crossbars !== null) {
      parts(`${name} crossbars`, { ...crossbars.cycles }, crossbars.time);
      if (crossbars.time < crossbars.instances * cycles)
        broken.push(`${name}: crossbars have ${crossbars.time} cycles`);
    }
    if (adcs !== null) share(`${name} ADCs`, adcs.convert, adcs.time);
    for (const wait of waits) if (!(wait.cycles > 0)) broken.push(`${name} waits ${wait.cycles}`);
  }
  if (broken.length > 0) expect(broken, `cycle ${cycles}`).toEqual([]);
}

/** What holds of one snapshot and a later one: what is done stays done. */
export function expectLater(before: MachineSnapshot, after: MachineSnapshot): void {
  const counts = ({ cycles, windows, images, stages }: MachineSnapshot) => [
    ['cycles', cycles] as const,
    ['windows', windows] as const,
    ['images', images] as const,
    ...stages.flatMap((stage) => [
      [`${stage.name} windows`, stage.windows] as const,
      [`${stage.name} reads`, stage.crossbars?.cycles.reads ?? 0] as const,
      [`${stage.name} conversions`, stage.adcs?.convert ?? 0] as const,
      [`${stage.name} state`, ['ahead', 'working', 'done'].indexOf(stage.state)] as const,
    ]),
  ];
  const earlier = counts(before);
  const broken = counts(after).flatMap(([what, count], i) =>
    count >= earlier[i]![1] ? [] : [`${what}: ${count} after ${earlier[i]![1]}`],
  );
  if (broken.length > 0) expect(broken, `cycle ${after.cycles}`).toEqual([]);
}
