import type { ChartConfiguration, Chart as DrawnChart, Plugin } from 'chart.js';
import type { ChipResult, FloorPlanTile } from '../../sim/results/chip-result.js';
import type { Result } from '../../sim/results/result.js';
import { plural } from '../format.js';
import { machineName, workloadName } from '../subject.js';
import { CHART_FONT, FONT_SIZE, LINE_HEIGHT, PADDING, textWidth, USUAL_SIZE, usualSizeOf } from './canvas.js';
import type { Chart } from './chart.js';
import { FAINT_TEXT_COLOUR, OKABE_ITO, TEXT_COLOUR } from './palette.js';
import { fitted } from './paper/text.js';

/**
 * Colours of layers that follow one another; they repeat, and numbers in the tiles tell the layers apart. Those of Okabe and
 * Ito, with so much white that black letters can be read on them.
 */
const LAYER_COLOURS = [
  OKABE_ITO.skyBlue,
  OKABE_ITO.orange,
  OKABE_ITO.bluishGreen,
  OKABE_ITO.yellow,
  OKABE_ITO.reddishPurple,
  OKABE_ITO.blue,
  OKABE_ITO.vermillion,
].map((colour) => mixed(colour, 0.35));
const FREE_COLOUR = '#f4f4f4';
const EDGE_COLOUR = '#c8c8c8';

/** Lengths are in the chart's units. */
const GAP = 26;
const LARGEST_CELL = 56;
/** From here on a cell has room for the number of its tile above those of its layers. */
const NUMBERED_CELL = 31;
/** From here on for a layer's number of two digits. */
const LABELLED_CELL = 19.5;
/** What stands above the plan. */
const HEADING_HEIGHT = 110;
/** Of the text of an A4 page, less what stands above. */
const MOST_HEIGHT = 1340 - HEADING_HEIGHT;
/** The same where the legend stands beside the plan. */
const MOST_HEIGHT_BESIDE = 600;
const WIDTH = USUAL_SIZE.width - PADDING.left - PADDING.right;
/** Of a column of the legend, and of the colours in it. */
const LEGEND_WIDTH = 280;
const LEGEND_COLOUR_WIDTH = 30;

/** A layer with a number, in the order of execution, as the picture shows it. */
interface NumberedLayer {
  readonly number: number;
  readonly name: string;
  readonly tiles: number;
}

interface Cell {
  readonly tile: number;
  readonly x: number;
  readonly y: number;
  /** Numbers of the layers that stand there; empty where the tile is free. */
  readonly layers: readonly number[];
}

interface Plan {
  readonly layers: readonly NumberedLayer[];
  readonly chips: readonly (readonly Cell[])[];
  /** Tiles in a row and a column of a chip. */
  readonly columns: number;
  readonly rows: number;
}

/**
 * Where the layers of a network stand: a cell for each tile in its place on the mesh, in the colours and with the numbers of
 * its layers. Stages without crossbars stand where their input comes from and are left out.
 *
 * @throws Error for a result without a chip
 */
export function floorPlanChart(result: Result): Chart {
  const { chip } = result;
  if (chip === undefined) throw new Error('floor plan: got the result of a single PE; allowed is that of a network');
  const plan = planOf(chip);
  const layout = layoutOf(plan);
  const configuration: ChartConfiguration<'scatter'> = {
    type: 'scatter',
    data: { datasets: [] },
    options: {
      scales: { x: { display: false }, y: { display: false } },
      plugins: {
        title: { text: `${workloadName(result)} on ${machineName(result)}: floor plan` },
        subtitle: { text: subtitleOf(chip, layout) },
        legend: { display: false },
      },
    },
    plugins: [drawPlan(plan, layout) as Plugin<'scatter'>],
  };
  return {
    configuration: configuration as ChartConfiguration,
    data: {
      columns: [
        'tile',
        'chip',
        'router_x',
        'router_y',
        'pass',
        'layer',
        'replica',
        'pes',
        'crossbars',
        'bufferPeak_bytes',
      ],
      rows: chip.floorPlan.flatMap(({ tile, chip: number, x, y, parts }) =>
        parts.map(({ pass, layer, replica, pes, crossbars, bufferPeak_bytes }) => [
          ...[tile, number, x, y, pass, layer, replica, pes, crossbars, bufferPeak_bytes],
        ]),
      ),
    },
    size: usualSizeOf(layout.height),
  };
}

function subtitleOf({ tilesUsed, tilesPerChip, chips, mesh, synthetic, passes }: ChipResult, { cell }: Layout): string {
  const parts = [
    `${tilesUsed} of ${plural(tilesPerChip * chips, 'tile')} on ${plural(chips, 'chip')}`,
    `${plural(mesh.tilesPerRouter, 'tile')} at each router`,
    cell >= NUMBERED_CELL
      ? 'tile number in the corner, numbers of its layers below'
      : 'numbers of layers in the tiles; those of tiles in the file beside',
  ];
  if (passes.length > 1) parts.push(`${passes.length} passes one over another`);
  return [...parts, ...(synthetic === null ? [] : [synthetic])].join('; ');
}

