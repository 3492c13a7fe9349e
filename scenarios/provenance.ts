/** Where a number of a preset comes from: a source that gives it, or nobody but us. */
export type Provenanced<T> =
  | { readonly value: T; readonly source: string }
  | { readonly value: T; readonly assumed: string };

/** A value that a source gives or that follows from one by the arithmetic that `source` states. */
export function from<const T>(source: string, value: T): Provenanced<T> {
  return { value, source };
}

/** A value that no source gives; `note` says why this one. Every report lists it. */
export function assumed<const T>(note: string, value: T): Provenanced<T> {
  return { value, assumed: note };
}

/** Where the resolved value of a parameter comes from. */
export interface ParameterOrigin {
  /** The resolved value; durations in whole cycles. */
  readonly value: number | string;
  readonly from: 'preset' | 'scenario' | 'override' | 'default';
  /** The source that a preset names. */
  readonly source?: string;
  /** Why this value, where no source gives it. */
  readonly assumed?: string;
  /** A quantity as it was written, where it was given with a unit: "10.24 ns". */
  readonly given?: string;
  /** The cycles of a time before they are rounded up: "12.288". */
  readonly exactCycles?: string;
}
