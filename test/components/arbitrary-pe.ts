import fc from 'fast-check';
import { defaultMachine } from '../../components/machine.js';
import type { ColumnGroup, OuProgram, RowList } from '../../mapping/ou-program.js';
import { randomInteger, seededRandom } from '../mapping/random.js';
import { operationsPerWindow, type Subject } from './pe-under-test.js';

/** What there is to run at most without a detector, so that a run takes milliseconds with an event per operation. */
export interface MostWork {
  readonly operations: number;
  readonly windows: number;
  /**
   * Where there is too much, windows are taken away down to so many, 2 if it is left out, and then rows. A single row leaves up
   * to 240 operations in a window (12 crossbars, 5 column groups, 4 planes), which must not be too much.
   */
  readonly leastWindows?: number;
}

/** Speeds and numbers of a machine's parts. */
interface Speeds {
  crossbars: number;
  sharedBy: number;
  perPool: number;
  conversionCycles: number;
  lanes: number;
  latencyCycles: number;
  banks: number;
  readCycles: number;
  windowsHeld: number;
  detectorKind: 'none' | 'group' | 'form';
  planeCycles: number;
  /** 0: no index decoder. */
  decodeCycles: number;
}

/** What the program's contents are drawn from. */
interface Contents {
  seed: number;
  windows: number;
  planes: number;
  bitsPerPlane: number;
  ouWordlines: number;
  ouBitlines: number;
  rows: number;
  rowLists: number;
  groups: number;
  /** 1: all crossbars have equal column groups. */
  kindsOfCrossbars: number;
  /** Sixteenths of the crossbars without column groups, and of inputs that are zero. */
  emptySixteenths: number;
  zeroSixteenths: number;
}

const speeds: fc.Arbitrary<Speeds> = fc
  .record({
    crossbars: fc.integer({ min: 1, max: 12 }),
    sharedBy: fc.oneof(
      { weight: 1, arbitrary: fc.constant(1) },
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
    ),
    perPool: fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 9 })),
    conversionCycles: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 7 })),
    lanes: fc.integer({ min: 1, max: 4 }),
    latencyCycles: fc.integer({ min: 0, max: 3 }),
    banks: fc.integer({ min: 1, max: 4 }),
    readCycles: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 15 })),
    windowsHeld: fc.integer({ min: 1, max: 4 }),
    detectorKind: fc.constantFrom('none', 'group', 'form'),
    planeCycles: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 30, max: 300 })),
    decodeCycles: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
  })
  .map((drawn) => ({ ...drawn, sharedBy: Math.min(drawn.sharedBy, drawn.crossbars) }));

const contents = (most: MostWork): fc.Arbitrary<Contents> =>
  fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    windows: fc.integer({ min: most.leastWindows ?? 1, max: most.windows }),
    planes: fc.integer({ min: 1, max: 4 }),
    bitsPerPlane: fc.integer({ min: 1, max: 2 }),
    ouWordlines: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 16 })),
    ouBitlines: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 16 })),
    rows: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 100, max: 1500 })),
    rowLists: fc.integer({ min: 1, max: 4 }),
    groups: fc.integer({ min: 1, max: 5 }),
    kindsOfCrossbars: fc.integer({ min: 1, max: 4 }),
    emptySixteenths: fc.constantFrom(0, 0, 4),
    zeroSixteenths: fc.constantFrom(0, 8, 14),
  });

/** A PE in few numbers, which are all that a failing property prints. */
export interface PeDraw {
  readonly speeds: Speeds;
  readonly contents: Contents;
}

/**
 * PEs that do much of the same: long runs of equal operations, equal and unequal crossbars, some of them without column groups,
 * column groups of unequal widths, windows with few non-zero inputs, in some planes or for some crossbars without any.
 */
export function arbitraryPe(most: MostWork): fc.Arbitrary<PeDraw> {
  const { leastWindows = 2 } = most;
  return fc.record({ speeds, contents: contents(most) }).map((drawn) => {
    let { contents } = drawn;
    while (operations({ ...drawn, contents }) > most.operations) {
      const { windows, rows } = contents;
      contents = {
        ...contents,
        ...(windows > leastWindows ? { windows: windows - 1 } : { rows: Math.ceil(rows / 2) }),
      };
    }
    return { ...drawn, contents };
  });
}

