/** Blocks by plain loops, from docs/systems/bwq.md: no code of the mapping is used. */

export interface Block {
  readonly rows: readonly number[];
  readonly outputs: readonly number[];
}

/** The blocks of a matrix: [row of blocks][column of blocks]. */
export function naiveBlocks(rows: number, outputs: number, ou: { wordlines: number; bitlines: number }): Block[][] {
  const cut = (length: number, size: number) => {
    const runs: number[][] = [];
    for (let at = 0; at < length; at++) {
      if (at % size === 0) runs.push([]);
      runs.at(-1)!.push(at);
    }
    return runs;
  };
  return cut(rows, ou.wordlines).map((blockRows) =>
    cut(outputs, ou.bitlines).map((blockOutputs) => ({ rows: blockRows, outputs: blockOutputs })),
  );
}

/** Weights of a block that a copy stores: of the copy's sign, or all where there is one copy. */
export function naiveBlockWeights(
  weights: ArrayLike<number>,
  outputs: number,
  block: Block,
  sign: 1 | -1 | null,
): number[] {
  return block.rows.flatMap((k) =>
    block.outputs.map((m) => {
      const weight = weights[k * outputs + m]!;
      return sign === null || Math.sign(weight) === sign ? weight : 0;
    }),
  );
}

/** The fewest bits that hold all these weights: magnitudes, or two's complement with the sign bit. */
export function naivePrecision(weights: readonly number[], signBit: boolean): number {
  for (let p = 0; ; p++) {
    const [min, max] = naiveRange(p, signBit);
    if (
      weights.every(
        (weight) => (signBit ? weight : Math.abs(weight)) >= min && (signBit ? weight : Math.abs(weight)) <= max,
      )
    ) {
      return p;
    }
  }
}

function naiveRange(p: number, signBit: boolean): [number, number] {
  if (p === 0) return [0, 0];
  return signBit ? [-(2 ** (p - 1)), 2 ** (p - 1) - 1] : [0, 2 ** p - 1];
}
