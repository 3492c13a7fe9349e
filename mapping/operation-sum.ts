/** What bounds the code of one bitline in one operation; an `OuProgram` is one. */
export interface OperationBounds {
  readonly ouWordlines: number;
  readonly bitsPerCell: number;
  readonly bitsPerPlane: number;
}

/** S, the largest sum that a bitline of one operation can carry (docs/timing-model.md, "Function"). */
export function largestOperationSum({ ouWordlines, bitsPerCell, bitsPerPlane }: OperationBounds): number {
  return ouWordlines * (2 ** bitsPerCell - 1) * (2 ** bitsPerPlane - 1);
}

/** ADC bits from which on no code can saturate: ceil(log2(S + 1)), the smallest b with 2^b - 1 >= S. */
export function exactAdcBits(ouWordlines: number, bitsPerCell: number, bitsPerPlane: number): number {
  const largest = largestOperationSum({ ouWordlines, bitsPerCell, bitsPerPlane });
  // Counted up rather than taken from Math.log2, whose rounding could be off by one bit near a power of two.
  let bits = 0;
  while (2 ** bits - 1 < largest) bits++;
  return bits;
}