function planOf({ floorPlan, mesh, chips, tilesPerChip, stages }: ChipResult): Plan {
  const matrixStages = stages.filter(({ kind }) => kind === 'matrix');
  const numbers = new Map(matrixStages.map(({ name }, i) => [name, i + 1]));
  const used = new Map<number, FloorPlanTile>(floorPlan.map((tile) => [tile.tile, tile]));
  const { columns, rows, tilesPerRouter } = mesh;
  // The tiles of a router in a block as square as it goes.
  const wide = Math.ceil(Math.sqrt(tilesPerRouter));
  const high = Math.ceil(tilesPerRouter / wide);
  return {
    layers: matrixStages.map(({ name, tiles }) => ({ number: numbers.get(name)!, name, tiles: tiles.length })),
    columns: columns * wide,
    rows: rows * high,
    chips: Array.from({ length: chips }, (_, chip) =>
      Array.from({ length: tilesPerChip }, (_, onChip): Cell => {
        const tile = chip * tilesPerChip + onChip;
        const router = Math.floor(onChip / tilesPerRouter);
        const inRouter = onChip % tilesPerRouter;
        const layers = (used.get(tile)?.parts ?? []).flatMap(({ layer }) => numbers.get(layer) ?? []);
        return {
          tile,
          x: (router % columns) * wide + (inRouter % wide),
          y: Math.floor(router / columns) * high + Math.floor(inRouter / wide),
          layers: [...new Set(layers)],
        };
      }),
    ),
  };
}

/** Where plan and legend stand, and how large. */
interface Layout {
  readonly chipsInRow: number;
  /** Side of a tile. */
  readonly cell: number;
  /** Of the legend: its place in the plan's area, columns, and lines in a column. */
  readonly legend: { readonly x: number; readonly y: number; readonly columns: number; readonly lines: number };
  /** Of the picture. */
  readonly height: number;
}

/** The legend stands right of the plan where texts have room in the tiles then; else below. */
function layoutOf(plan: Plan): Layout {
  const chips = plan.chips.length;
  const lines = plan.layers.length;
  const room = MOST_HEIGHT_BESIDE;
  const beside = largestCell(plan, chips, WIDTH - LEGEND_WIDTH - GAP, room);
  if (beside >= NUMBERED_CELL && lines * LINE_HEIGHT <= room) {
    const x = chips * (plan.columns * beside + GAP);
    const legend = { x, y: GAP + LINE_HEIGHT / 2, columns: 1, lines };
    const high = GAP + Math.max(plan.rows * beside, lines * LINE_HEIGHT);
    return { chipsInRow: chips, cell: beside, legend, height: Math.ceil(HEADING_HEIGHT + high) };
  }
  const columns = Math.floor(WIDTH / LEGEND_WIDTH);
  const legendLines = Math.min(Math.ceil(lines / columns), MOST_LEGEND_LINES);
  const legendHeight = (legendLines + 1) * LINE_HEIGHT;
  const inRow = (count: number) => largestCell(plan, count, WIDTH, MOST_HEIGHT - legendHeight - GAP);
  const counts = Array.from({ length: chips }, (_, c) => c + 1);
  const largest = counts.reduce((best, count) => (inRow(count) > inRow(best) ? count : best));
  // Without the tiles' numbers the lower picture is the better one.
  const lowest = counts.filter((count) => inRow(count) >= LABELLED_CELL).at(-1) ?? largest;
  const chipsInRow = inRow(largest) >= NUMBERED_CELL ? largest : lowest;
  const cell = inRow(chipsInRow);
  const y = Math.ceil(chips / chipsInRow) * (plan.rows * cell + GAP) + GAP;
  return {
    ...{ chipsInRow, cell, legend: { x: 0, y, columns, lines: legendLines } },
    height: Math.ceil(HEADING_HEIGHT + y + legendHeight),
  };
}

const MOST_LEGEND_LINES = 20;

function largestCell({ chips, columns, rows }: Plan, chipsInRow: number, width: number, height: number): number {
  const chipRows = Math.ceil(chips.length / chipsInRow);
  return Math.min(
    LARGEST_CELL,
    (width - (chipsInRow - 1) * GAP) / (chipsInRow * columns),
    (height - chipRows * GAP) / (chipRows * rows),
  );
}

