import type { ChartConfiguration, Chart as DrawnChart, Plugin } from 'chart.js';
import type { ChipResult, FloorPlanTile } from '../../sim/results/chip-result.js';
import type { Result } from '../../sim/results/result.js';
import { plural, shortened } from '../format.js';
import { machineName, workloadName } from '../subject.js';
import { CHART_FONT } from './canvas.js';
import type { Chart } from './chart.js';
import { FAINT_TEXT_COLOUR, OKABE_ITO, TEXT_COLOUR } from './palette.js';

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

/** Chips in a row of the picture; more go into further rows. */
const CHIPS_IN_ROW = 3;
/** Of a column of the legend, in the chart's units. */
const LEGEND_WIDTH = 250;
const LEGEND_SIZE = 12;
const LEGEND_LINE = 16;
const NAME_WIDTH = 21;
const GAP = 26;
const LARGEST_CELL = 56;

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
  const configuration: ChartConfiguration<'scatter'> = {
    type: 'scatter',
    data: { datasets: [] },
    options: {
      scales: { x: { display: false }, y: { display: false } },
      plugins: {
        title: { text: `${workloadName(result)} on ${machineName(result)}: floor plan` },
        subtitle: { text: subtitleOf(chip) },
        legend: { display: false },
      },
    },
    plugins: [drawPlan(plan) as Plugin<'scatter'>],
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
  };
}

function subtitleOf({ tilesUsed, tilesPerChip, chips, mesh, synthetic, passes }: ChipResult): string {
  const parts = [
    `${tilesUsed} of ${plural(tilesPerChip * chips, 'tile')} on ${plural(chips, 'chip')}`,
    `${plural(mesh.tilesPerRouter, 'tile')} at each router`,
    'tile number in the corner, numbers of its layers in the middle',
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

function drawPlan(plan: Plan): Plugin {
  return {
    id: 'floorPlan',
    afterDraw(chart: DrawnChart) {
      const { ctx, chartArea } = chart;
      ctx.save();
      const legend = legendOf(plan, chartArea);
      const width = chartArea.width - legend.columns * LEGEND_WIDTH - GAP;
      const inRow = Math.min(CHIPS_IN_ROW, plan.chips.length);
      const chipRows = Math.ceil(plan.chips.length / inRow);
      const cell = Math.min(
        LARGEST_CELL,
        (width - (inRow - 1) * GAP) / (inRow * plan.columns),
        (chartArea.height - chipRows * GAP) / (chipRows * plan.rows),
      );
      plan.chips.forEach((cells, chip) => {
        const left = chartArea.left + (chip % inRow) * (plan.columns * cell + GAP);
        const top = chartArea.top + Math.floor(chip / inRow) * (plan.rows * cell + GAP) + GAP * 0.8;
        drawText(ctx, `chip ${chip}`, left, top - 6, 13, TEXT_COLOUR, 'left');
        for (const tile of cells) drawTile(ctx, tile, left + tile.x * cell, top + tile.y * cell, cell);
      });
      drawLegend(ctx, plan, legend, chartArea, chartArea.left + inRow * (plan.columns * cell + GAP) + GAP);
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
  const small = Math.max(5.5, size * 0.2);
  drawText(
    ctx,
    String(tile),
    x + 2,
    y + small + 0.5,
    small,
    layers.length === 0 ? FAINT_TEXT_COLOUR : TEXT_COLOUR,
    'left',
  );
  layers.forEach((layer, i) => {
    const room = inner / layers.length;
    const text = String(layer);
    const large = Math.min(size * 0.4, (room * 1.25) / text.length);
    // Where many layers share a tile their numbers are in the file beside the picture.
    if (large < 4) return;
    drawText(ctx, text, x + (i + 0.5) * room, y + inner * 0.78, large, TEXT_COLOUR, 'center');
  });
}

interface Legend {
  readonly columns: number;
  readonly lines: number;
}

function legendOf({ layers }: Plan, { height }: DrawnChart['chartArea']): Legend {
  const lines = Math.floor((height - 2 * LEGEND_LINE) / LEGEND_LINE);
  return { lines, columns: Math.min(2, Math.ceil(layers.length / lines)) };
}

function drawLegend(
  ctx: Context,
  { layers }: Plan,
  { lines, columns }: Legend,
  area: DrawnChart['chartArea'],
  left: number,
): void {
  const listed = layers.slice(0, columns * lines);
  listed.forEach(({ number, name, tiles }, i) => {
    const x = left + Math.floor(i / lines) * LEGEND_WIDTH;
    const y = area.top + (i % lines) * LEGEND_LINE + 2 * LEGEND_LINE;
    ctx.fillStyle = colourOf(number);
    ctx.fillRect(x, y - LEGEND_SIZE, 26, LEGEND_SIZE + 2);
    drawText(ctx, String(number), x + 13, y - 1, LEGEND_SIZE, TEXT_COLOUR, 'center');
    const text = `${shortened(name, NAME_WIDTH)}: ${plural(tiles, 'tile')}`;
    drawText(ctx, text, x + 34, y - 1, LEGEND_SIZE, TEXT_COLOUR, 'left');
  });
  const unlisted = layers.length - listed.length;
  if (unlisted === 0) return;
  const text = `and ${plural(unlisted, 'layer')} more, in the file beside`;
  drawText(ctx, text, left, area.bottom, LEGEND_SIZE, FAINT_TEXT_COLOUR, 'left');
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

function drawText(
  ctx: Context,
  text: string,
  x: number,
  y: number,
  size: number,
  colour: string,
  align: 'left' | 'center',
): void {
  ctx.font = `${size}px ${CHART_FONT}`;
  ctx.fillStyle = colour;
  ctx.textAlign = align;
  ctx.textBaseline = 'alphabetic';
  ctx.fillText(text, x, y);
}
