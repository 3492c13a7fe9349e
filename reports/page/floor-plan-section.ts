import type { Result } from '../../sim/results/result.js';
import { percent, plural } from '../format.js';
import { shortPath } from '../short-path.js';
import {
  type CrossbarGrid,
  chipCaption,
  type FloorPlan,
  floorPlanOf,
  gridPlaces,
  HEAT_CLASSES,
  heatClass,
  heatWords,
  type PlannedCrossbar,
  type PlannedTile,
  peGrid,
  tileGrids,
} from './floor-plan-data.js';
import { Html, html, NOTHING } from './html.js';
import { numberCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { faint, type Section } from './section.js';

const CELL = 46;
const GAP = 3;
/** Side of a crossbar in the pictures of tiles. */
const CROSSBAR = 9;

/** How much the crossbars read, tile by tile on the floor plan and crossbar by crossbar in the busiest tiles. */
export function floorPlanSection(result: Result): Section {
  const { chip } = result;
  const title = 'Crossbar utilisation on the floor plan';
  if (chip === undefined) {
    return { id: 'floor-plan', title: 'Crossbar utilisation', content: [heatLegend(), peCrossbars(result)] };
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
      plan.readOff === 'crossbars' ? tileCrossbars(result, plan) : NOTHING,
      html`<details><summary>The same as a table</summary>${tileTable(used)}</details>`,
    ],
  };
}

function heatLegend(): Html {
  return html`<ul class="legend">${HEAT_CLASSES.map(
    (_, c) => html`<li><i class="swatch heat${c}"></i>${heatWords(c)}</li>`,
  )}</ul>`;
}

function chipSvg(plan: FloorPlan, chip: number): Html {
  const { columns, rows, tiles, chips } = plan;
  const width = columns * CELL;
  const height = rows * CELL;
  const name = chips === 1 ? 'The chip' : `Chip ${chip}`;
  const cells = tiles.filter((tile) => tile.chip === chip);
  return html`<figure><figcaption>${chipCaption(plan, chip)}</figcaption><svg class="plan" viewBox="0 0 ${width} ${height}" style="max-width:${width}px" role="group" aria-label="${name}, a cell for each tile" data-roving>${cells.map(tileSvg)}</svg></figure>`;
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
function tileCrossbars(result: Result, plan: FloorPlan): Html {
  const { shown, unlisted } = tileGrids(result, plan);
  return html`<h4>Crossbar by crossbar</h4>${faint(
    `A row is a PE, a square a crossbar; the tiles that read most come first${unlisted === 0 ? '' : `, ${plural(unlisted, 'tile')} more are left out`}.`,
  )}<div class="tiles">${shown.map(gridFigure)}</div>`;
}

function gridFigure({ caption, words, members }: CrossbarGrid): Html {
  return html`<figure><figcaption>${caption}</figcaption>${crossbarGrid(members, words)}</figure>`;
}

/** Of a single PE. */
function peCrossbars(result: Result): Html {
  const crossbars = Object.entries(result.resources).filter(([, { kind }]) => kind === 'crossbar');
  return html`${faint('A single PE has no floor plan; these are its crossbars, a square each, by their numbers.')}<div class="tiles">${gridFigure(peGrid(result))}</div>${pageTable(
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
        textCell(shortPath(path)),
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
  const { columns, rows, places } = gridPlaces(members);
  const paths = HEAT_CLASSES.map(() => '');
  for (const { column, row, utilisation } of places) {
    const side = CROSSBAR - 1;
    paths[heatClass(utilisation)] += `M${column * CROSSBAR} ${row * CROSSBAR}h${side}v${side}h-${side}z`;
  }
  const width = columns * CROSSBAR;
  const height = rows * CROSSBAR;
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