function drawPlan(plan: Plan, layout: Layout): Plugin {
  return {
    id: 'floorPlan',
    afterDraw({ ctx, chartArea }: DrawnChart) {
      const { chipsInRow, cell } = layout;
      ctx.save();
      plan.chips.forEach((cells, chip) => {
        const left = chartArea.left + (chip % chipsInRow) * (plan.columns * cell + GAP);
        const top = chartArea.top + Math.floor(chip / chipsInRow) * (plan.rows * cell + GAP) + GAP * 0.8;
        drawText(ctx, `chip ${chip}`, left, top - 6, TEXT_COLOUR, 'left');
        for (const tile of cells) drawTile(ctx, tile, left + tile.x * cell, top + tile.y * cell, cell);
      });
      drawLegend(ctx, plan, layout, chartArea);
      ctx.restore();
    },
  };
}

type Context = DrawnChart['ctx'];

function drawTile(ctx: Context, { tile, layers }: Cell, x: number, y: number, size: number): void {
  const inner = size - Math.max(1, size * 0.06);
  ctx.fillStyle = FREE_COLOUR;
  ctx.fillRect(x, y, inner, inner);
  layers.forEach((layer, i) => {
    ctx.fillStyle = colourOf(layer);
    ctx.fillRect(x + (i * inner) / layers.length, y, inner / layers.length, inner);
  });
  ctx.strokeStyle = EDGE_COLOUR;
  ctx.lineWidth = 0.5;
  ctx.strokeRect(x, y, inner, inner);
  const isNumbered = size >= NUMBERED_CELL;
  if (isNumbered) {
    const colour = layers.length === 0 ? FAINT_TEXT_COLOUR : TEXT_COLOUR;
    drawText(ctx, String(tile), x + 2, y + DIGIT_HEIGHT + 3, colour, 'left');
  }
  const bottom = isNumbered ? y + inner - 4 : y + (inner + DIGIT_HEIGHT) / 2;
  const texts = layers.map(String);
  const room = inner / layers.length;
  if (texts.every((text) => textWidth(text, FONT_SIZE) <= room)) {
    texts.forEach((text, i) => {
      drawText(ctx, text, x + (i + 0.5) * room, bottom, TEXT_COLOUR, 'center');
    });
    return;
  }
  // Where even the first and the last have no room, the numbers are in the file beside the picture.
  const ends = `${texts[0]}…${texts.at(-1)}`;
  if (textWidth(ends, FONT_SIZE) <= inner) drawText(ctx, ends, x + inner / 2, bottom, TEXT_COLOUR, 'center');
}

/** Of the digits of `FONT_SIZE`. */
const DIGIT_HEIGHT = 0.73 * FONT_SIZE;

function drawLegend(ctx: Context, { layers }: Plan, { legend }: Layout, area: DrawnChart['chartArea']): void {
  const { columns, lines } = legend;
  const [left, top] = [area.left + legend.x, area.top + legend.y];
  const listed = layers.slice(0, columns * lines);
  listed.forEach(({ number, name, tiles }, i) => {
    const x = left + Math.floor(i / lines) * LEGEND_WIDTH;
    const y = top + (i % lines) * LINE_HEIGHT;
    ctx.fillStyle = colourOf(number);
    ctx.fillRect(x, y - LINE_HEIGHT / 2, LEGEND_COLOUR_WIDTH, LINE_HEIGHT - 1);
    const baseline = y + DIGIT_HEIGHT / 2;
    drawText(ctx, String(number), x + LEGEND_COLOUR_WIDTH / 2, baseline, TEXT_COLOUR, 'center');
    const count = `: ${plural(tiles, 'tile')}`;
    const before = LEGEND_COLOUR_WIDTH + 8;
    const shownName = fitted(name, LEGEND_WIDTH - before - 12 - textWidth(count, FONT_SIZE), FONT_SIZE);
    drawText(ctx, shownName + count, x + before, baseline, TEXT_COLOUR, 'left');
  });
  const unlisted = layers.length - listed.length;
  if (unlisted === 0) return;
  const text = `and ${plural(unlisted, 'layer')} more, in the file beside`;
  drawText(ctx, text, left, top + lines * LINE_HEIGHT + DIGIT_HEIGHT / 2, FAINT_TEXT_COLOUR, 'left');
}

/** The colour, `white` (0 to 1) of it white. */
function mixed(colour: string, white: number): string {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16);
    return Math.round(value + (255 - value) * white)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

function colourOf(layer: number): string {
  return LAYER_COLOURS[(layer - 1) % LAYER_COLOURS.length]!;
}

function drawText(ctx: Context, text: string, x: number, y: number, colour: string, align: 'left' | 'center'): void {
  ctx.font = `${FONT_SIZE}px ${CHART_FONT}`;
  ctx.fillStyle = colour;
  ctx.textAlign = align;
  ctx.textBaseline = 'alphabetic';
  ctx.fillText(text, x, y);
}
