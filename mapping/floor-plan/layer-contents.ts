import type { CrossbarRange } from '../crossbar-range.js';
import { ProgramReader } from '../program-reader.js';
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
