import type { ChipProgram } from '../../mapping/chip-program.js';
import type { NaiveMachine } from './scenario.js';

/** What the rules of PEs and of "The chip" name; keys as in a scenario file, `...Cycles` in cycles, `...Bytes` in bytes. */
export interface NaiveChipMachine extends NaiveMachine {
  outputRegister: { windows: number };
  chip: { columns: number; rows: number };
  tile: { schedule: 'contended' | 'static'; stageCycles: number };
  edram: { banks: number; bytesPerCycle: number };
  bus: { bytesPerCycle: number };
  tileShiftAdd: { addsPerCycle: number };
  activation: { valuesPerCycle: number };
  pooling: { valuesPerCycle: number };
  tileOutputRegister: { windows: number };
  router: { tiles: number; flitBytes: number; flitCycles: number; hopCycles: number; bufferPackets: number };
  offChip: { bytesPerCycle: number; flitCycles: number };
}

export type NaivePipeline = 'window' | 'image' | 'layer-barrier';

export interface NaiveChipScenario {
  machine: NaiveChipMachine;
  program: ChipProgram;
  pipeline: NaivePipeline;
  /** By stage: the inputs of every window, numbered through all images, as the crossbars see them; null without a matrix. */
  inputs: (number[][] | null)[];
}
