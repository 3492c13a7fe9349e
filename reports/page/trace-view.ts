/** What a resource did from `start` to `end`, in cycles. */
export interface TracedSpan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Of an ADC: the index in the PE of the crossbar whose sample it is, and the number of that crossbar's operation. */
  readonly served?: { readonly crossbar: number; readonly operation: number };
}

/** A read of a crossbar with what became of its samples, in cycles. */
export interface TracedRead {
  /** Which operation of its crossbar it is, counted from 0. */
  readonly number: number;
  readonly readStart: number;
  /** Its samples ask for their conversions here. */
  readonly readEnd: number;
  readonly samples: number;
  readonly firstConversion: number;
  readonly lastConversionEnd: number;
}

/** The line of a resource: its spans in the order of time. */
export interface TracedTrack {
  /** Path of the instance that holds the resource: `Chip.Tile[0].Pe[1]`. */
  readonly parent: string;
  /** Last part of its path: `Crossbar[3]`. */
  readonly name: string;
  readonly spans: readonly TracedSpan[];
  /** Of a crossbar whose operations the trace records, in the order of time; left out where there are none. */
  readonly reads?: readonly TracedRead[];
}

/** A number of a resource that changes over time. */
export interface TracedCounter {
  /** Path of the resource. */
  readonly path: string;
  readonly name: string;
  readonly changes: readonly { readonly at: number; readonly value: number }[];
}

/** What a page shows of a trace. */
export interface TraceView {
  /** Cycles [from, to) that the view shows whole. */
  readonly from: number;
  readonly to: number;
  readonly tracks: readonly TracedTrack[];
  readonly counters: readonly TracedCounter[];
  /** Spans, changes of counters and operations in the view, and those that the file holds. */
  readonly events: number;
  readonly eventsInFile: number;
  /** Length of the run that it is of. */
  readonly runCycles: number;
}
