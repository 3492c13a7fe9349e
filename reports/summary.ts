import type { ChipResult, IdealRun } from '../sim/results/chip-result.js';
import type { Result } from '../sim/results/result.js';
import { bottleneck, stallCauses } from './bottleneck.js';
import type { Colours } from './colours.js';
import { area, compact, energy, grouped, percent, plural, si } from './format.js';
import { batchSize, machineName, rootClock, workloadName } from './subject.js';

const LABEL_WIDTH = 12;
const STALLS_SHOWN = 3;
const ASSUMPTIONS_SHOWN = 5;

/** The result in words: cycles and time, energy, bottleneck, largest stalls, accuracy, what was assumed. */
export function summary(result: Result, width: number, paint: Colours): string[] {
  const lines = [paint.heading(subject(result))];
  const add = (label: string, text: string, colour?: (text: string) => string) => {
    const wrapped = wrap(text, width - LABEL_WIDTH - 2);
    wrapped.forEach((part, i) => {
      lines.push(`  ${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}${colour === undefined ? part : colour(part)}`);
    });
  };
  add('cycles', cyclesInWords(result));
  if (result.chip !== undefined) {
    add('latency', latencyInWords(result, result.chip));
    add('throughput', throughputInWords(result.chip));
  }
  add('energy', energyInWords(result));
  add('hardware', hardwareInWords(result));
  add('bottleneck', bottleneck(result), paint.highlight);
  const causes = stallCauses(result);
  if (causes.length === 0) add('stalls', 'none');
  causes.slice(0, STALLS_SHOWN).forEach(({ layer, of, waitsFor, cycles, share }, i) => {
    const lost = `${si(cycles, '')} ${of}-cycles, ${percent(share)}% of ${of} time there`;
    add(i === 0 ? 'stalls' : '', `${i + 1}. ${layer}: ${of}s wait for ${waitsFor} (${lost})`);
  });
  (result.ideal ?? []).forEach((ideal, i) => {
    add(i === 0 ? 'ideal' : '', idealInWords(ideal));
  });
  const { saturatedCodes, adcConversions } = result.counts;
  if (saturatedCodes > 0) {
    const share = percent(saturatedCodes / adcConversions);
    add(
      'saturation',
      `${saturatedCodes === 1 ? '1 code' : `${compact(saturatedCodes)} codes`}, ${share}% of the conversions, exceeded the ADCs' range`,
      paint.bad,
    );
  }
  const labelled = (result.images ?? []).filter((image) => image.label !== undefined);
  if (labelled.length > 0) {
    const right = labelled.filter((image) => image.prediction === image.label).length;
    const text = `${grouped(right)} of ${plural(labelled.length, 'image')} classified right`;
    add('accuracy', text, right === labelled.length ? paint.good : paint.bad);
  }
  if (result.calibration !== undefined) {
    const { images, scheme, network, float } = result.calibration.test;
    const top1 = (right: number) => `${percent(right / images)}%`;
    add(
      'top-1',
      `${top1(scheme)} of ${grouped(images)} test images; float network ${top1(float)}, int8 ${top1(network)}`,
    );
  }
  for (const warning of result.warnings) add('warning', warning, paint.bad);
  for (const note of result.chip?.notes ?? []) add('note', note, paint.faint);
  const { assumptions } = result.scenario;
  assumptions.slice(0, ASSUMPTIONS_SHOWN).forEach(({ path, value, note }, i) => {
    add(i === 0 ? 'assumed' : '', `${path} = ${value}: ${note}`, paint.faint);
  });
  const unlisted = assumptions.length - ASSUMPTIONS_SHOWN;
  if (unlisted > 0) add('', `and ${plural(unlisted, 'value')} more, listed in result.json`, paint.faint);
  return lines;
}

function subject(result: Result): string {
  const { chip } = result;
  const what = `${workloadName(result)} on ${machineName(result)}, ${batchSize(result)}`;
  if (chip === undefined) return what;
  const synthetic = chip.synthetic === null ? '' : ` (${chip.synthetic})`;
  return `${what}, pipeline ${chip.pipeline}${synthetic}`;
}

