import fc from 'fast-check';
import type { ColumnGroup, OuProgram, RowList } from '../../mapping/ou-program.js';
import { randomInteger, seededRandom } from './random.js';

/**
 * OU programs that no dense mapping makes: row lists that pick and permute wordlines and inputs, shifted inputs,
 * complemented columns, groups of one crossbar on different row lists, crossbars without groups, compressed row lists and
 * groups with index bits.
 */
export function arbitraryProgram(): fc.Arbitrary<{ program: OuProgram; seed: number }> {
  return fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seed) => ({ program: randomProgram(seed), seed }));
}

function randomProgram(seed: number): OuProgram {
  const random = seededRandom(seed);
  const integer = (min: number, max: number) => randomInteger(random, min, max);
  const inputs = integer(1, 40);
  const outputs = integer(1, 6);
  const inputBits = integer(1, 9);
  const bitsPerPlane = integer(1, 4);
  const bitsPerCell = integer(1, 4);
  const wordlines = integer(1, 30);
  const bitlines = integer(1, 12);
  const ouWordlines = integer(1, wordlines);
  const ouBitlines = integer(1, bitlines);
  const largestShiftDrawn = integer(0, 4);

  const rowLists = Array.from({ length: integer(1, 4) }, (): RowList => {
    const lines = Array.from({ length: wordlines }, (_, line) => line)
      .map((line) => ({ line, key: random() }))
      .sort((a, b) => a.key - b.key)
      .slice(0, integer(0, wordlines))
      .map(({ line }) => line);
    return {
      wordlines: Int32Array.from(lines),
      inputs: Int32Array.from(lines, () => integer(0, inputs - 1)),
      shifts: Uint8Array.from(lines, () => integer(0, largestShiftDrawn)),
      span: integer(lines.length, wordlines),
    };
  });
  const largestShift = Math.max(0, ...rowLists.flatMap(({ shifts }) => Array.from(shifts)));

  const randomGroups = (): ColumnGroup[] => {
    const groups: ColumnGroup[] = [];
    for (let first = 0; first < bitlines; first += ouBitlines) {
      if (random() < 0.2) continue;
      const length = integer(1, Math.min(ouBitlines, bitlines - first));
      const each = Array.from({ length });
      groups.push({
        rowList: integer(0, rowLists.length - 1),
        bitlines: Int32Array.from(each, (_, i) => first + i),
        outputs: Int32Array.from(each, () => integer(0, outputs - 1)),
        significance: Float64Array.from(each, () => (random() < 0.5 ? -1 : 1) * 2 ** integer(0, 6)),
        complement: Uint8Array.from(each, () => integer(0, 1)),
        indexBits: random() < 0.3 ? 0 : integer(1, 40),
      });
    }
    return groups;
  };
  return {
    inputs,
    outputs,
    inputBits,
    bitsPerPlane,
    planes: Math.ceil((inputBits + largestShift) / bitsPerPlane),
    bitsPerCell,
    wordlines,
    bitlines,
    ouWordlines,
    ouBitlines,
    rowLists,
    crossbars: Array.from({ length: integer(1, 3) }, () => ({
      levels: Uint8Array.from({ length: wordlines * bitlines }, () => integer(0, 2 ** bitsPerCell - 1)),
      groups: randomGroups(),
    })),
    inputSumFactor: random() < 0.5 ? null : Float64Array.from({ length: outputs }, () => integer(-9, 9)),
    cellsUsed: 0,
    indexBits: 0,
  };
}
