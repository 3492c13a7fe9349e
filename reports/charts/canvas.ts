import { createRequire } from 'node:module';
import type { ChartConfiguration, Plugin } from 'chart.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { BACKGROUND_COLOUR, FAINT_TEXT_COLOUR, GRID_COLOUR, TEXT_COLOUR } from './palette.js';

/** Size of a chart in its own units, and pixels per unit: the PNG has 2400 x 1400 pixels. */
export const CHART_WIDTH = 1200;
export const CHART_HEIGHT = 700;
export const PIXEL_RATIO = 2;

const FONT_FAMILY = 'ousim charts';
/** The font of all texts, as the canvas' `font` property takes it after the size. */
export const CHART_FONT = `"${FONT_FAMILY}"`;
const FONT_FILES = [
  '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff',
  '@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff',
];

/** In the chart's units. */
const LEGEND_MARGIN = 10;

interface Canvas {
  GlobalFonts: { registerFromPath(path: string, family: string): unknown };
}

let renderer: ChartJSNodeCanvas | null = null;

/**
 * Draws a chart and returns the bytes of the PNG. The fonts come with a package, because a bare machine has none and
 * its charts would lose all their text; so the same result gives the same picture everywhere.
 */
export function renderPng(configuration: ChartConfiguration): Buffer {
  renderer ??= createRenderer();
  return renderer.renderToBufferSync(configuration, 'image/png');
}

function createRenderer(): ChartJSNodeCanvas {
  registerFonts();
  return new ChartJSNodeCanvas({
    width: CHART_WIDTH,
    height: CHART_HEIGHT,
    backgroundColour: BACKGROUND_COLOUR,
    chartCallback: (chartJs) => {
      chartJs.register(legendMargin);
      const { defaults } = chartJs;
      defaults.devicePixelRatio = PIXEL_RATIO;
      defaults.font.family = CHART_FONT;
      defaults.font.size = 14;
      defaults.color = TEXT_COLOUR;
      defaults.borderColor = GRID_COLOUR;
      defaults.layout.padding = { top: 12, right: 24, bottom: 12, left: 16 };
      defaults.plugins.title.display = true;
      defaults.plugins.title.align = 'start';
      defaults.plugins.title.font = { size: 18, weight: 'bold' };
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

/** Registers the fonts with the canvas that chartjs-node-canvas draws on, whichever copy that is. */
function registerFonts(): void {
  const here = createRequire(import.meta.url);
  const { GlobalFonts } = createRequire(here.resolve('chartjs-node-canvas'))('canvas') as Canvas;
  for (const file of FONT_FILES) {
    if (GlobalFonts.registerFromPath(here.resolve(file), FONT_FAMILY) === null) {
      throw new Error(`chart font ${file}: cannot be registered; is the package @fontsource/dejavu-sans complete?`);
    }
  }
}
