import type { RunSnapshot, StageSnapshot } from '../sim/results/run-snapshot.js';
import { type AlignedTable, alignedTable, type Cell, type Column } from './aligned-table.js';
import { ACTIVITY_WORDS, crossbarWaits } from './chip-words.js';
import type { Colours } from './colours.js';
import { compact, cycles, NONE, percent, plural, si } from './format.js';
import { progressBar } from './progress-bar.js';
import { wrappedWithin } from './wrapped-text.js';

/** A run that goes on, as its view shows it. */
export interface RunSoFar {
  /** `resnet18 on isaac`. */
  readonly subject: string;
  readonly elapsed_s: number;
  /** What the run is at: `done` of `total` steps, and the name of the next. */
  readonly step: { readonly name: string; readonly done: number; readonly total: number };
  /** Null before the simulation. */
  readonly snapshot: RunSnapshot | null;
  /** Of the simulation, lately; null while it is too early to say. */
  readonly perSecond: { readonly cycles: number; readonly windows: number } | null;
}

/** What a view may take, in characters and lines. */
export interface ViewSize {
  readonly columns: number;
  readonly rows: number;
}

const LABEL_WIDTH = 12;
const WAITS_SHOWN = 3;
/** Lines of the table beside its stages: groups, headings, rule. */
const TABLE_HEAD = 3;
/** From this width on the table has a column for waits for bank and bus. */
const WIDE = 90;

/**
 * The view of a run that goes on: how far it is, its stages, its bottleneck and its largest waits so far, in at most `rows` lines
 * of at most `columns` characters; the table takes 75, however few there are. Where not all stages fit, those are shown that
 * work now, the busiest of them, in the order of the network.
 *
 * Shares are of the simulated time so far, or of each resource's own where its time is booked ahead (`RunSnapshot`).
 */
export function runSoFarLines(run: RunSoFar, { columns, rows }: ViewSize, paint: Colours): string[] {
  const { snapshot } = run;
  const head = headLines(run, columns, paint);
  if (snapshot === null) return head.slice(0, rows);
  const words = [...bottleneckLines(snapshot, columns, paint), ...waitLines(snapshot, columns)];
  // Between the parts a line is empty, and one may be needed to say what is left out.
  const room = rows - head.length - words.length - TABLE_HEAD - 3;
  const table = stageLines(snapshot, Math.max(1, room), columns, paint);
  return [...head, '', ...table, '', ...words].slice(0, rows);
}

function headLines(
  { subject, elapsed_s, step, snapshot, perSecond }: RunSoFar,
  width: number,
  paint: Colours,
): string[] {
  const [done, total] = snapshot === null ? [step.done, step.total] : [snapshot.windows, snapshot.allWindows];
  const share = total === 0 ? 0 : done / total;
  const bar = progressBar(share);
  const elapsed = `${duration(elapsed_s)} elapsed`;
  if (snapshot === null) {
    return [paint.heading(cut(`${subject}, ${elapsed}`, width)), cut(`${bar} ${step.name}`, width)];
  }
  const images = snapshot.allImages === 0 ? '' : `, ${snapshot.images} of ${plural(snapshot.allImages, 'image')}`;
  const progress = `${bar} ${percent(share)}%: ${compact(done)} of ${plural(total, 'window')}${images}`;
  const speed =
    perSecond === null ? '' : `, ${si(perSecond.cycles, '')} cycles/s, ${si(perSecond.windows, '')} windows/s`;
  const clock = `cycle ${cycles(snapshot.passStart_cycle + snapshot.cycles)}, ${elapsed}${speed}`;
  return [paint.heading(cut(`${subject}: ${activity(snapshot)}`, width)), cut(progress, width), cut(clock, width)];
}

function activity({ ideal, pass, passes }: RunSnapshot): string {
  const which = ideal === null ? 'simulating' : `simulating again with ${ideal} ideal`;
  return passes === 1 ? which : `${which}, pass ${pass} of ${passes}`;
}