function cyclesInWords(result: Result): string {
  const { cycles, seconds, chip } = result;
  const clock = rootClock(result);
  const time = clock === '' ? si(seconds, 's') : `${si(seconds, 's')} at ${clock}`;
  const passes = chip === undefined || chip.passes.length === 1 ? '' : `, in ${chip.passes.length} passes`;
  return `${grouped(cycles)} (${time})${passes}`;
}

function latencyInWords({ cycles, seconds }: Result, chip: ChipResult): string {
  const time = (count: number) => si(cycles === 0 ? 0 : (count * seconds) / cycles, 's');
  const { latency_cycles, latencyMean_cycles, latencyMax_cycles, images } = chip;
  const others =
    images === 1
      ? ''
      : `; of ${grouped(images)} images ${time(latencyMean_cycles)} on average, ${time(latencyMax_cycles)} at most`;
  return `${grouped(latency_cycles)} cycles (${time(latency_cycles)}) of the first image${others}`;
}

function throughputInWords(chip: ChipResult): string {
  const { initiationInterval_cycles: interval, throughput_imagesPerSecond, achieved_TOPS, peak } = chip;
  const every = interval === null ? '' : `, an image every ${grouped(interval)} cycles`;
  return (
    `${si(throughput_imagesPerSecond, '')} images/s${every}; ${si(achieved_TOPS * 1e12, 'OPS')}, ` +
    `${percentOfPeak(peak.share)} of the peak of ${si(peak.TOPS * 1e12, 'OPS')}`
  );
}

/** Small networks leave a chip all but idle. */
function percentOfPeak(share: number): string {
  return share >= 0.001 || share === 0 ? `${percent(share)}%` : `${(100 * share).toPrecision(1)}%`;
}

function idealInWords({ resource, cycles, speedup, latency_cycles }: IdealRun): string {
  return `with ${resource} ideal: ×${speedup.toFixed(2)}, ${grouped(cycles)} cycles, first image ${grouped(latency_cycles)}`;
}

function energyInWords(result: Result): string {
  const { total_pJ, actions } = result.energy;
  const images = result.images?.length ?? 1;
  const each = images > 1 ? ` (${energy(total_pJ / images)} per image)` : '';
  const [name, action] = Object.entries(actions).reduce<[string, { energy_pJ: number }]>(
    (a, b) => (b[1].energy_pJ > a[1].energy_pJ ? b : a),
    ['', { energy_pJ: 0 }],
  );
  if (total_pJ === 0) return '0 J';
  const power = result.chip === undefined ? '' : `; ${powerInWords(result.chip)}`;
  return `${energy(total_pJ)}${each}, ${percent(action.energy_pJ / total_pJ)}% of it ${name}${power}`;
}

function powerInWords({ power_mW, TOPSperW }: ChipResult): string {
  return `${si(power_mW * 1e-3, 'W')}, ${TOPSperW.toPrecision(3)} TOPS/W`;
}

function hardwareInWords(result: Result): string {
  const { pes, crossbars, cells, cellsUsed } = result.footprint;
  const used = cells === 0 ? 0 : cellsUsed / cells;
  const { chip } = result;
  const tiles =
    chip === undefined
      ? ''
      : `${grouped(chip.tilesUsed)} of ${plural(chip.tilesPerChip * chip.chips, 'tile')} on ${plural(chip.chips, 'chip')}, `;
  return (
    `${tiles}${plural(pes, 'PE')} with ${plural(crossbars, 'crossbar')}, ${percent(used)}% of their cells used, ` +
    area(result.area.total_um2)
  );
}

/** Breaks a text at spaces into lines of at most `width`; a longer word stands alone, cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/).flatMap((word) => slices(word, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}

function slices(word: string, width: number): string[] {
  return word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [];
}
