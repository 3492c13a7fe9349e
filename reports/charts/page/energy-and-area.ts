import type { Result } from '../../../sim/results/result.js';
import { area, energy, percent } from '../../format.js';
import { AREA_CAPTION, areaParts, ENERGY_CAPTION, energyParts } from '../../page/cost-parts.js';
import { shareAxis } from '../paper/axis.js';
import { barTable } from '../paper/bar-table.js';
import { paperChart } from '../paper/sheet.js';
import { type PageChart, sourceNotes } from './page-chart.js';

/** Energy by action and area by component, the largest first. */
export function energyAndAreaCharts(result: Result): PageChart[] {
  return [energyChart(result), areaChart(result)];
}

function energyChart(result: Result): PageChart {
  const parts = energyParts(result);
  const total = result.energy.total_pJ;
  const chart = paperChart({
    width: 'column',
    title: ENERGY_CAPTION,
    notes: [...sourceNotes(result), `${energy(total)} in all`],
    body: (width) => [
      barTable(
        {
          names: [{ heading: '', cells: parts.map(({ action }) => action) }],
          rows: parts.map(({ share }) => ({ pieces: [{ from: 0, to: share, look: 'energy' }] })),
          axis: shareAxis('share of the energy [%]'),
          numbers: [
            { heading: '', cells: parts.map(({ share }) => `${percent(share)}%`) },
            { heading: '', cells: parts.map(({ energy_pJ }) => energy(energy_pJ)) },
          ],
        },
        width,
      ),
    ],
    data: {
      columns: ['action', 'count', 'price_pJ', 'energy_pJ', 'share'],
      rows: parts.map(({ action, count, price_pJ, energy_pJ, share }) => [action, count, price_pJ, energy_pJ, share]),
    },
  });
  return { name: 'energy', captions: [ENERGY_CAPTION], chart };
}

function areaChart(result: Result): PageChart {
  const parts = areaParts(result);
  const total = result.area.total_um2;
  const chart = paperChart({
    width: 'column',
    title: AREA_CAPTION,
    notes: [...sourceNotes(result), `${area(total)} in all`],
    body: (width) => [
      barTable(
        {
          names: [{ heading: '', cells: parts.map(({ component }) => component) }],
          rows: parts.map(({ share }) => ({ pieces: [{ from: 0, to: share, look: 'area' }] })),
          axis: shareAxis('share of the area [%]'),
          numbers: [
            { heading: '', cells: parts.map(({ share }) => `${percent(share)}%`) },
            { heading: '', cells: parts.map(({ area_um2 }) => area(area_um2)) },
          ],
        },
        width,
      ),
    ],
    data: {
      columns: ['component', 'instances', 'each_um2', 'area_um2', 'share'],
      rows: parts.map(({ component, instances, each_um2, area_um2, share }) => [
        ...[component, instances, each_um2, area_um2, share],
      ]),
    },
  });
  return { name: 'area', captions: [AREA_CAPTION], chart };
}
