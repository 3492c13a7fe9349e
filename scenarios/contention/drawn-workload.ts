import { Random } from '../../sim/random.js';
import type { RawScenario } from '../scenario.js';

/** Rows of the drawn matrix: 8 crossbars of 128 wordlines. */
const ROWS = 1024;
/** Outputs of 8 one-bit slices: 64 bitlines of a crossbar, which OUs of 1, 2, 4, ... 64 bitlines divide. */
const OUTPUTS = 8;
const CROSSBARS = 8;
const WINDOWS = 2;
const BITS = 8;
const SEED = 20261121;

/** Inputs with a share of zeros; null for inputs whose bits are all 1, so that every operation has something to read. */
export type ShareOfZeros = number | null;

/**
 * A plain matrix of drawn weights that fills the 8 crossbars of a PE, on the OU baseline. All operations have the width of the
 * OU, and all crossbars as many of them.
 *
 * Sparse inputs stand before a detector that takes no time and skips operations none of whose rows is driven. What is not zero
 * is drawn evenly on a logarithmic scale from 1 to 255, as most activations are small.
 */
export function drawnWorkload(zeros: ShareOfZeros): RawScenario {
  return {
    scope: 'pe',
    machine: {
      preset: 'ou-baseline',
      pe: { crossbars: CROSSBARS },
      detector: zeros === null ? { kind: 'none' } : { kind: 'group', planeCycles: 0 },
    },
    mapping: { encoding: 'twos-complement' },
    workload: { kind: 'matrix', weightBits: BITS, inputBits: BITS, weights: WEIGHTS, inputs: inputs(zeros) },
  };
}

const drawn = new Random(SEED);
const WEIGHTS = Array.from({ length: ROWS }, () => Array.from({ length: OUTPUTS }, () => drawn.below(256) - 128));

function inputs(zeros: ShareOfZeros): number[][] {
  const random = new Random(SEED + 1);
  const input = (): number => {
    if (zeros === null) return 255;
    const isZero = random.below(1000) < 1000 * zeros;
    const bits = random.below(8000) / 1000;
    return isZero ? 0 : Math.floor(2 ** bits);
  };
  return Array.from({ length: WINDOWS }, () => Array.from({ length: ROWS }, input));
}
