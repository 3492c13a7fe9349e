import type { ChipResult, IdealRun } from '../sim/results/chip-result.js';
import type { Result } from '../sim/results/result.js';
import { bottleneck, largestStalls, type StallCause } from './bottleneck.js';
import type { Colours } from './colours.js';
import { area, compact, energy, grouped, percent, plural, si } from './format.js';
import { batchSize, rootClock, subjectOf } from './subject.js';

/** One thing that is said of a result. */
export interface SummaryRow {
  readonly label: string;
  /** The same in several wordings, the fullest first; each a list of paragraphs. The one that takes the fewest lines is shown. */
  readonly wordings: readonly (readonly string[])[];
  /** How a terminal shows it; left out: as plain text. */
  readonly tone?: Exclude<keyof Colours, 'heading'>;
  /** The beginning of the text that a reader looks for first. */
  readonly lead?: string;
  /** What stays in one piece however long it is, to be copied: words (paths), or the whole line (a command). */
  readonly whole?: 'words' | 'line';
}

/** The network or matrix, the machine, the batch; of a network how its layers overlap. */
export function subject(result: Result): string {
  const { chip } = result;
  const what = `${subjectOf(result)}, ${batchSize(result)}`;
  if (chip === undefined) return what;
  const synthetic = chip.synthetic === null ? '' : ` (${chip.synthetic})`;
  return `${what}, pipeline ${chip.pipeline}${synthetic}`;
}

/** What came out: time, energy, accuracy, and on how much hardware. */
export function outcomeRows(result: Result): SummaryRow[] {
  const { chip } = result;
  const cycles = { label: 'cycles', wordings: [[cyclesInWords(result)]], lead: grouped(result.cycles) };
  return [
    cycles,
    ...(chip === undefined ? [] : latencyRows(result, chip)),
    ...(chip === undefined ? [] : [{ label: 'throughput', wordings: throughputInWords(chip).map((text) => [text]) }]),
    { label: 'energy', wordings: energyInWords(result).map((text) => [text]) },
    ...accuracyRows(result),
    { label: 'hardware', wordings: hardwareInWords(result).map((text) => [text]) },
  ];
}

/** What limits the run: the bottleneck, the largest stalls, and what ideal resources would give. */
export function limitRows(result: Result): SummaryRow[] {
  return [{ ...row('bottleneck', bottleneck(result)), tone: 'highlight' }, stallsRow(result), ...idealRows(result)];
}

/** What a reader must know before he trusts the numbers; of most results nothing. */
export function remarkRows(result: Result): SummaryRow[] {
  const { saturatedCodes, adcConversions } = result.counts;
  const codes = saturatedCodes === 1 ? '1 code' : `${compact(saturatedCodes)} codes`;
  const share = percent(saturatedCodes / adcConversions);
  const saturation = `${codes}, ${share}% of the conversions, exceeded the ADCs' range`;
  return [
    ...(saturatedCodes === 0 ? [] : [{ ...row('saturation', saturation), tone: 'bad' } as const]),
    ...result.warnings.map((warning) => ({ ...row('warning', warning), tone: 'bad' }) as const),
    ...(result.chip?.notes ?? []).map((note) => ({ ...row('note', note), tone: 'faint' }) as const),
  ];
}

function row(label: string, text: string): SummaryRow {
  return { label, wordings: [[text]] };
}

function cyclesInWords(result: Result): string {
  const { cycles, seconds, chip } = result;
  const clock = rootClock(result);
  const time = clock === '' ? si(seconds, 's') : `${si(seconds, 's')} at ${clock}`;
  const passes = chip === undefined || chip.passes.length === 1 ? '' : `, in ${chip.passes.length} passes`;
  return `${grouped(cycles)} (${time})${passes}`;
}

/** A single image that takes the whole run has no latency but the run's. */
function latencyRows({ cycles, seconds }: Result, chip: ChipResult): SummaryRow[] {
  const time = (count: number) => si(cycles === 0 ? 0 : (count * seconds) / cycles, 's');
  const { latency_cycles, latencyMean_cycles, latencyMax_cycles, images } = chip;
  if (images === 1 && latency_cycles === cycles) return [];
  const first = `${grouped(latency_cycles)} cycles (${time(latency_cycles)}) of the first image`;
  const others = `; on average ${time(latencyMean_cycles)}, at most ${time(latencyMax_cycles)}`;
  if (images === 1) return [row('latency', first)];
  const short = `${grouped(latency_cycles)} cycles (${time(latency_cycles)}) first; mean ${time(latencyMean_cycles)}`;
  return [{ label: 'latency', wordings: [[first + others], [`${short}, max ${time(latencyMax_cycles)}`]] }];
}

function throughputInWords(chip: ChipResult): string[] {
  const { initiationInterval_cycles: interval, throughput_imagesPerSecond, achieved_TOPS, peak } = chip;
  const rate = `${si(throughput_imagesPerSecond, '')} images/s`;
  const every = (image: string) => (interval === null ? '' : `, ${image} every ${grouped(interval)} cycles`);
  const done = `${si(achieved_TOPS * 1e12, 'OPS')}, ${percentOfPeak(peak.share)} of`;
  const most = si(peak.TOPS * 1e12, 'OPS');
  return [
    `${rate}${every('an image')}; ${done} the peak of ${most}`,
    `${rate}${every('an image')}; ${done} peak ${most}`,
    `${rate}${every('one')}; ${done} peak ${most}`,
    `${rate}${every('one')}; ${done} peak`,
  ];
}

