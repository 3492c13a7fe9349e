import type { NaiveMachine, NaiveScenario, NaiveWorkload } from '../naive/scenario.js';

export type MachineChanges = { [Part in keyof NaiveMachine]?: Partial<NaiveMachine[Part]> };

/**
 * The smallest machine: one crossbar, 1-bit cells, one sample-and-hold bank, every duration 1, the shift-and-add without
 * latency, one window in the register; everything else is said where it is needed. With `twos-complement` and 1 weight
 * bit the weight -1 is one cell at level 1.
 */
export function smallestScenario(
  changes: MachineChanges,
  workload: Partial<NaiveWorkload> = {},
  mapping: Partial<NaiveScenario['mapping']> = {},
  bitsPerGroup = 0,
): NaiveScenario {
  return {
    machine: {
      pe: { crossbars: 1, ...changes.pe },
      crossbar: { wordlines: 4, bitlines: 8, bitsPerCell: 1, readCycles: 1, ...changes.crossbar },
      ou: { wordlines: 4, bitlines: 8, ...changes.ou },
      sampleHold: { banks: 1, ...changes.sampleHold },
      adc: { bits: 8, perPool: 1, sharedBy: 1, conversionCycles: 1, ...changes.adc },
      shiftAdd: { lanes: 1, latencyCycles: 0, ...changes.shiftAdd },
      detector: { kind: 'none', planeCycles: 0, ...changes.detector },
      indexDecoder: { kind: 'none', operationCycles: 0, ...changes.indexDecoder },
      inputRegister: { windows: 1, ...changes.inputRegister },
      input: { bitsPerPlane: 1, ...changes.input },
    },
    mapping: { encoding: 'twos-complement', layout: 'adjacent', ...mapping },
    workload: { weightBits: 1, inputBits: 1, weights: [[-1]], inputs: [[1]], ...workload },
    indices: { bitsPerGroup },
  };
}
