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
  const lines = [paint.heading(`${workloadName(result)} on ${machineName(result)}, ${batchSize(result)}`)];
  const add = (label: string, text: string, colour?: (text: string) => string) => {
    const wrapped = wrap(text, width - LABEL_WIDTH - 2);
    wrapped.forEach((part, i) => {
      lines.push(`  ${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}${colour === undefined ? part : colour(part)}`);
    });
  };
  add('cycles', cyclesInWords(result));
  add('energy', energyInWords(result));
  add('hardware', hardwareInWords(result));
  add('bottleneck', bottleneck(result), paint.highlight);
  const causes = stallCauses(result);
  if (causes.length === 0) add('stalls', 'none');
  causes.slice(0, STALLS_SHOWN).forEach(({ layer, of, waitsFor, cycles, share }, i) => {
    const lost = `${si(cycles, '')} ${of}-cycles, ${percent(share)}% of ${of} time there`;
    add(i === 0 ? 'stalls' : '', `${i + 1}. ${layer}: ${of}s wait for ${waitsFor} (${lost})`);
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
  if (result.warnings.length > 0) for (const warning of result.warnings) add('warning', warning, paint.bad);
  const { assumptions } = result.scenario;
  assumptions.slice(0, ASSUMPTIONS_SHOWN).forEach(({ path, value, note }, i) => {
    add(i === 0 ? 'assumed' : '', `${path} = ${value}: ${note}`, paint.faint);
  });
  const unlisted = assumptions.length - ASSUMPTIONS_SHOWN;
  if (unlisted > 0) add('', `and ${plural(unlisted, 'value')} more, listed in result.json`, paint.faint);
  return lines;
}

function cyclesInWords(result: Result): string {
  const { cycles, seconds, images } = result;
  const clock = rootClock(result);
  const time = clock === '' ? si(seconds, 's') : `${si(seconds, 's')} at ${clock}`;
  const each = images !== undefined && images.length > 1 ? `, ${grouped(cycles / images.length)} per image` : '';
  return `${grouped(cycles)} (${time})${each}`;
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
  return `${energy(total_pJ)}${each}, ${percent(action.energy_pJ / total_pJ)}% of it ${name}`;
}

function hardwareInWords(result: Result): string {
  const { pes, crossbars, cells, cellsUsed } = result.footprint;
  const used = cells === 0 ? 0 : cellsUsed / cells;
  return (
    `${plural(pes, 'PE')} with ${plural(crossbars, 'crossbar')}, ${percent(used)}% of their cells used, ` +
    area(result.area.total_um2)
  );
}

/** Breaks a text at spaces into lines of at most `width`; a longer word stands alone, cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((word) => slices(word, width))) {
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
