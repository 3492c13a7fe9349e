import type { Result } from '../../../sim/results/result.js';
import { percent, plural } from '../../format.js';
import {
  type CrossbarGrid,
  chipCaption,
  type FloorPlan,
  floorPlanOf,
  gridPlaces,
  HEAT_CLASSES,
  heatClass,
  heatWords,
  peGrid,
  tileGrids,
} from '../../page/floor-plan-data.js';
import { textWidth } from '../canvas.js';
import { FAINT_TEXT_COLOUR } from '../palette.js';
import { HEAT_COLOURS, heatTextColour, LINE_COLOUR } from '../paper/looks.js';
import { type Block, captioned, inColumns, paperChart, stacked } from '../paper/sheet.js';
import { type Context, LINE_pt, TEXT_pt, write } from '../paper/text.js';
import { type PageChart, sourceNotes } from './page-chart.js';

const READS = 'share of the run in which crossbars read [%]';
/** Sides of the cell of a tile and of a crossbar, where there is room. */
const LARGEST_TILE = 30;
const LARGEST_CROSSBAR = 26;
/** Side of a crossbar in the picture of a tile. */
const CROSSBAR = 5;
const CHIPS_IN_ROW = 4;
const TILES_IN_ROW = 5;
const BETWEEN = 12;

/** How much the crossbars read: the floor plan of the chips and the crossbars of their busiest tiles, or those of a PE. */
export function heatMaps(result: Result): PageChart[] {
  const { chip } = result;
  if (chip === undefined) return [peChart(result)];
  const plan = floorPlanOf(result, chip);
  return [planChart(result, plan), ...tilesChart(result, plan)];
}

function planChart(result: Result, plan: FloorPlan): PageChart {
  const { chips, columns, rows, tiles, readOff } = plan;
  const captions = Array.from({ length: chips }, (_, chip) => chipCaption(plan, chip));
  const how =
    readOff === 'crossbars'
      ? 'a tile: the mean over its crossbars that hold a part of the network'
      : 'a tile: the mean of its layers over all their crossbars';
  const chart = paperChart({
    width: 'page',
    title: 'Crossbar utilisation on the floor plan',
    notes: [...sourceNotes(result), how],
    body: (width) => {
      const inRow = Math.min(CHIPS_IN_ROW, chips);
      const chipWidth = (width - (inRow - 1) * BETWEEN) / inRow;
      const cell = Math.min(LARGEST_TILE, chipWidth / columns);
      const maps = captions.map((caption, chip) => {
        const cells = tiles.filter((tile) => tile.chip === chip);
        return captioned([caption], chipWidth, {
          height: rows * cell,
          paint(ctx, left, top) {
            for (const { tile, column, row, crossbars, utilisation } of cells) {
              const [x, y] = [left + column * cell, top + row * cell];
              if (crossbars === 0) paintFree(ctx, String(tile), x, y, cell);
              else paintCell(ctx, utilisation, String(tile), x, y, cell);
            }
          },
        });
      });
      return [heatLegend(), inColumns(maps, inRow, chipWidth, BETWEEN)];
    },
    data: {
      columns: ['tile', 'chip', 'column', 'row', 'layers', 'crossbars', 'read_share'],
      rows: tiles.map(({ tile, chip, column, row, layers, crossbars, utilisation }) => [
        ...[tile, chip, column, row, layers.join(' '), crossbars, utilisation],
      ]),
    },
  });
  return { name: 'crossbar-utilisation', captions, chart };
}

function tilesChart(result: Result, plan: FloorPlan): PageChart[] {
  const { shown, unlisted } = tileGrids(result, plan);
  if (shown.length === 0) return [];
  const chart = paperChart({
    width: 'page',
    title: 'Crossbar utilisation, crossbar by crossbar',
    notes: [
      ...sourceNotes(result),
      `a row: a PE, a square: a crossbar; tiles that read most first${unlisted === 0 ? '' : `, ${plural(unlisted, 'tile')} more left out`}`,
    ],
    body: (width) => {
      const inRow = Math.min(TILES_IN_ROW, shown.length);
      const tileWidth = (width - (TILES_IN_ROW - 1) * BETWEEN) / TILES_IN_ROW;
      const grids = shown.map((grid) => {
        const { tile, layers, most } = grid;
        const side = Math.min(CROSSBAR, tileWidth / gridPlaces(grid.members).columns);
        return captioned(
          [`Tile ${tile}, at most ${percent(most)}%`, layers.join(', ')],
          tileWidth,
          crossbarGrid(grid, side),
        );
      });
      return [heatLegend(), inColumns(grids, inRow, tileWidth, BETWEEN)];
    },
    data: gridsData(shown),
  });
  return [{ name: 'crossbars-of-tiles', captions: shown.map(({ caption }) => caption), chart }];
}

