import type {
  ChipBottleneck,
  ChipPeak,
  ChipResult,
  ClassUtilisation,
  EdramUse,
  FloorPlanPart,
  FloorPlanTile,
  IdealRun,
  PassResult,
  StageResult,
  StageWait,
} from './chip-result.js';
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
  LayerBuffer,
  LayerResult,
  ResolvedScenario,
  ResourceResult,
  Result,
  SavedWaits,
  ServiceStatistics,
  TimeBreakdown,
  Work,
} from './result.js';

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
    time: 'Where the time went, as the mean over the crossbars that hold a part of a matrix.',
    energy: 'The counted actions at the prices of the machine, in pJ.',
    area: 'Area of the machine, in um2.',
    footprint: 'What the mapping takes of the machine.',
    chip: 'Scope chip only: latency and throughput, the stall matrix, the bottleneck, the floor plan.',
    ideal: 'With `--ideal` only: a list, one object per resource that was made ideal.',
    images: 'Scope chip only: a list, one object per image.',
    layers: 'Scope chip only: a list, one object per matrix layer, in the order of execution.',
    outputs: 'With --outputs only: a list of numbers per window (scope pe) or per image (scope chip).',
    resources: 'Path of an instance -> what it did with its time.',
    calibration:
      'With `mapping.quantisation: calibrated` only: what the scheme decided on which images, and top-1 counts.',
    warnings:
      'Sentences about what makes the outputs differ from the exact ones, and about what the machine may not be able to do.',
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
    pixels: 'Part of `stall.input` in which pixels of the next window were not there (scope chip).',
    output: 'Part of `stall.input` in which there was no room for the sums of the next window (scope chip).',
    transfer: 'Part of `stall.input` in which the next window was on its way from the eDRAM (scope chip).',
    windowSharing: 'Rest of `stall.input`: the window not loaded, as other crossbars still worked on an earlier one.',
    finishedEarlier: 'From the last read of the crossbar to the last read of the layer.',
    drain: 'Scope pe: from the last read of all to the end of the run.',
    finished: 'Scope chip: from the last read of the layer to the end of the run, while other stages work.',
    otherPasses:
      'Scope chip: while other passes of the network ran or were programmed. All keys sum to `cycles` of the run, up to ' +
      'rounding.',
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
  resultObject<ChipResult>('chip', {
    pipeline: '`layer-barrier`, `image` or `window`.',
    schedule: '`contended` or `static`.',
    synthetic: 'What is to be said of a network whose numbers are drawn; null of a real one.',
    chips: 'Chips that the network takes.',
    tilesPerChip: 'Tiles of a chip.',
    tilesUsed: 'Tiles that hold a part of the network.',
    mesh: 'Of a chip: `columns` and `rows` of routers, `tilesPerRouter`.',
    passes: 'A list; one object, but where a network is larger than the chip and runs in several passes.',
    images: 'Number of images.',
    latency_cycles: "Of the first image, from the source's first pixel to its last output at the port.",
    latencyMean_cycles: 'Mean over the images.',
    latencyMax_cycles: 'Of the slowest image.',
    initiationInterval_cycles:
      'Mean distance between the ends of images that follow one another; null with one image, or several passes.',
    throughput_imagesPerSecond: 'One image per interval; without one, the images over the length of the run.',
    macs: 'Multiply-accumulates of the matrix layers for an image.',
    achieved_TOPS: 'Two operations per multiply-accumulate, over the length of the run.',
    power_mW: 'Energy of the run over its length.',
    TOPSperW: 'Operations of the run over its energy.',
    peak: 'What the chips could do at full load.',
    utilisation:
      'Class of component -> how much of its capacity was used: `crossbars`, `adcs`, `shiftAdds`, `detectors`, `banks`, `buses`, `tileShiftAdds`, `activationUnits`, `poolingUnits`, `links`, `port`.',
    stages: 'A list: the source, matrix layers and all others, in the order of execution.',
    waits: 'The stall matrix: a list of what stages waited for, in their order; only what is not 0.',
    bottleneck: 'The stage that sets the pace.',
    edram: 'How full the eDRAM of tiles was.',
    floorPlan: 'A list of the tiles that hold a part of the network.',
    traffic_byteHops: 'Bytes of all packets times the links between routers that they cross.',
    conservation: '`pixelsWritten`, `pixelsFreed` (of all buffers), `packetsInjected`, `packetsDelivered`.',
    notes: 'Sentences about what this file leaves out.',
  }),
  resultObject<PassResult>('chip.passes[]', {
    layers: 'Names of its matrix layers.',
    programming_cycles: 'Programming of its crossbars before it; 0 of the first.',
    start_cycle: 'When it began.',
    cycles: 'How long it took.',
  }),
  resultObject<ChipPeak>('chip.peak', {
    TOPS: 'Of all chips, every crossbar full and read without a pause.',
    power_mW: 'What they would draw then.',
    TOPSperW: 'TOPS over power.',
    share: 'chip.achieved_TOPS / TOPS.',
  }),
  resultObject<ClassUtilisation>('chip.utilisation[]', {
    instances: 'Instances that were used at all.',
    mean: 'Mean share of the run that these were busy; above 1 where a static schedule promises more than they do.',
    busiest: 'Path of the busiest.',
    max: 'Its share of the run.',
  }),
  resultObject<StageResult>('chip.stages[]', {
    name: 'Name of the node; `input` of the source.',
    op: 'Its operation.',
    kind: '`source`, `matrix` or `vector`.',
    windows: 'Windows, which are output pixels, per image.',
    replicas: 'Copies of its hardware.',
    pass: 'Index of its pass.',
    tiles: 'Numbers of the tiles that hold a part of it.',
    start_cycle: 'Begin of the first fetch.',
    end_cycle: 'End of the last sending.',
    images: 'A list: `start_cycle` and `end_cycle` of each image.',
    fetch:
      'State -> cycles, summed over the parts that fetch; the states sum to parts x cycles of the run: `fetch`, `stall.pixels`, `stall.output`, `stall.pe`, `stall.server`, `idle`.',
    send: 'State -> cycles, summed over the parts that are home of outputs: `activate`, `send`, `stall.pixels`, `stall.space`, `idle`.',
  }),
  resultObject<StageWait>('chip.waits[], layers[].waits[]', {
    layer: 'Stage that waited.',
    state: '`fetch`: for a window to fetch; `send`: with a finished one.',
    cause:
      '`pixels` (not there yet), `output` (no room for sums), `pe` (input registers full: the PEs set the pace), `server` ' +
      '(bank or bus busy), `space` (no room at a consumer).',
    of: 'Stage whose pixels, or whose room, were waited for; null where it is the own one.',
    cycles: 'Summed over the parts of the stage.',
    share: 'Of the time of these parts in the run.',
  }),
  resultObject<ChipBottleneck>('chip.bottleneck', {
    layer: 'The stage.',
    activity: 'What its slowest part does most of the time: `process`, `fetch`, `send` or `pool`.',
    share: 'Share of the run in which it does.',
    resource:
      'What it is busiest with then: `crossbar`, `adc`, `shiftAdd`, `detector`, `bank`, `bus`, `activation`, `pooling`, ' +
      '`network` or `schedule` (the fixed steps of a static schedule).',
    path: 'Path of the resource.',
    resourceShare: 'Share of the run in which that is busy.',
    shares:
      'Shares of the run that the choice was made from: `process`, `fetch` (of it `fetchWait`, for bank or bus), `send`, `pool`; and what limits them: `crossbar`, `adc`, `shiftAdd`, `detector`, `bank`, `bus`, `activation`, `pooling`; of the source `port`, `link`.',
  }),
  resultObject<EdramUse>('chip.edram', {
    capacity_bytes: 'Of a tile.',
    fullest: 'Path of the fullest.',
    peak_bytes: 'Sum of the peaks of its buffers.',
    keptElsewhere_bytes:
      'Peaks above the capacity, of all tiles: whole maps that `layer-barrier` and `image` keep elsewhere at no cost.',
  }),
  resultObject<FloorPlanTile>('chip.floorPlan[]', {
    tile: 'Number of the tile.',
    chip: 'Number of the chip.',
    x: 'Column of its router in the mesh of all chips side by side.',
    y: 'Row of its router.',
    parts: 'A list of what stands there, in the order of execution.',
  }),
  resultObject<FloorPlanPart>('chip.floorPlan[].parts[]', {
    layer: 'Stage.',
    replica: 'Number of the replica.',
    pass: 'Index of the pass.',
    pes: 'PEs.',
    crossbars: 'Crossbars that hold a part of the matrix.',
    buffer_bytes: 'Room of its buffers in the eDRAM; null where whole maps are kept.',
    bufferPeak_bytes: 'Most that they held.',
  }),
  resultObject<IdealRun>('ideal[]', {
    resource: 'The resource that was ideal (`ousim list`).',
    cycles: 'Length of the run with it.',
    speedup: 'Cycles of the real run over these.',
    latency_cycles: 'Latency of the first image with it.',
  }),
  resultObject<ImageResult>('images[]', {
    index: 'Index of the image in its file or set.',
    cycles: 'Latency: from its first pixel at the source to its last output at the port.',
    start_cycle: 'When the source presented its first pixel.',
    end_cycle: 'When its last output had been served by the port.',
    prediction: 'Index of the largest output; left out where weights are synthetic.',
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
    cycles: 'From its first fetch to its last sending, over all images.',
    start_cycle: 'When its first fetch began.',
    end_cycle: 'When its last sending ended.',
    replicas: 'Copies of its hardware.',
    tiles: 'Numbers of the tiles that hold a part of it.',
    initiationInterval_cycles:
      'Mean distance between the sendings of its windows, all replicas together, from the first to the last; null with one window.',
    latencyMean_cycles: 'Mean over its windows, from the beginning of the fetch to the end of the sending.',
    throughput_windowsPerSecond: 'One window per interval; without one, one in its cycles.',
    macs: 'Multiply-accumulates for an image.',
    achieved_TOPS: 'Two operations per multiply-accumulate, over its cycles.',
    waits: 'Its rows of the stall matrix, `chip.waits`.',
    buffers: 'A list: of each input the buffer that held most pixels.',
    fetch:
      'Largest fetch of a part: `bytes`, and with a static schedule `stages`, those that bank and bus would take for it.',
    counts: 'Counts of this layer.',
    work: 'What each mechanism leaves of its OU operations.',
    time: 'Where its time went.',
    crossbars: 'Time of the crossbars that hold a part of the layer, through the run.',
    adcs: 'Time of the ADCs of their pools, through the run.',
    busiest: 'The crossbar, pool, shift-and-add unit and detector that work most: one of them sets the pace.',
    adcUtilisation: "Share of those ADCs' time in the run spent converting, 0 to 1.",
    wait: 'Waits of the samples of those pools.',
    'queue.mean': 'Mean number of samples that wait in one of those pools: sum of waits / (pools x cycles).',
    energy: 'Energy of what its PEs did; what is around them is in that of the run.',
  }),
  resultObject<LayerBuffer>('layers[].buffers[]', {
    of: 'Stage that makes the pixels.',
    role: '`start`: needed to fetch a window; `finish`: needed to finish it (a residual).',
    bytesPerPixel: 'Of the channels that the part needs.',
    capacity_pixels: 'Pixels that fit; null where whole maps are kept.',
    least_pixels: 'Fewest with which no run can come to a standstill.',
    peak_pixels: 'Most that it held.',
  }),
  resultObject<Busiest>('layers[].busiest', {
    crossbar: 'The crossbar with the most reads.',
    adcPool: 'The pool whose ADCs convert most.',
    shiftAdd: "The busiest shift-and-add unit; `lanes` is the share of its lanes' cycles in which a code is accepted.",
    detector: 'The detector that scans most; left out without detectors.',
  }),
  resultObject<BusyResource>('layers[].busiest.crossbar, .adcPool, .detector', {
    path: 'Path of the instance.',
    shares: "State -> share of the run's cycles, idle left out; of a pool the mean over its ADCs.",
  }),
  resultObject<ClassLedger>('layers[].crossbars, layers[].adcs', {
    instances: 'Number of instances.',
    cycles: 'State -> cycles, summed over the instances; the states sum to instances x cycles of the run.',
  }),
  resultObject<ResourceResult>('resources[]', {
    kind: 'Kind of the resource.',
    ledger:
      'State -> cycles; the states sum to the cycles of the run. Of a pool: `convert` while at least one of its ADCs ' +
      'converts, `stall.shiftAdd` while none converts and at least one holds a finished code.',
    utilisation: 'Share of the run spent working, 0 to 1; of a pool, the mean over its ADCs.',
    wait: "ADC pools only: the waits of the pool's samples.",
    'queue.mean': 'ADC pools only: mean number of samples that wait, sum of waits / cycles.',
    service: 'Banks, buses, units of tiles, links and the port only: their requests.',
    layer: 'Parts of stages only (kinds `fetch` and `send`): the name of the stage.',
  }),
  resultObject<ServiceStatistics>('resources[].service', {
    requests: 'Requests served.',
    waitMean: 'Mean wait, from the request to the beginning of its service, in cycles.',
    waitMax: 'Longest wait, in cycles.',
  }),
  resultObject<SavedWaits>('resources[].wait, layers[].wait', {
    count: 'Samples.',
    mean: 'Mean wait, from the ask of a sample to the beginning of its conversion, in cycles; 0 without samples.',
    p50: 'Median (nearest rank), in cycles.',
    p95: '95th percentile, in cycles.',
    p99: '99th percentile, in cycles.',
    max: 'Longest wait, in cycles.',
    histogram:
      'Samples by the length of their wait: of 0 cycles, of 1, of 2 and 3, of 4 to 7, and so on in powers of two, up to ' +
      'the bin of the longest wait; empty without samples. Results of older versions lack it.',
  }),
];
