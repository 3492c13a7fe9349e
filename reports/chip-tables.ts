import type { ChipResult, StageResult } from '../sim/results/chip-result.js';
import type { LayerResult, LedgerCycles, Result, TimeBreakdown } from '../sim/results/result.js';
import { type AlignedTable, alignedTable, type Cell, type Column } from './aligned-table.js';
import type { Colours } from './colours.js';
import { compact, cycles, energy, meanCycles, NONE, percent, plural } from './format.js';
import { shareOf } from './layers.js';
import { wrappedWithin } from './wrapped-text.js';

/** Stages of a stall matrix that a terminal shows; a larger one is in `result.json`. */
const STAGES_SHOWN = 40;

const right = (heading: string, group?: string): Column =>
  group === undefined ? { heading, align: 'right' } : { heading, group, align: 'right' };

/** Where a crossbar's time goes, in the columns of the table: parts of `time`. */
const TIME_COLUMNS: readonly { readonly heading: string; readonly keys: readonly (keyof TimeBreakdown)[] }[] = [
  { heading: 'read', keys: ['reads'] },
  { heading: 'ADC', keys: ['adcWaiting'] },
  { heading: 'pixels', keys: ['pixels'] },
  { heading: 'output', keys: ['output'] },
  { heading: 'other', keys: ['indexDecoding', 'detector', 'transfer', 'windowSharing'] },
];

const LAYER_LEGEND =
  'xbars: of all replicas; interval: cycles between windows, of the network between images; other: ' +
  'index decoder, detector, transfer, slower crossbars; the rest of the time crossbars have no work';

/** The layers of a network on a chip, a row for each, and one for the whole run. */
export function chipLayerLines(result: Result, width: number, paint: Colours): string[] {
  const layers = result.layers!;
  const table: AlignedTable = {
    columns: [
      { heading: 'layer', align: 'left' },
      right('windows'),
      right('repl'),
      right('xbars'),
      right('interval'),
      ...TIME_COLUMNS.map(({ heading }) => right(heading, 'crossbar time %')),
      right('ADC %'),
      right('energy'),
    ],
    rows: layers.map((layer) => layerRow(layer, result, paint)),
    totals: [totalRow(result, layers)],
  };
  return [...alignedTable(table, width, paint.heading), ...wrappedWithin(LAYER_LEGEND, width).map(paint.faint)];
}

/** The layer that sets the pace stands out, and of each layer what its crossbars wait for most. */
function layerRow(layer: LayerResult, { cycles: run, chip }: Result, paint: Colours): Cell[] {
  const { name, windows, replicas, footprint, initiationInterval_cycles: interval, time, adcUtilisation } = layer;
  const parts = timeCells(time, run);
  const largest = Math.max(...parts.slice(1).map(({ share }) => share));
  return [
    { text: name, ...(name === chip?.bottleneck.layer ? { paint: paint.highlight } : {}) },
    { text: compact(windows) },
    { text: compact(replicas) },
    { text: compact(footprint.crossbars) },
    { text: interval === null ? NONE : meanCycles(interval) },
    ...parts.map(({ share }, i) => ({
      text: percent(share),
      ...(i > 0 && share === largest && share > 0 ? { paint: paint.highlight } : {}),
    })),
    { text: percent(adcUtilisation) },
    { text: energy(layer.energy.total_pJ) },
  ];
}

function totalRow(result: Result, layers: readonly LayerResult[]): Cell[] {
  const { chip, cycles: run, footprint } = result;
  const converting = layers.reduce((sum, { adcs }) => sum + (adcs.cycles['convert'] ?? 0), 0);
  const adcs = layers.reduce((sum, layer) => sum + layer.adcs.instances, 0);
  const windows = layers.reduce((sum, layer) => sum + layer.windows, 0);
  const interval = chip?.initiationInterval_cycles ?? null;
  return [
    { text: 'network' },
    { text: compact(windows) },
    { text: '' },
    { text: compact(footprint.crossbars) },
    { text: interval === null ? NONE : cycles(interval) },
    ...timeCells(result.time, run).map(({ share }) => ({ text: percent(share) })),
    { text: percent(adcs * run === 0 ? 0 : converting / (adcs * run)) },
    { text: energy(result.energy.total_pJ) },
  ];
}

function timeCells(time: TimeBreakdown, run: number): { share: number }[] {
  return TIME_COLUMNS.map(({ keys }) => {
    const spent = keys.reduce((sum, key) => sum + time[key], 0);
    return { share: run === 0 ? 0 : spent / run };
  });
}

const STAGE_LEGEND =
  'waits for pixels: of other stages; output: room for sums; PEs: they are at work; server: bank or bus; ' +
  'space: room at the stages behind; idle: no window is left, or none is finished';

const FETCH_STATES = ['fetch', 'stall.pixels', 'stall.output', 'stall.pe', 'stall.server', 'idle'] as const;
const SEND_STATES = [['activate', 'send'], ['stall.pixels'], ['stall.space'], ['idle']] as const;

/** The stall matrix: what each stage did and what it waited for, fetching windows and sending them, in % of the run. */
export function stallMatrixLines(chip: ChipResult, width: number, paint: Colours): string[] {
  if (chip.stages.length > STAGES_SHOWN) {
    return [
      paint.faint(`stall matrix of ${plural(chip.stages.length, 'stage')}: chip.stages and chip.waits in result.json`),
    ];
  }
  const fetching = (heading: string) => right(heading, 'fetching windows, % of the run');
  const sending = (heading: string) => right(heading, 'sending pixels, % of the run');
  const table: AlignedTable = {
    columns: [
      { heading: 'stage', align: 'left' },
      right('tiles'),
      ...['works', 'pixels', 'output', 'PEs', 'server', 'idle'].map(fetching),
      ...['works', 'pixels', 'space', 'idle'].map(sending),
    ],
    rows: chip.stages.map((stage) => stageRow(stage, paint)),
  };
  return [...alignedTable(table, width, paint.heading), ...wrappedWithin(STAGE_LEGEND, width).map(paint.faint)];
}

function stageRow({ name, tiles, fetch, send }: StageResult, paint: Colours): Cell[] {
  const stalls = (ledger: LedgerCycles) =>
    Object.keys(ledger)
      .filter((state) => state.startsWith('stall.'))
      .map((state) => shareOf(ledger, state));
  const largest = Math.max(0, ...stalls(fetch), ...stalls(send));
  const cell = (ledger: LedgerCycles, states: readonly string[]): Cell => {
    if (Object.keys(ledger).length === 0) return { text: NONE };
    const share = states.reduce((sum, state) => sum + shareOf(ledger, state), 0);
    const most = share > 0 && share === largest && states[0]!.startsWith('stall.');
    return { text: percent(share), ...(most ? { paint: paint.highlight } : {}) };
  };
  return [
    { text: name },
    { text: tiles.length === 0 ? NONE : compact(tiles.length) },
    ...FETCH_STATES.map((state) => cell(fetch, [state])),
    ...SEND_STATES.map((states) => cell(send, states)),
  ];
}