/** Small networks leave a chip all but idle. */
function percentOfPeak(share: number): string {
  return share >= 0.001 || share === 0 ? `${percent(share)}%` : `${(100 * share).toPrecision(1)}%`;
}

function energyInWords(result: Result): string[] {
  const { total_pJ, actions } = result.energy;
  const images = result.images?.length ?? 1;
  const each = images > 1 ? ` (${energy(total_pJ / images)} per image)` : '';
  const [name, action] = Object.entries(actions).reduce<[string, { energy_pJ: number }]>(
    (a, b) => (b[1].energy_pJ > a[1].energy_pJ ? b : a),
    ['', { energy_pJ: 0 }],
  );
  if (total_pJ === 0) return ['0 J'];
  const [spent, share] = [`${energy(total_pJ)}${each}`, percent(action.energy_pJ / total_pJ)];
  if (result.chip === undefined) return [`${spent}, ${share}% of it ${name}`];
  const { power_mW, TOPSperW } = result.chip;
  const efficiency = `${TOPSperW.toPrecision(3)} TOPS/W`;
  return [
    `${spent}, ${share}% of it ${name}; ${si(power_mW * 1e-3, 'W')}, ${efficiency}`,
    `${spent}, ${share}% ${name}; ${efficiency}`,
  ];
}

/** Of labelled images: good if all are right, bad if most are not. */
function accuracyRows(result: Result): SummaryRow[] {
  const rows: SummaryRow[] = [];
  const labelled = (result.images ?? []).filter((image) => image.label !== undefined);
  if (labelled.length > 0) {
    const right = labelled.filter((image) => image.prediction === image.label).length;
    const text = `${grouped(right)} of ${plural(labelled.length, 'image')} classified right`;
    const tone = right === labelled.length ? 'good' : right < labelled.length / 2 ? 'bad' : undefined;
    rows.push({ ...row('accuracy', text), ...(tone === undefined ? {} : { tone }) });
  }
  if (result.calibration !== undefined) {
    const { images, scheme, network, float } = result.calibration.test;
    const top1 = (right: number) => `${percent(right / images)}%`;
    const others = `float network ${top1(float)}, int8 ${top1(network)}`;
    rows.push(row('top-1', `${top1(scheme)} of ${grouped(images)} test images; ${others}`));
  }
  return rows;
}

function hardwareInWords(result: Result): string[] {
  const { pes, crossbars, cells, cellsUsed } = result.footprint;
  const used = cells === 0 ? 0 : cellsUsed / cells;
  const { chip } = result;
  const on = chip === undefined ? '' : ` on ${plural(chip.chips, 'chip')}, `;
  const tiles = chip === undefined ? '' : `${grouped(chip.tilesUsed)} of ${tilesOf(chip)}${on}`;
  const text = (parts: string) => `${parts}, ${percent(used)}% of cells used, ${area(result.area.total_um2)}`;
  return [
    text(`${tiles}${plural(pes, 'PE')} with ${plural(crossbars, 'crossbar')}`),
    text(`${tiles}${plural(pes, 'PE')}, ${plural(crossbars, 'crossbar')}`),
    text(plural(crossbars, 'crossbar')),
  ];
}

function tilesOf({ tilesPerChip, chips }: ChipResult): string {
  return plural(tilesPerChip * chips, 'tile');
}

/** All in the same wording, so that they can be compared. */
function stallsRow(result: Result): SummaryRow {
  const causes = largestStalls(result);
  if (causes.length === 0) return row('stalls', 'none');
  const inCycles = ({ layer, of, waitsFor, cycles, share }: StallCause) =>
    `${layer}: ${of}s wait for ${waitsFor} (${summedCycles(cycles)} ${of}-cycles, ${percent(share)}% of ${of} time there)`;
  // The larger of two causes is that of more crossbars, not always that with the larger share.
  const counted = ({ layer, of, waitsFor, cycles, share }: StallCause) => {
    const instances = Math.round(cycles / (share * result.cycles));
    return `${layer}: ${plural(instances, of)} ${instances === 1 ? 'waits' : 'wait'} for ${waitsFor}, ${ofRun(share)}`;
  };
  const bare = ({ layer, of, waitsFor, share }: StallCause) => `${layer}: ${of}s wait for ${waitsFor}, ${ofRun(share)}`;
  const wordings = [inCycles, counted, bare].map((words) => causes.map((cause, i) => `${i + 1}. ${words(cause)}`));
  return { label: 'stalls', wordings };
}

/** Cycles summed over instances: whole, as cycles are, while there are few. */
function summedCycles(count: number): string {
  return Math.round(count) < 1000 ? grouped(count) : si(count, '');
}

function ofRun(share: number): string {
  return `${percent(share)}% of the run`;
}

function idealRows({ ideal = [] }: Result): SummaryRow[] {
  if (ideal.length === 0) return [];
  return [{ label: 'ideal', wordings: [ideal.map(idealInWords)] }];
}

function idealInWords({ resource, cycles, speedup, latency_cycles }: IdealRun): string {
  return `with ${resource} ideal: ×${speedup.toFixed(2)}, ${grouped(cycles)} cycles, first image ${grouped(latency_cycles)}`;
}
