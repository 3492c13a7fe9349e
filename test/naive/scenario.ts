/**
 * The input of the naive machine: plain data, keys as in the YAML of a scenario file of scope `pe`.
 *
 * Units: every `...Cycles` is a number of root-clock cycles, every `...Bits` and `bits...` a number of bits, every
 * other number a count of things. Nothing has a default here; a naive scenario says everything.
 */
export type NaiveEncoding = 'differential' | 'offset' | 'twos-complement';

export type NaiveLayout = 'adjacent' | 'planar';

export type NaiveDetectorKind = 'none' | 'group' | 'form';

export type NaiveIndexDecoderKind = 'none' | 'present';

export interface NaiveMachine {
  pe: { crossbars: number };
  crossbar: { wordlines: number; bitlines: number; bitsPerCell: number; readCycles: number };
  ou: { wordlines: number; bitlines: number };
  sampleHold: { banks: number };
  adc: { bits: number; perPool: number; sharedBy: number; conversionCycles: number };
  shiftAdd: { lanes: number; latencyCycles: number };
  detector: { kind: NaiveDetectorKind; planeCycles: number };
  indexDecoder: { kind: NaiveIndexDecoderKind; operationCycles: number };
  inputRegister: { windows: number };
  input: { bitsPerPlane: number };
}

export interface NaiveWorkload {
  weightBits: number;
  inputBits: number;
  /** K rows of M signed integers. */
  weights: number[][];
  /** Windows of K unsigned integers. */
  inputs: number[][];
}

export interface NaiveScenario {
  machine: NaiveMachine;
  mapping: { encoding: NaiveEncoding; layout: NaiveLayout };
  workload: NaiveWorkload;
  /**
   * Index bits that every column group fetches in every plane of every window, 0 for none. A plain matrix needs none, and
   * a scenario file has no key for them: tests add them to the program, so that there is something to decode.
   */
  indices: { bitsPerGroup: number };
}