/** `12 s`, `3:05`, `1:02:33`. */
function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (count: number) => String(count % 60).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`;
}

const FETCH_COLUMNS = [
  { heading: 'works', state: 'fetch' },
  { heading: 'pixels', state: 'stall.pixels' },
  { heading: 'output', state: 'stall.output' },
  { heading: 'PEs', state: 'stall.pe' },
  { heading: 'server', state: 'stall.server' },
];

function stageLines({ stages }: RunSnapshot, room: number, width: number, paint: Colours): string[] {
  const shown = stagesShown(stages, room);
  const fetches = stages.some(({ fetch }) => fetch !== null);
  const fetchColumns = fetches ? FETCH_COLUMNS.filter(({ state }) => width >= WIDE || state !== 'stall.server') : [];
  const right = (heading: string, group?: string): Column =>
    group === undefined ? { heading, align: 'right' } : { heading, group, align: 'right' };
  const table: AlignedTable = {
    columns: [
      { heading: fetches ? 'stage' : '', align: 'left' },
      right('done', 'windows'),
      right('of', 'windows'),
      ...fetchColumns.map(({ heading }) => right(heading, 'fetching, % so far')),
      right('read', 'crossbars %'),
      right('ADC', 'crossbars %'),
      right('ADC %'),
    ],
    rows: shown.map((stage) => stageRow(stage, fetchColumns, paint)),
  };
  const lines = alignedTable(table, width, paint.heading);
  const left = stages.filter((stage) => !shown.includes(stage));
  return left.length === 0 ? lines : [...lines, paint.faint(cut(leftOut(left), width))];
}

/** As many as there is room for: those that work now, the busiest first, then those before their first window, then the rest. */
function stagesShown(stages: readonly StageSnapshot[], room: number): readonly StageSnapshot[] {
  if (stages.length <= room) return stages;
  const rank = { working: 0, ahead: 1, done: 2 };
  const busiest = ({ activities }: StageSnapshot) => Math.max(0, ...Object.values(activities));
  const chosen = [...stages]
    .sort((a, b) => rank[a.state] - rank[b.state] || (a.state === 'working' ? busiest(b) - busiest(a) : 0))
    .slice(0, room);
  return stages.filter((stage) => chosen.includes(stage));
}

function leftOut(stages: readonly StageSnapshot[]): string {
  const of = (state: string, words: string) => {
    const count = stages.filter((stage) => stage.state === state).length;
    return count === 0 ? [] : [`${count} ${words}`];
  };
  const states = [...of('working', 'at work'), ...of('ahead', 'not begun'), ...of('done', 'done')];
  return `and ${plural(stages.length, 'stage')} more: ${states.join(', ')}`;
}

function stageRow(stage: StageSnapshot, fetchColumns: typeof FETCH_COLUMNS, paint: Colours): Cell[] {
  const { name, windows, allWindows, fetch, crossbars, adcs, state } = stage;
  const fetchShares = fetchColumns.map((column) =>
    fetch === null ? null : share(fetch.cycles[column.state] ?? 0, fetch.time),
  );
  const shares = [
    ...fetchShares,
    crossbars === null ? null : share(crossbars.cycles.reads, crossbars.time),
    crossbars === null ? null : share(crossbars.cycles.adcWaiting, crossbars.time),
    adcs === null ? null : share(adcs.convert, adcs.time),
  ];
  const largestWait = Math.max(...fetchShares.slice(1).map((wait) => wait ?? 0), 0);
  const faint = state === 'working' ? {} : { paint: paint.faint };
  return [
    { text: name, ...faint },
    { text: compact(windows), ...faint },
    { text: compact(allWindows), ...faint },
    ...shares.map((part, i): Cell => {
      const most = state === 'working' && i > 0 && i < fetchShares.length && part === largestWait && part > 0;
      return { text: part === null ? NONE : percent(part), ...(most ? { paint: paint.highlight } : faint) };
    }),
  ];
}

function bottleneckLines({ stages }: RunSnapshot, width: number, paint: Colours): string[] {
  return labelled('bottleneck', wrappedWithin(bottleneckSoFar(stages), width - LABEL_WIDTH - 2)).map(paint.highlight);
}

/** The stage of which a part was at work most of the time so far, as `ChipBottleneck` has it of the whole run. */
function bottleneckSoFar(stages: readonly StageSnapshot[]): string {
  let slowest: { stage: StageSnapshot; name: string; share: number } | null = null;
  for (const stage of stages) {
    for (const [name, share] of Object.entries(stage.activities)) {
      if (share > (slowest?.share ?? 0)) slowest = { stage, name, share };
    }
  }
  if (slowest === null) return 'so far none: nothing has been done';
  const { stage, name, share } = slowest;
  const { crossbars, adcs } = stage;
  const reads = percent(crossbars?.busiest ?? 0);
  const converts = percent(adcs?.busiest ?? 0);
  if (stage.kind === 'pe') {
    return `so far the busiest crossbar reads ${reads}% of the time, the busiest ADC pool converts ${converts}%`;
  }
  const does = stage.kind === 'source' ? 'it sends pixels' : (ACTIVITY_WORDS[name] ?? name);
  const limits = `; its busiest crossbar reads ${reads}%, its busiest ADC pool converts ${converts}%`;
  return `so far ${stage.name} sets the pace: ${does} ${percent(share)}% of the time${name === 'process' ? limits : ''}`;
}

/** The largest waits of crossbars so far, of all layers. */
function waitLines({ stages }: RunSnapshot, width: number): string[] {
  const waits = stages.flatMap(({ name, crossbars, waits }) =>
    crossbars === null
      ? []
      : crossbarWaits({ time: crossbars.cycles, waits }).map((wait) => ({ name, ...wait, of: crossbars.time })),
  );
  const largest = waits.sort((a, b) => b.cycles - a.cycles).slice(0, WAITS_SHOWN);
  const texts = largest.map(({ name, waitsFor, cycles, of }, i) => {
    const part = `${percent(share(cycles, of))}%`;
    const full = `${i + 1}. ${name}: crossbars wait for ${waitsFor} ${part} of their time`;
    return full.length <= width - LABEL_WIDTH - 2 ? full : `${i + 1}. ${name}: ${part} for ${waitsFor}`;
  });
  return labelled('waits so far', texts.length === 0 ? ['none'] : texts).map((line) => cut(line, width));
}

function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => `${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}  ${line}`);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function cut(text: string, width: number): string {
  const letters = Array.from(text);
  return letters.length <= width ? text : `${letters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