function peChart(result: Result): PageChart {
  const grid = peGrid(result);
  const chart = paperChart({
    width: 'column',
    title: 'Crossbar utilisation of the PE',
    notes: [...sourceNotes(result), 'a square: a crossbar, by its number'],
    body: (width) => {
      const side = Math.min(LARGEST_CROSSBAR, width / gridPlaces(grid.members).columns);
      return [heatLegend(4), crossbarGrid(grid, side)];
    },
    data: gridsData([grid]),
  });
  return { name: 'crossbar-utilisation', captions: [grid.caption], chart };
}

function gridsData(grids: readonly CrossbarGrid[]) {
  return {
    columns: ['tile', 'pe', 'crossbar', 'read_share'],
    rows: grids.flatMap(({ members }) =>
      members.map(({ tile, pe, crossbar, utilisation }) => [tile, pe, crossbar, utilisation]),
    ),
  };
}

function crossbarGrid({ members }: CrossbarGrid, side: number): Block {
  const { rows, places } = gridPlaces(members);
  return {
    height: rows * side,
    paint(ctx, left, top) {
      places.forEach(({ column, row, utilisation }, p) => {
        paintCell(ctx, utilisation, String(members[p]!.crossbar), left + column * side, top + row * side, side);
      });
    },
  };
}

/** A square in the colour of its class, with its number and its share in per cent where they have room. */
function paintCell(ctx: Context, share: number, number: string, x: number, y: number, side: number): void {
  const heat = heatClass(share);
  const inner = side - Math.min(1, 0.12 * side);
  ctx.fillStyle = HEAT_COLOURS[heat]!;
  ctx.fillRect(x, y, inner, inner);
  ctx.strokeStyle = LINE_COLOUR;
  ctx.lineWidth = 0.3;
  ctx.strokeRect(x, y, inner, inner);
  const colour = heatTextColour(heat);
  const hasRoom = (text: string): boolean => textWidth(text, TEXT_pt) + 2 <= inner;
  const text = [percent(share), (100 * share).toFixed(0)].find(hasRoom);
  if (text === undefined) return;
  const both = inner > 2.4 * TEXT_pt;
  if (both) write(ctx, number, x + 2, y + 0.7 * TEXT_pt, { colour });
  write(ctx, text, x + inner / 2, y + (both ? 0.7 * inner : inner / 2), { colour, align: 'center' });
}

function paintFree(ctx: Context, number: string, x: number, y: number, side: number): void {
  const inner = side - Math.min(1, 0.12 * side);
  ctx.strokeStyle = LINE_COLOUR;
  ctx.lineWidth = 0.4;
  ctx.strokeRect(x, y, inner, inner);
  if (inner > 2.4 * TEXT_pt) write(ctx, number, x + 2, y + 0.7 * TEXT_pt, { colour: FAINT_TEXT_COLOUR });
}

/** The classes of heat, `inLine` of them beside each other. */
function heatLegend(inLine: number = HEAT_CLASSES.length): Block {
  const swatch = 13;
  const pitch = 54;
  const classes: Block = {
    height: Math.ceil(HEAT_CLASSES.length / inLine) * LINE_pt,
    paint(ctx, left, top) {
      HEAT_CLASSES.forEach((_, heat) => {
        const x = left + (heat % inLine) * pitch;
        const middle = top + (Math.floor(heat / inLine) + 0.5) * LINE_pt;
        ctx.fillStyle = HEAT_COLOURS[heat]!;
        ctx.fillRect(x, middle - 3.25, swatch, 6.5);
        ctx.strokeStyle = LINE_COLOUR;
        ctx.lineWidth = 0.4;
        ctx.strokeRect(x, middle - 3.25, swatch, 6.5);
        write(ctx, heatWords(heat), x + swatch + 3, middle);
      });
    },
  };
  const title: Block = { height: LINE_pt, paint: (ctx, left, top) => write(ctx, READS, left, top + LINE_pt / 2) };
  return stacked([title, classes], 0);
}
