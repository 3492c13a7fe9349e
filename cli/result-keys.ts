import type {
  ActionEnergy,
  Area,
  Assumption,
  Busiest,
  BusyResource,
  ClassLedger,
  Counts,
  Energy,
  Footprint,
  ImageResult,
  LayerResult,
  ResolvedScenario,
  ResourceResult,
  Result,
  TimeBreakdown,
  WaitStatistics,
  Work,
} from '../sim/results/result.js';

/** An object of `result.json` and what its keys mean, for the reference documentation. */
export interface ResultObject {
  /** Where the object stands. */
  readonly path: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** The compiler demands every key of T, and no other. */
export function resultObject<T>(path: string, keys: Readonly<Record<keyof T & string, string>>): ResultObject {
  return { path, keys };
}

export const RESULT_OBJECTS: readonly ResultObject[] = [
  resultObject<Result>('the file', {
    schemaVersion: 'Version of this shape, a whole number.',
    scenario: 'The scenario with every default and preset value filled in.',
    cycles: 'Length of the run in cycles of the root clock.',
    seconds: 'The same in seconds: cycles / root clock.',
    windows: 'Windows (input vectors) run; in scope chip summed over layers and images.',
    counts: 'What happened how often.',
    work: 'What each mechanism leaves of the OU operations.',
    time: 'Where the time went; in scope chip the sum over the layers.',
    energy: 'The counted actions at the prices of the machine, in pJ.',
    area: 'Area of the machine, in um2.',
    footprint: 'What the mapping takes of the machine.',
    images: 'Scope chip only: a list, one object per image.',
    layers: 'Scope chip only: a list, one object per matrix layer, in the order of execution.',
    outputs: 'With --outputs only: a list of numbers per window (scope pe) or per image (scope chip).',
    resources: 'Path of an instance -> what it did with its time.',
    calibration:
      'With `mapping.quantisation: calibrated` only: what the scheme decided on which images, and top-1 counts.',
    warnings: 'Sentences about what makes the outputs differ from the exact ones; empty if nothing does.',
  }),
  resultObject<ResolvedScenario>('scenario', {
    hash: 'SHA-256 of the other keys as canonical JSON; equal scenarios have equal hashes.',
    scope: '`pe` or `chip`.',
    machine:
      "The preset's name, if any, `rootClock_GHz`, and every parameter of every component that the scope reads; times in cycles.",
    mapping: '`scheme`, `encoding`, `layout`.',
    execution: 'Of networks only: how the network runs on the chip.',
    workload: 'The workload; files with their SHA-256.',
    assumptions: 'A list of the values in effect that no source gives.',
  }),
  resultObject<Assumption>('scenario.assumptions[]', {
    path: 'Path of the parameter in a scenario.',
    value: 'Its value.',
    note: 'Why this value.',
  }),
  resultObject<Counts>('counts, layers[].counts', {
    ouOperations: 'OU operations performed (reads of crossbars).',
    skippedOperations: 'Operations that the same program performs without a detector, less those performed.',
    adcConversions: 'Conversions.',
    saturatedCodes: 'Codes that exceeded 2^adc.bits - 1 and were cut there.',
    shiftAdds: 'Codes that shift-and-add units accepted.',
    inputLoads: 'Windows loaded into input registers, summed over PEs.',
    wordlineDrives: 'Wordlines driven with a digit that is not zero, summed over OU operations.',
    cellReads: 'Cells inside the OUs that were read (rows x bitlines), summed over OU operations.',
  }),
  resultObject<Work>('work, layers[].work', {
    dense: 'OU operations of the dense mapping of the same matrices: same words, encoding, layout, crossbars and OUs.',
    uncompressed: "Operations of the mapping's column groups if each walked all rows of its row block in every plane.",
    rowCompressed: 'The same with the row lists as they are: without a detector, all would be performed.',
    valueSkipped:
      'Operations that a detector of this kind leaves that sees only whether an input is zero, not its bits.',
    performed:
      'Operations performed, `counts.ouOperations`. From `uncompressed` on, no number is larger than the one before.',
  }),
  resultObject<TimeBreakdown>('time, layers[].time', {
    reads: 'Mean over the crossbars that hold a part of the layer, in cycles, as all keys here: time spent reading.',
    adcWaiting: 'No sample-and-hold bank free: `stall.adc`.',
    indexDecoding: 'The next operation not decoded: `stall.index`.',
    detector: 'Part of `stall.input` in which the window was loaded and the bit-plane not scanned.',
    windowSharing: 'Rest of `stall.input`: the window not loaded, as other crossbars still worked on an earlier one.',
    finishedEarlier: 'From the last read of the crossbar to the last read of the layer.',
    drain: 'From the last read of the layer to its end. All keys sum to `cycles`, up to rounding.',
  }),
  resultObject<Energy>('energy, layers[].energy', {
    total_pJ: 'Sum over the actions.',
    actions: 'Action (`component.action`) -> count, price, energy.',
  }),
  resultObject<ActionEnergy>('energy.actions[]', {
    count: 'How often it happened.',
    price_pJ: 'Energy of one.',
    energy_pJ: 'count x price_pJ.',
  }),
  resultObject<Area>('area', {
    total_um2: 'Sum over the components.',
    components:
      'Key of a component -> `instances`, `each_um2`, `area_um2` (their product). Spare crossbars count. An instance of ' +
      '`indexMemory` is an index bit.',
  }),
  resultObject<Footprint>('footprint, layers[].footprint', {
    pes: 'PEs used.',
    crossbars: 'Crossbars that hold a part of the matrices.',
    cellsUsed: 'Cells of those crossbars that hold placed weights, whatever their level.',
    cells: 'All cells of those crossbars.',
    indexBits: 'Bits of index storage that the mapping needs beside the cells.',
  }),
  resultObject<ImageResult>('images[]', {
    index: 'Index of the image in its file or set.',
    cycles: 'Cycles that it took.',
    prediction: 'Index of the largest output.',
    label: 'Its class, where the images carry one.',
  }),
  resultObject<LayerResult>('layers[]', {
    name: 'Name of the node in the network.',
    op: '`conv` or `fc`.',
    windows: 'Windows per image.',
    rows: 'K, rows of the matrix.',
    outputs: 'M, columns of the matrix.',
    footprint: 'What the layer takes of the machine.',
    spareCrossbars: "Crossbars of the layer's PEs that hold no part of it; they count in `resources` and `area` only.",
    cycles: "From the layer's start to its barrier, summed over images.",
    counts: 'Counts of this layer.',
    work: 'What each mechanism leaves of its OU operations.',
    time: 'Where its time went.',
    crossbars: 'Time of the crossbars that hold a part of the layer, while it ran.',
    adcs: 'Time of the ADCs of their pools, while it ran.',
    busiest: 'The crossbar, pool, shift-and-add unit and detector that work most: one of them sets the pace.',
    adcUtilisation: "Share of those ADCs' time spent converting, 0 to 1.",
    wait: 'Waits of the samples of those pools.',
    'queue.mean': 'Mean number of samples that wait in one of those pools: sum of waits / (pools x cycles).',
    energy: 'Energy of this layer.',
  }),
  resultObject<Busiest>('layers[].busiest', {
    crossbar: 'The crossbar with the most reads.',
    adcPool: 'The pool whose ADCs convert most.',
    shiftAdd: "The busiest shift-and-add unit; `lanes` is the share of its lanes' cycles in which a code is accepted.",
    detector: 'The detector that scans most; left out without detectors.',
  }),
  resultObject<BusyResource>('layers[].busiest.crossbar, .adcPool, .detector', {
    path: 'Path of the instance.',
    shares: "State -> share of the layer's cycles, idle left out; of a pool the mean over its ADCs.",
  }),
  resultObject<ClassLedger>('layers[].crossbars, layers[].adcs', {
    instances: 'Number of instances.',
    cycles: 'State -> cycles, summed over the instances; the states sum to instances x cycles of the layer.',
  }),
  resultObject<ResourceResult>('resources[]', {
    kind: 'Kind of the resource.',
    ledger:
      'State -> cycles; the states sum to the cycles of the run. Of a pool: `convert` while at least one of its ADCs ' +
      'converts, `stall.shiftAdd` while none converts and at least one holds a finished code.',
    utilisation: 'Share of the run spent working, 0 to 1; of a pool, the mean over its ADCs.',
    wait: "ADC pools only: the waits of the pool's samples.",
    'queue.mean': 'ADC pools only: mean number of samples that wait, sum of waits / cycles.',
  }),
  resultObject<WaitStatistics>('resources[].wait, layers[].wait', {
    count: 'Samples.',
    mean: 'Mean wait, from the ask of a sample to the beginning of its conversion, in cycles; 0 without samples.',
    p50: 'Median (nearest rank), in cycles.',
    p95: '95th percentile, in cycles.',
    p99: '99th percentile, in cycles.',
    max: 'Longest wait, in cycles.',
  }),
];
