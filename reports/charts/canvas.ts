import { createRequire } from 'node:module';
import type { ChartConfiguration, Chart as DrawnChart, Plugin } from 'chart.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { BACKGROUND_COLOUR, FAINT_TEXT_COLOUR, GRID_COLOUR, TEXT_COLOUR } from './palette.js';

/** Size of a picture, in the units in which its chart is drawn. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
  readonly pixelsPerUnit: number;
  /** On paper. */
  readonly unitsPerInch: number;
}

const POINTS_PER_INCH = 72;
/** Of all pictures. */
export const DOTS_PER_INCH = 300;
/** Of a page of two columns, 17.5 cm. */
export const PAGE_WIDTH_pt = 496;

const USUAL_WIDTH = 960;
const UNITS_PER_INCH = (USUAL_WIDTH * POINTS_PER_INCH) / PAGE_WIDTH_pt;

/** Of a chart that names none: as wide as a page. */
export const USUAL_SIZE: ChartSize = {
  width: USUAL_WIDTH,
  height: 600,
  pixelsPerUnit: DOTS_PER_INCH / UNITS_PER_INCH,
  unitsPerInch: UNITS_PER_INCH,
};

/** The usual size, but for its height: of a chart with many rows. */
export function usualSizeOf(height: number): ChartSize {
  return { ...USUAL_SIZE, height };
}

/** Sizes of letters in units of the usual size: 7.2 and 9.3 points on paper. None is smaller. */
export const FONT_SIZE = 14;
export const TITLE_SIZE = 18;
/** From a line of text to the next. */
export const LINE_HEIGHT = 1.2 * FONT_SIZE;
/** Around a chart, in units of the usual size. */
export const PADDING = { top: 12, right: 20, bottom: 12, left: 16 } as const;

const FONT_FAMILY = 'ousim charts';
/** The font of all texts, as the canvas' `font` property takes it after the size. */
export const CHART_FONT = `"${FONT_FAMILY}"`;
const FONT_FILES = [
  '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff',
  '@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff',
];

/** In units of the usual size. */
const LEGEND_MARGIN = 10;
const MAX_BAR_WIDTH = 130;

interface Canvas {
  GlobalFonts: { registerFromPath(path: string, family: string): unknown };
  createCanvas(width: number, height: number): { getContext(kind: '2d'): DrawnChart['ctx'] };
}

let renderer: ChartJSNodeCanvas | null = null;
let ruler: DrawnChart['ctx'] | null = null;

/**
 * Draws a chart and returns the bytes of the PNG. The fonts come with a package, because a bare machine has none and
 * its charts would lose all their text; so the same result gives the same picture everywhere.
 */
export function renderPng(configuration: ChartConfiguration, size: ChartSize): Buffer {
  renderer ??= createRenderer();
  return renderer.renderToBufferSync(sized(configuration, size), 'image/png');
}

/** Width of a text in the font of the charts, in the unit of its size; `bold` as the charts' titles are. */
export function textWidth(text: string, size: number, bold = false): number {
  ruler ??= canvasWithFonts().createCanvas(1, 1).getContext('2d');
  // Measured large, so that the widths do not depend on how small letters are fitted to pixels.
  ruler.font = `${bold ? 'bold ' : ''}${RULER_SIZE}px ${CHART_FONT}`;
  return (ruler.measureText(text).width * size) / RULER_SIZE;
}

const RULER_SIZE = 100;

/** The renderer makes canvases of one size; chart.js fits them to another one before it lays anything out. */
function sized(configuration: ChartConfiguration, { width, height, pixelsPerUnit }: ChartSize): ChartConfiguration {
  const resize: Plugin = { id: 'size', beforeInit: (chart) => chart.resize(width, height) };
  return {
    ...configuration,
    options: { ...configuration.options, devicePixelRatio: pixelsPerUnit, maintainAspectRatio: false },
    plugins: [resize, ...(configuration.plugins ?? [])],
  };
}

function createRenderer(): ChartJSNodeCanvas {
  canvasWithFonts();
  return new ChartJSNodeCanvas({
    width: USUAL_SIZE.width,
    height: USUAL_SIZE.height,
    chartCallback: (chartJs) => {
      chartJs.register(background, legendMargin);
      const { defaults } = chartJs;
      defaults.font.family = CHART_FONT;
      defaults.font.size = FONT_SIZE;
      defaults.color = TEXT_COLOUR;
      defaults.borderColor = GRID_COLOUR;
      defaults.layout.padding = { ...PADDING };
      defaults.datasets.bar.maxBarThickness = MAX_BAR_WIDTH;
      defaults.plugins.title.display = true;
      defaults.plugins.title.align = 'start';
      defaults.plugins.title.font = { size: TITLE_SIZE, weight: 'bold' };
      defaults.plugins.title.padding = { top: 4, bottom: 4 };
      defaults.plugins.subtitle.display = true;
      defaults.plugins.subtitle.align = 'start';
      defaults.plugins.subtitle.color = FAINT_TEXT_COLOUR;
      defaults.plugins.subtitle.padding = { top: 0, bottom: 12 };
      defaults.plugins.legend.align = 'start';
      defaults.plugins.legend.labels.boxWidth = 20;
      defaults.plugins.legend.labels.padding = 16;
    },
  });
}

const background: Plugin = {
  id: 'background',
  beforeDraw({ ctx, width, height }) {
    ctx.save();
    ctx.fillStyle = BACKGROUND_COLOUR;
    ctx.fillRect(0, 0, width, height);
    ctx.restore();
  },
};

/** Room between the legend and the chart, which chart.js has no option for. */
const legendMargin: Plugin = {
  id: 'legendMargin',
  beforeInit({ legend }) {
    if (legend === undefined) return;
    const fit = legend.fit;
    legend.fit = function (this: typeof legend) {
      fit.call(this);
      this.height += LEGEND_MARGIN;
    };
  },
};

let canvas: Canvas | null = null;

/** The canvas that chartjs-node-canvas draws on, whichever copy that is, with the fonts registered. */
function canvasWithFonts(): Canvas {
  if (canvas !== null) return canvas;
  const here = createRequire(import.meta.url);
  canvas = createRequire(here.resolve('chartjs-node-canvas'))('canvas') as Canvas;
  for (const file of FONT_FILES) {
    if (canvas.GlobalFonts.registerFromPath(here.resolve(file), FONT_FAMILY) === null) {
      throw new Error(`chart font ${file}: cannot be registered; is the package @fontsource/dejavu-sans complete?`);
    }
  }
  return canvas;
}
