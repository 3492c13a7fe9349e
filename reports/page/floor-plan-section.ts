import type { Result } from '../../sim/results/result.js';
import { percent, plural } from '../format.js';
import {
  crossbarsOf,
  type FloorPlan,
  floorPlanOf,
  HEAT_CLASSES,
  heatClass,
  type PlannedCrossbar,
  type PlannedTile,
} from './floor-plan-data.js';
import { Html, html, NOTHING } from './html.js';
import { numberCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { faint, type Section } from './section.js';

const CELL = 46;
const GAP = 3;
/** Side of a crossbar in the pictures of tiles. */
const CROSSBAR = 9;
const CROSSBARS_IN_ROW = 8;
/** Tiles whose crossbars are drawn one by one. */
const TILES_SHOWN = 24;

/** How much the crossbars read, tile by tile on the floor plan and crossbar by crossbar in the busiest tiles. */
export function floorPlanSection(result: Result): Section {
  const { chip } = result;
  const title = 'Crossbar utilisation on the floor plan';
  if (chip === undefined) {
    return { id: 'floor-plan', title, content: [heatLegend(), peCrossbars(result)] };
  }
  const plan = floorPlanOf(result, chip);
  const how =
    plan.readOff === 'crossbars'
      ? 'A tile shows the mean over its crossbars that hold a part of the network.'
      : 'The result lists not all crossbars, so a tile shows the mean of its layers over all their crossbars.';
  const used = plan.tiles.filter(({ crossbars }) => crossbars > 0);
  return {
    id: 'floor-plan',
    title,
    content: [
      faint(
        `Share of the run in which crossbars read, in %. ${how} ${used.length} of ${plural(plan.tiles.length, 'tile')} are used; arrow keys walk through them.`,
      ),
      heatLegend(),
      html`<div class="chips">${Array.from({ length: plan.chips }, (_, chipNumber) => chipSvg(plan, chipNumber))}</div>`,
      plan.readOff === 'crossbars' ? tileCrossbars(result, used) : NOTHING,
      html`<details><summary>The same as a table</summary>${tileTable(used)}</details>`,
    ],
  };
}

function heatLegend(): Html {
  return html`<ul class="legend">${HEAT_CLASSES.map((end, c) => {
    const words = c === 0 ? 'none' : `to ${Math.round(100 * end)}%`;
    return html`<li><i class="swatch heat${c}"></i>${words}</li>`;
  })}</ul>`;
}

function chipSvg({ columns, rows, tiles, chips }: FloorPlan, chip: number): Html {
  const width = columns * CELL;
  const height = rows * CELL;
  const name = chips === 1 ? 'The chip' : `Chip ${chip}`;
  const cells = tiles.filter((tile) => tile.chip === chip);
  return html`<figure><figcaption>${name}: ${cells.filter(({ crossbars }) => crossbars > 0).length} of ${plural(cells.length, 'tile')} used</figcaption><svg class="plan" viewBox="0 0 ${width} ${height}" style="max-width:${width}px" role="group" aria-label="${name}, a cell for each tile" data-roving>${cells.map(tileSvg)}</svg></figure>`;
}

function tileSvg(tile: PlannedTile): Html {
  const x = tile.column * CELL;
  const y = tile.row * CELL;
  const side = CELL - GAP;
  const centre = x + side / 2;
  if (tile.crossbars === 0) {
    return html`<g class="free"><title>Tile ${tile.tile}: free</title><rect x="${x}" y="${y}" width="${side}" height="${side}"/><text class="number" x="${x + 3}" y="${y + 10}">${tile.tile}</text></g>`;
  }
  const heat = heatClass(tile.utilisation);
  const names = tile.layers.join(', ');
  const words = `Tile ${tile.tile}: ${names}; ${plural(tile.crossbars, 'crossbar')} that read ${percent(tile.utilisation)}% of the run`;
  return html`<g class="mark heat${heat}" role="img" aria-label="${words}"><title>${words}</title><rect x="${x}" y="${y}" width="${side}" height="${side}"/><text class="number" x="${x + 3}" y="${y + 10}">${tile.tile}</text><text x="${centre}" y="${y + side / 2 + 9}">${percent(tile.utilisation)}</text></g>`;
}

/** The crossbars of the tiles that read most, one by one. */
function tileCrossbars(result: Result, used: readonly PlannedTile[]): Html {
  const shown = [...used].sort((a, b) => b.utilisation - a.utilisation || a.tile - b.tile).slice(0, TILES_SHOWN);
  const crossbars = new Map<number, PlannedCrossbar[]>();
  for (const crossbar of crossbarsOf(result)) {
    const members = crossbars.get(crossbar.tile);
    if (members === undefined) crossbars.set(crossbar.tile, [crossbar]);
    else members.push(crossbar);
  }
  const unlisted = used.length - shown.length;
  return html`<h4>Crossbar by crossbar</h4>${faint(
    `A row is a PE, a square a crossbar; the tiles that read most come first${unlisted === 0 ? '' : `, ${plural(unlisted, 'tile')} more are left out`}.`,
  )}<div class="tiles">${shown.map((tile) => {
    const members = crossbars.get(tile.tile) ?? [];
    const most = Math.max(...members.map(({ utilisation }) => utilisation));
    const words = `Tile ${tile.tile}: ${tile.layers.join(', ')}`;
    return html`<figure><figcaption>${words}; at most ${percent(most)}%</figcaption>${crossbarGrid(members, words)}</figure>`;
  })}</div>`;
}

/** Of a single PE. */
function peCrossbars(result: Result): Html {
  const crossbars = Object.entries(result.resources).filter(([, { kind }]) => kind === 'crossbar');
  const members = crossbars.map(([, { utilisation }], crossbar) => ({ tile: 0, pe: 0, crossbar, utilisation }));
  return html`${faint('A single PE has no floor plan; these are its crossbars, a square each, by their numbers.')}<div class="tiles"><figure><figcaption>The PE</figcaption>${crossbarGrid(members, 'The PE')}</figure></div>${pageTable(
    {
      caption: 'Crossbars of the PE',
      columns: [
        { heading: 'crossbar', definition: 'Path of the crossbar.', kind: 'text' },
        { heading: 'reads', unit: '%', definition: 'Share of the run in which it reads.', kind: 'number' },
        ...['stall.adc', 'stall.input', 'idle'].map(
          (state): PageColumn => ({
            heading: state,
            unit: 'cycles',
            definition: `Cycles of its ledger in ${state}.`,
            kind: 'number',
          }),
        ),
      ],
      rows: crossbars.map(([path, { utilisation, ledger }]) => [
        textCell(path.replace(/^Chip\./, '')),
        numberCell(percent(utilisation), utilisation),
        ...['stall.adc', 'stall.input', 'idle'].map((state) =>
          numberCell(String(ledger[state] ?? 0), ledger[state] ?? 0),
        ),
      ]),
    },
  )}`;
}

/** A square for each crossbar, one path for each class of heat. */
function crossbarGrid(members: readonly PlannedCrossbar[], words: string): Html {
  const perPe = Math.max(...members.map(({ crossbar }) => crossbar)) + 1;
  const inRow = Math.min(perPe, 2 * CROSSBARS_IN_ROW);
  const rowsOfPe = Math.ceil(perPe / inRow);
  const pes = [...new Set(members.map(({ pe }) => pe))].sort((a, b) => a - b);
  const paths = HEAT_CLASSES.map(() => '');
  for (const { pe, crossbar, utilisation } of members) {
    const x = (crossbar % inRow) * CROSSBAR;
    const y = (pes.indexOf(pe) * rowsOfPe + Math.floor(crossbar / inRow)) * CROSSBAR;
    paths[heatClass(utilisation)] += `M${x} ${y}h${CROSSBAR - 1}v${CROSSBAR - 1}h-${CROSSBAR - 1}z`;
  }
  const width = inRow * CROSSBAR;
  const height = pes.length * rowsOfPe * CROSSBAR;
  return html`<svg class="grid" width="${2 * width}" height="${2 * height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Crossbars of ${words}">${paths.map(
    (path, c) => (path === '' ? NOTHING : html`<path class="heat${c}" d="${new Html(path)}"/>`),
  )}</svg>`;
}

function tileTable(used: readonly PlannedTile[]): Html {
  return pageTable({
    caption: 'Tiles that hold a part of the network',
    columns: [
      { heading: 'tile', definition: 'Number of the tile.', kind: 'number' },
      { heading: 'layers', definition: 'Layers with crossbars there.', kind: 'text' },
      { heading: 'crossbars', definition: 'Crossbars that hold a part of the network.', kind: 'number' },
      { heading: 'reads', unit: '%', definition: 'Mean share of the run that they read.', kind: 'number' },
    ],
    rows: used.map(({ tile, layers, crossbars, utilisation }) => [
      numberCell(String(tile), tile),
      textCell(layers.join(', ')),
      numberCell(String(crossbars), crossbars),
      numberCell(percent(utilisation), utilisation),
    ]),
  });
}
