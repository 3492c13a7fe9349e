import type { Result } from '../../sim/results/result.js';
import { bottleneck, largestStalls } from '../bottleneck.js';
import { area, compact, energy, grouped, percent, plural, si } from '../format.js';
import { wholeRun } from '../layers.js';
import { batchSize, rootClock, subjectOf } from '../subject.js';
import { definition } from './definitions.js';
import { type Html, html, NOTHING } from './html.js';
import { jumpLink, momentOf } from './jump.js';
import type { RunView } from './run-view.js';
import type { Section } from './section.js';
import { traceAdvice } from './trace-advice.js';

/** A number that a reader looks for first. */
interface KeyFigure {
  readonly name: string;
  readonly text: string;
  readonly definition: string;
  /** What stands below it, and what that is. */
  readonly more?: string;
  readonly moreDefinition?: string;
}

/** What is to be said of every number of a network whose weights are drawn; empty of a real one. */
export function syntheticLabel(result: Result): string {
  return result.chip?.synthetic ?? '';
}

const WITH_PREFIX = 'Shown here with the prefix that suits its size.';
const BOTTLENECK_WORDS =
  'The stage of which a part was at work for the largest share of the run, and the resource of it that was busiest. ' +
  'ADCs convert, crossbars read: shares of the run, of the pool and of the crossbar with the largest.';
const STALL_WORDS =
  'Cycles of this wait, summed over all crossbars (ADCs) of the layer: crossbar-cycles. The share is of the time of all of ' +
  'them in the run. The largest sum stands first.';