/** OU operations of all windows if nothing is skipped. */
function operations({ speeds, contents }: PeDraw): number {
  const program = programOf(contents, speeds.crossbars, seededRandom(contents.seed));
  return operationsPerWindow(program) * contents.windows;
}

/** The PE that was drawn, with its program and inputs. Only how long things take is of interest: the cells hold nothing. */
export function peOf({ speeds, contents }: PeDraw): Subject {
  const random = seededRandom(contents.seed);
  const program = programOf(contents, speeds.crossbars, random);
  const machine = defaultMachine();
  machine.pe.crossbars = speeds.crossbars;
  machine.crossbar.readCycles = speeds.readCycles;
  machine.ou.wordlines = contents.ouWordlines;
  machine.ou.bitlines = contents.ouBitlines;
  machine.input.bitsPerPlane = contents.bitsPerPlane;
  machine.sampleHold.banks = speeds.banks;
  machine.adc.perPool = speeds.perPool;
  machine.adc.sharedBy = speeds.sharedBy;
  machine.adc.conversionCycles = speeds.conversionCycles;
  machine.shiftAdd.lanes = speeds.lanes;
  machine.shiftAdd.latencyCycles = speeds.latencyCycles;
  machine.detector.kind = speeds.detectorKind;
  machine.detector.planeCycles = speeds.planeCycles;
  machine.indexDecoder.kind = speeds.decodeCycles === 0 ? 'none' : 'present';
  machine.indexDecoder.operationCycles = speeds.decodeCycles;
  machine.inputRegister.windows = speeds.windowsHeld;
  return { machine, program, inputs: inputsOf(contents, program, random) };
}

function programOf(contents: Contents, places: number, random: () => number): OuProgram {
  const integer = (min: number, max: number) => randomInteger(random, min, max);
  const { rows, ouBitlines, planes, bitsPerPlane } = contents;
  // Row lists of one length, or each of its own; the inputs of a list lie together, so that a window may spare whole lists.
  const lengths = Array.from({ length: contents.rowLists }, (_, list) =>
    list === 0 || random() < 0.5 ? rows : integer(0, rows),
  );
  let firstInput = 0;
  const rowLists = lengths.map((length): RowList => {
    const first = firstInput;
    firstInput += length;
    const each = Int32Array.from({ length }, (_, row) => row);
    return { wordlines: each, inputs: each.map((row) => first + row), shifts: new Uint8Array(length), span: length };
  });
  const groupsOfKind = (): ColumnGroup[] => {
    // One width, or others between.
    const mixed = random() < 0.5;
    return Array.from({ length: integer(1, contents.groups) }, () => {
      const length = mixed ? integer(1, ouBitlines) : ouBitlines;
      return {
        rowList: integer(0, rowLists.length - 1),
        bitlines: Int32Array.from({ length }, (_, bitline) => bitline),
        outputs: new Int32Array(length),
        significance: new Float64Array(length),
        complement: new Uint8Array(length),
        indexBits: 3,
      };
    });
  };
  const kinds = Array.from({ length: contents.kindsOfCrossbars }, groupsOfKind);
  const crossbars = Array.from({ length: random() < 0.8 ? places : integer(1, places) }, () => ({
    levels: new Uint8Array(0),
    groups: random() * 16 < contents.emptySixteenths ? [] : kinds[integer(0, kinds.length - 1)]!,
  }));
  return {
    inputs: firstInput,
    outputs: 1,
    inputBits: planes * bitsPerPlane,
    bitsPerPlane,
    planes,
    bitsPerCell: 1,
    wordlines: rows,
    bitlines: ouBitlines,
    ouWordlines: contents.ouWordlines,
    ouBitlines,
    rowLists,
    crossbars,
    inputSumFactor: null,
    cellsUsed: 0,
    indexBits: 0,
  };
}

function inputsOf({ windows, zeroSixteenths }: Contents, program: OuProgram, random: () => number): number[][] {
  const largest = 2 ** program.inputBits - 1;
  return Array.from({ length: windows }, () => {
    const window = new Array<number>(program.inputs).fill(0);
    // All planes, or none but the highest.
    const least = random() < 0.2 ? Math.ceil(largest / 2) : 1;
    for (const { inputs } of program.rowLists) {
      if (zeroSixteenths > 0 && random() < 0.3) continue;
      for (const input of inputs) {
        if (random() * 16 >= zeroSixteenths) window[input] = randomInteger(random, least, largest);
      }
    }
    return window;
  });
}
