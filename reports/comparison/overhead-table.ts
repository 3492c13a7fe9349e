import type { AlignedTable, Cell, Column } from '../aligned-table.js';
import { area, energy, percent, si } from '../format.js';
import { markedName, type Row, storedBits } from './rows.js';

/** What a system needs beside the dense machine, and its share of the whole. */
export function overheadTable(rows: readonly Row[], baseline: string): AlignedTable {
  const right = (heading: string, group: string): Column => ({ heading, group, align: 'right' });
  return {
    columns: [
      { heading: 'system', align: 'left' },
      right('bits', 'indices, masks and tables'),
      right('% of the stored bits', 'indices, masks and tables'),
      right('per image', 'energy'),
      right('%', 'energy'),
      right('area', 'chip'),
      right('%', 'chip'),
      right('index decoding %', 'crossbar time'),
      right('detector %', 'crossbar time'),
    ],
    rows: rows.map(({ run }): Cell[] => {
      const { overhead, time } = run;
      const share = (part: number, whole: number) => percent(part === 0 ? 0 : part / whole);
      return [
        markedName(run.system, baseline),
        si(run.indexBits, 'b'),
        share(run.indexBits, storedBits(run)),
        energy(overhead.energy_pJ),
        share(overhead.energy_pJ, run.energy_pJ),
        area(overhead.area_um2),
        share(overhead.area_um2, run.area_um2),
        share(time.indexDecoding, run.cycles),
        share(time.detector, run.cycles),
      ].map((text) => ({ text }));
    }),
  };
}
