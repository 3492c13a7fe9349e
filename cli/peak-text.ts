import type { Colours } from '../reports/colours.js';
import { wrapped } from '../reports/wrapped-text.js';
import { type PeakLoad, peakOf, peakWords } from '../scenarios/peak.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { Terminal } from './terminal.js';

/** What a chip draws and does at full load, as a short table; nothing for a single PE. */
export function peakText(scenario: Scenario, paint: Colours, terminal: Terminal): string[] {
  const { machine, workload } = scenario;
  if (workload.kind !== 'network') return [];
  const peak = peakOf(machine, peakWords(scenario, workload));
  const { pe, tile, tiles, chip } = peak;
  return [
    '',
    paint.heading(`peak, with words of ${peak.weightBits}-bit weights and ${peak.activationBits}-bit activations`),
    row('of a tile', 'mW', 'um2'),
    ...Object.entries(tile.components).map(([key, { power_mW, area_um2 }]) =>
      row(`  ${key}`, shortened(power_mW), shortened(area_um2)),
    ),
    row('a PE', shortened(pe.power_mW), shortened(pe.area_um2)),
    row('a tile', shortened(tile.power_mW), shortened(tile.area_um2)),
    large(`${tiles.count} tiles`, tiles),
    large('the chip', chip),
    ...wrapped(
      `${shortened(peak.throughput_GOPS / 1e3)} TOPS, ${shortened(peak.GOPSperW)} GOPS/W, ` +
        `${shortened(peak.GOPSperMm2)} GOPS/mm2, a window every ${shortened(peak.windowCycles)} cycles; ` +
        `ADC conversions per multiply-accumulate: ${shortened(peak.conversionsPerMac)}. ${LOAD}`,
      terminal.columns - 2,
    ).map((line) => `  ${line}`),
  ];
}

const LOAD =
  'Full arrays, every row driven in every bit-plane, and all that is around them doing what it can at most; without index ' +
  'bits. A multiply-accumulate is two operations.';

function row(name: string, power: string, area: string): string {
  return `  ${name.padEnd(22)}${power.padStart(10)}${area.padStart(14)}`;
}

function large(name: string, { power_mW, area_um2 }: PeakLoad): string {
  return row(name, `${shortened(power_mW / 1e3)} W`, `${shortened(area_um2 / 1e6)} mm2`);
}

function shortened(value: number): string {
  return String(Number(value.toPrecision(4)));
}
