import type { Result } from '../../sim/results/result.js';
import type { Chart } from './chart.js';
import { floorPlanChart } from './floor-plan.js';
import { layersChart } from './page/cycles.js';
import { stageTimelineChart } from './stage-timeline.js';

/**
 * The pictures of a network on a chip that a run writes: the floor plan, when each stage worked on which image, and where the
 * time of each layer went.
 *
 * @throws Error for the result of a single PE
 */
export function chipCharts(result: Result): { readonly name: string; readonly chart: Chart }[] {
  const layers = layersChart(result);
  return [
    { name: 'floor-plan', chart: floorPlanChart(result) },
    { name: 'stage-timeline', chart: stageTimelineChart(result) },
    ...(layers === null ? [] : [layers]),
  ];
}
