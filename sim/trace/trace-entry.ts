import type { TracedOperation } from './trace.js';

/** What a saved trace holds, one after the other. */
export type TraceEntry =
  | { readonly kind: 'track'; readonly path: string }
  | {
      readonly kind: 'span';
      readonly path: string;
      readonly name: string;
      readonly start: number;
      readonly end: number;
      /** The operation that a server works for, by the crossbar's index in the PE and its number there; null: none is said. */
      readonly crossbar: number | null;
      readonly operation: number | null;
    }
  | {
      readonly kind: 'counter';
      readonly path: string;
      readonly name: string;
      readonly at: number;
      readonly value: number;
    }
  | { readonly kind: 'operation'; readonly path: string; readonly operation: TracedOperation }
  /** What the trace says of itself. */
  | { readonly kind: 'header'; readonly name: string; readonly value: unknown };

/** An entry with its line, or why the line has none. */
export type TraceLine =
  | { readonly line: number; readonly entry: TraceEntry }
  | { readonly line: number; readonly got: string; readonly allowed: string };