export function summarySection(view: RunView): Section {
  const { result } = view;
  const stalls = largestStalls(result);
  const notes = [...result.warnings.map((text) => `Warning: ${text}`), ...(result.chip?.notes ?? [])];
  const pipeline = result.chip === undefined ? '' : `, pipeline ${result.chip.pipeline}`;
  return {
    id: 'summary',
    title: 'Summary',
    content: [
      html`<p class="subject">${subjectOf(result)}, ${batchSize(result)}${pipeline}</p>`,
      syntheticLabel(result) === '' ? NOTHING : html`<p class="synthetic">${syntheticLabel(result)}.</p>`,
      html`<div class="bottleneck"><p tabindex="0" title="${BOTTLENECK_WORDS}"><strong>Bottleneck:</strong> ${bottleneck(result)}.</p>${bottleneckLinks(view)}</div>`,
      html`<dl class="figures">${keyFigures(result).map(figureHtml)}</dl>`,
      stalls.length === 0
        ? html`<p>No crossbar and no ADC had to wait.</p>`
        : html`<p>Largest stalls:</p><ol>${stalls.map(
            ({ layer, of, waitsFor, cycles, share }) =>
              html`<li tabindex="0" title="${STALL_WORDS}"><strong>${layer}</strong>: ${of}s wait for ${waitsFor} (${compact(cycles)} ${of}-cycles, ${percent(share)}% of ${of} time there)</li>`,
          )}</ol>`,
      notes.length === 0 ? NOTHING : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`,
    ],
  };
}

/** Where the page shows what limits the run, or how to get it shown. */
function bottleneckLinks(view: RunView): Html {
  const { limiting, trace, queues, prefix } = view;
  const waits =
    limiting === null ? NOTHING : html`<li><a href="#${prefix}limiting-pool">See how long its samples wait</a></li>`;
  const [longest] = queues;
  const isOfLimit = longest !== undefined && longest.path === limiting;
  const seen =
    longest === undefined
      ? NOTHING
      : html`<li>${jumpLink(view, longest, isOfLimit ? 'See it in the timeline' : 'See the longest queue of the timeline')}: ${momentOf(view, longest)}.</li>`;
  const isShown = limiting === null ? trace !== null : isOfLimit;
  return html`<ul>${waits}${seen}</ul>${isShown ? NOTHING : traceAdvice(view)}`;
}

/** The numbers of a result that its summary shows, those of networks only where there is one. */
function keyFigures(result: Result): KeyFigure[] {
  const { cycles, seconds, energy: spent, footprint, chip, images = [], counts } = result;
  const figures: KeyFigure[] = [
    {
      name: 'cycles',
      text: grouped(cycles),
      definition: definition('the file', 'cycles'),
      more: `${si(seconds, 's')} at ${rootClock(result)}`,
      moreDefinition: 'The time of these cycles at the frequency of the root clock.',
    },
  ];
  if (chip !== undefined) {
    figures.push(
      {
        name: 'latency',
        text: `${grouped(chip.latency_cycles)}`,
        definition: `${definition('chip', 'latency_cycles')} Cycles.`,
        more: 'cycles, first image',
      },
      {
        name: 'throughput',
        text: `${si(chip.throughput_imagesPerSecond, '')} images/s`,
        definition: definition('chip', 'throughput_imagesPerSecond'),
        more: `${si(chip.achieved_TOPS * 1e12, 'OPS')}, ${Number((100 * chip.peak.share).toPrecision(2))}% of peak`,
        moreDefinition: `OPS: ${definition('chip', 'achieved_TOPS')} Peak: ${definition('chip', 'peak')}`,
      },
    );
  }
  const each = images.length > 1 ? `${energy(spent.total_pJ / images.length)} per image` : '';
  figures.push({
    name: 'energy',
    text: energy(spent.total_pJ),
    definition: `${definition('the file', 'energy')} ${WITH_PREFIX}`,
    more: [each, chip === undefined ? '' : `${chip.TOPSperW.toPrecision(3)} TOPS/W`]
      .filter((text) => text !== '')
      .join(', '),
    moreDefinition: `Energy of an image, where there are several. TOPS/W: ${definition('chip', 'TOPSperW')}`,
  });
  figures.push({
    name: 'area',
    text: area(result.area.total_um2),
    definition: `${definition('the file', 'area')} ${WITH_PREFIX}`,
  });
  const used = footprint.cells === 0 ? 0 : footprint.cellsUsed / footprint.cells;
  figures.push({
    name: 'crossbars',
    text: compact(footprint.crossbars),
    definition: definition('footprint', 'crossbars'),
    more: `on ${plural(footprint.pes, 'PE')}; ${percent(used)}% of cells used`,
    moreDefinition: 'PEs on which they stand; share of the cells of these crossbars that hold a bit of a weight.',
  });
  const run = wholeRun(result);
  figures.push({
    name: 'ADC utilisation',
    text: `${percent(run.adcUtilisation)}%`,
    definition: 'Share of the time of the ADCs spent converting.',
    more: `mean wait ${run.wait.mean.toPrecision(3)} cycles`,
    moreDefinition: 'From the end of the read of a sample to the beginning of its conversion, mean over all samples.',
  });
  const labelled = images.filter(({ label }) => label !== undefined);
  if (labelled.length > 0) {
    const right = labelled.filter(({ label, prediction }) => label === prediction).length;
    figures.push({
      name: 'classified right',
      text: `${right} of ${labelled.length}`,
      definition: 'Images whose largest output is their label.',
    });
  }
  if (counts.saturatedCodes > 0) {
    figures.push({
      name: 'saturated codes',
      text: compact(counts.saturatedCodes),
      definition: definition('counts', 'saturatedCodes'),
      more: `${percent(counts.saturatedCodes / counts.adcConversions)}% of conversions`,
      moreDefinition: 'Share of all conversions whose sum was above the largest code.',
    });
  }
  return figures;
}

function figureHtml({ name, text, definition: words, more = '', moreDefinition: moreWords = words }: KeyFigure): Html {
  return html`<div tabindex="0" title="${more === '' || moreWords === words ? words : `${words} Below it: ${moreWords}`}"><dt>${name}</dt><dd>${text}${
    more === '' ? NOTHING : html`<small title="${moreWords}">${more}</small>`
  }</dd></div>`;
}
