import { OVERHEADS } from '../../sim/results/comparison.js';
import type { AlignedTable, Cell, Column } from '../aligned-table.js';
import { area, energy, percent, si } from '../format.js';
import { OVERHEAD_NAMES } from './names.js';
import { markedName, type Row, storedBits } from './rows.js';

/** What a system needs beside the dense machine, part by part, and its share of the whole. */
export function overheadTable(rows: readonly Row[], baseline: string): AlignedTable {
  const right = (heading: string, group: string): Column => ({ heading, group, align: 'right' });
  const parts = (group: string) => OVERHEADS.map((overhead) => right(OVERHEAD_NAMES[overhead], group));
  return {
    columns: [
      { heading: 'system', align: 'left' },
      right('bits', 'indices, masks and tables'),
      right('% of the stored bits', 'indices, masks and tables'),
      ...parts('energy per image'),
      right('%', 'energy per image'),
      ...parts('area'),
      right('%', 'area'),
      right('index decoding %', 'crossbar time'),
      right('detector %', 'crossbar time'),
    ],
    rows: rows.map(({ run }): Cell[] => {
      const { overhead, time } = run;
      const share = (part: number, whole: number) => percent(part === 0 ? 0 : part / whole);
      const sum = (of: 'energy_pJ' | 'area_um2') => OVERHEADS.reduce((total, part) => total + overhead[part][of], 0);
      return [
        markedName(run.system, baseline),
        si(run.indexBits, 'b'),
        share(run.indexBits, storedBits(run)),
        ...OVERHEADS.map((part) => energy(overhead[part].energy_pJ)),
        share(sum('energy_pJ'), run.energy_pJ),
        ...OVERHEADS.map((part) => area(overhead[part].area_um2)),
        share(sum('area_um2'), run.area_um2),
        share(time.indexDecoding, run.cycles),
        share(time.detector, run.cycles),
      ].map((text) => ({ text }));
    }),
  };
}
