import { type CrossbarRange, checkCrossbarRange } from '../crossbar-range.js';
import { type MatrixDescription, producerChannels } from './stage-description.js';

/** What a run of PEs of a layer reads and makes for a window. */
export interface PesContents {
  /** Distinct inputs of their crossbars that some input of the stage gives; padding needs no buffer. */
  readonly inputValues: number;
  /** By input of the stage: the producer's channels that these come from, ascending; none for inputs of role `finish`. */
  readonly channels: readonly Int32Array[];
  /** Distinct outputs of their crossbars, ascending. */
  readonly outputs: Int32Array;
}

/** What one PE writes into its registers for a window. */
export interface PeContents {
  readonly crossbars: CrossbarRange;
  /** Distinct inputs and outputs of its crossbars. */
  readonly inputs: number;
  readonly outputs: number;
}

/** Crossbars of a matrix stage in PEs, and what runs of its PEs need. Results are kept: replicas ask for the same runs. */
export class LayerContents {
  readonly pes: number;
  private readonly reader: ProgramReader;
  private readonly runs = new Map<string, PesContents>();
  private ofPes: readonly PeContents[] | null = null;

  constructor(
    readonly stage: MatrixDescription,
    private readonly crossbarsPerPe: number,
  ) {
    this.pes = Math.ceil(stage.program.crossbars.length / crossbarsPerPe);
    this.reader = new ProgramReader(stage.program);
  }

  /** By PE of a replica; each PE is filled before the next. */
  get peContents(): readonly PeContents[] {
    this.ofPes ??= Array.from({ length: this.pes }, (_, pe) => {
      const crossbars = this.crossbarsOf(pe, 1);
      const { inputs, outputs } = this.reader.read(crossbars);
      return { crossbars, inputs: inputs.length, outputs: outputs.length };
    });
    return this.ofPes;
  }

  /** Of PEs first .. first + count - 1 together. */
  contents(first: number, count: number): PesContents {
    const key = `${first} ${count}`;
    let contents = this.runs.get(key);
    if (contents === undefined) {
      contents = this.read(first, count);
      this.runs.set(key, contents);
    }
    return contents;
  }

  private crossbarsOf(firstPe: number, pes: number): CrossbarRange {
    const first = firstPe * this.crossbarsPerPe;
    const end = Math.min((firstPe + pes) * this.crossbarsPerPe, this.stage.program.crossbars.length);
    return { first, count: end - first };
  }

  private read(first: number, count: number): PesContents {
    const { inputs, rowsPerChannel } = this.stage;
    const { inputs: rows, outputs } = this.reader.read(this.crossbarsOf(first, count));
    const starts = inputs.filter(({ role }) => role === 'start');
    const given = (channel: number) =>
      starts.some(({ firstChannel, channels }) => channel >= firstChannel && channel < firstChannel + channels);
    const channels = rows.map((row) => Math.floor(row / rowsPerChannel));
    return {
      inputValues: channels.filter(given).length,
      channels: inputs.map((input) =>
        input.role === 'start' ? producerChannels(input, new Set(channels)) : new Int32Array(0),
      ),
      outputs: Int32Array.from(outputs).sort(),
    };
  }
}

/** Finds the distinct inputs and outputs of crossbars, walking each column group once. */
class ProgramReader {
  /** Number of the reading that came upon an input, output or row list last. */
  private readonly inputSeen: Int32Array;
  private readonly outputSeen: Int32Array;
  private readonly rowListSeen: Int32Array;
  private reading = 0;

  constructor(private readonly program: MatrixDescription['program']) {
    this.inputSeen = new Int32Array(program.inputs);
    this.outputSeen = new Int32Array(program.outputs);
    this.rowListSeen = new Int32Array(program.rowLists.length);
  }

  read(range: CrossbarRange): { readonly inputs: number[]; readonly outputs: number[] } {
    const { program, inputSeen, outputSeen, rowListSeen } = this;
    checkCrossbarRange(program, range);
    const reading = ++this.reading;
    const inputs: number[] = [];
    const outputs: number[] = [];
    for (let crossbar = range.first; crossbar < range.first + range.count; crossbar++) {
      for (const group of program.crossbars[crossbar]!.groups) {
        for (const output of group.outputs) {
          if (outputSeen[output] === reading) continue;
          outputSeen[output] = reading;
          outputs.push(output);
        }
        if (rowListSeen[group.rowList] === reading) continue;
        rowListSeen[group.rowList] = reading;
        for (const input of program.rowLists[group.rowList]!.inputs) {
          if (inputSeen[input] === reading) continue;
          inputSeen[input] = reading;
          inputs.push(input);
        }
      }
    }
    return { inputs, outputs };
  }
}
