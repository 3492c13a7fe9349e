import type { Result } from '../../sim/results/result.js';
import { named, writeChart } from './chart.js';
import { floorPlanChart } from './floor-plan.js';
import { stageTimelineChart } from './stage-timeline.js';
import { stallBreakdownChart } from './stall-breakdown.js';

/**
 * Writes the pictures of a network on a chip into `dir`, each with its numbers as CSV beside it: the floor plan, when each
 * stage worked on which image, and what crossbars did with their time.
 *
 * @returns the pictures' paths
 * @throws Error for the result of a single PE
 */
export function writeChipCharts(dir: string, result: Result): string[] {
  return [
    writeChart(dir, 'floor-plan', floorPlanChart(result)),
    writeChart(dir, 'stage-timeline', stageTimelineChart(result)),
    writeChart(dir, 'crossbar-time', stallBreakdownChart(named([result]))),
  ].map(({ png }) => png);
}
