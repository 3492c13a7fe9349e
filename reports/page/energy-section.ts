import type { Result } from '../../sim/results/result.js';
import { area, compact, energy, percent } from '../format.js';
import { bar } from './bar.js';
import { AREA_CAPTION, areaParts, ENERGY_CAPTION, energyParts } from './cost-parts.js';
import { definition } from './definitions.js';
import { type Html, html } from './html.js';
import { numberCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { faint, type Section } from './section.js';
import { shortNumber } from './short-number.js';

/** Energy by action and area by component, the largest first. */
export function energySection(result: Result): Section {
  return {
    id: 'energy',
    title: 'Energy and area',
    content: [
      html`<div class="pair">${energyTable(result)}${areaTable(result)}</div>`,
      faint('Actions that did not happen and components without area are left out.'),
    ],
  };
}

function energyTable(result: Result): Html {
  const { total_pJ } = result.energy;
  const columns: PageColumn[] = [
    { heading: 'action', definition: definition('energy', 'actions'), kind: 'text' },
    { heading: 'share', definition: 'Bar from 0 to the energy of the run.', kind: 'bar' },
    { heading: 'share', unit: '%', definition: 'Of the energy of the run.', kind: 'number' },
    { heading: 'energy', valueUnit: 'pJ', definition: definition('energy.actions[]', 'energy_pJ'), kind: 'number' },
    { heading: 'count', definition: definition('energy.actions[]', 'count'), kind: 'number' },
    { heading: 'price', unit: 'pJ', definition: definition('energy.actions[]', 'price_pJ'), kind: 'number' },
  ];
  const rows = energyParts(result).map(({ action, count, price_pJ, energy_pJ, share }) => [
    textCell(action),
    { content: bar([{ share, look: 'energy', name: action }]) },
    numberCell(percent(share), share),
    numberCell(energy(energy_pJ), energy_pJ),
    numberCell(compact(count), count),
    numberCell(shortNumber(price_pJ), price_pJ),
  ]);
  const totals = [
    [
      textCell('all'),
      { content: bar([{ share: 1, look: 'total', name: 'all' }]) },
      numberCell('100.0', 1),
      numberCell(energy(total_pJ), total_pJ),
      textCell(''),
      textCell(''),
    ],
  ];
  return pageTable({ caption: ENERGY_CAPTION, columns, rows, totals });
}

function areaTable(result: Result): Html {
  const { total_um2 } = result.area;
  const columns: PageColumn[] = [
    { heading: 'component', definition: definition('area', 'components'), kind: 'text' },
    { heading: 'share', definition: 'Bar from 0 to the whole area.', kind: 'bar' },
    { heading: 'share', unit: '%', definition: 'Of the whole area.', kind: 'number' },
    { heading: 'area', valueUnit: 'µm²', definition: definition('area', 'total_um2'), kind: 'number' },
    { heading: 'instances', definition: 'How many there are.', kind: 'number' },
    { heading: 'each', unit: 'µm²', definition: 'Area of one.', kind: 'number' },
  ];
  const rows = areaParts(result).map(({ component, instances, each_um2, area_um2, share }) => [
    textCell(component),
    { content: bar([{ share, look: 'area', name: component }]) },
    numberCell(percent(share), share),
    numberCell(area(area_um2), area_um2),
    numberCell(shortNumber(instances), instances),
    numberCell(shortNumber(each_um2), each_um2),
  ]);
  const totals = [
    [
      textCell('all'),
      { content: bar([{ share: 1, look: 'total', name: 'all' }]) },
      numberCell('100.0', 1),
      numberCell(area(total_um2), total_um2),
      textCell(''),
      textCell(''),
    ],
  ];
  return pageTable({ caption: AREA_CAPTION, columns, rows, totals });
}
