/**
 * A second chip, written from the text of "The chip" in docs/timing-model.md alone to hold the real one to account. It
 * steps every cycle, keeps the time of everything that has happened in plain arrays and asks every rule again and again until
 * nothing more happens in a cycle; then servers begin. It shares no code with the simulator. The rule numbers in the comments are those
 * of the text.
 */
import type { Destination, Part, PartBuffer, Stage, StageInput } from '../../mapping/chip-program.js';
import { Mesh, PORT } from './chip-mesh.js';
import { type NaiveChipPe, NaivePe } from './chip-pe.js';
import type { NaiveChipScenario } from './chip-scenario.js';
import { type NaiveUse, type RequestKey, Server } from './chip-servers.js';

export interface NaiveChipPart {
  windows: number;
  fetch: number;
  stallOutput: number;
  stallPe: number;
  stallServer: number;
  stallPixels: number[];
  fetchIdle: number;
  activate: number;
  send: number;
  stallFinish: number[];
  stallSpace: number[];
  sendIdle: number;
  firstFetch: number;
  firstSent: number;
  lastSent: number;
  windowCycles: number;
  bufferPeak: number[];
  pixelsWritten: number[];
  pixelsFreed: number[];
  pes: NaiveChipPe[];
  /** Times per local window, for tests and for finding the first difference; -1 where a part has no such time. */
  trace: { fetched: number[]; complete: number[]; activated: number[]; sent: number[] };
}

export interface NaiveChipLink {
  path: string;
  use: NaiveUse;
  stallBuffer: number;
  packets: number;
  flits: number;
}

export interface NaiveChipTile {
  tile: number;
  banks: NaiveUse[];
  bus: NaiveUse;
  shiftAdd: NaiveUse;
  activation: NaiveUse;
  pooling: NaiveUse;
}

export interface NaiveChipResult {
  cycles: number;
  imageStart: number[];
  imageEnd: number[];
  parts: NaiveChipPart[];
  tiles: NaiveChipTile[];
  links: NaiveChipLink[];
  port: NaiveUse;
  counts: ReturnType<typeof noCounts>;
}

const noCounts = () => ({
  edramReadBytes: 0,
  edramWriteBytes: 0,
  busBytes: 0,
  tileAdds: 0,
  activations: 0,
  pooledValues: 0,
  outputRegisterBytes: 0,
  packetsInjected: 0,
  packetsDelivered: 0,
  linkFlits: 0,
  chipLinkFlits: 0,
  routerFlits: 0,
  portBytes: 0,
});

/** Steps of a request's key. */
const FETCH = 0;
const MERGE = 1;
const GATHER = 2;
const ACTIVATE = 3;
const SEND = 4;
const WRITE = 5;

/** No scenario of the tests is longer. */
const longestRun = 100_000;

type Time = number | null;

class Tile {
  readonly bus = new Server();
  readonly shiftAdd = new Server();
  readonly activation = new Server();
  readonly pooling = new Server();
  readonly banks: Server[];
  parts = 0;

  constructor(
    readonly number: number,
    banks: number,
  ) {
    this.banks = Array.from({ length: banks }, () => new Server());
  }

  get servers(): Server[] {
    return [...this.banks, this.bus, this.shiftAdd, this.activation, this.pooling];
  }
}

/** Room for the pixels of one input of a part; pixels are numbered through all images. */
class Buffer {
  /** [pixel]: shares written, when room was taken, and when the last share was written. */
  readonly shares: number[];
  readonly takenAt: Time[];
  readonly writtenAt: Time[];
  /** [number of pixels]: when all before had been written, when so many had been freed; entry 0 is 0. */
  private readonly allWrittenAt: number[] = [0];
  readonly freedAt: number[] = [0];
  peak = 0;

  constructor(
    readonly room: PartBuffer,
    readonly input: StageInput,
    readonly producer: Stage,
    private readonly pixels: number,
  ) {
    this.shares = new Array(pixels).fill(0);
    this.takenAt = new Array(pixels).fill(null);
    this.writtenAt = new Array(pixels).fill(null);
  }

  get freed(): number {
    return this.freedAt.length - 1;
  }

  get held(): number {
    return this.takenAt.filter((time, pixel) => time !== null && pixel >= this.freed).length;
  }

  /** When there was room for a pixel (rule 12), null before. */
  roomAt(pixel: number): Time {
    const freed = Math.max(0, pixel + 1 - this.room.capacity);
    return this.freedAt[freed] ?? null;
  }

  take(pixel: number, t: number): void {
    this.takenAt[pixel] ??= t;
    this.peak = Math.max(this.peak, this.held);
    if (this.held > this.room.capacity) throw new Error('naive chip: a buffer is over its capacity');
  }

  write(pixel: number, t: number): void {
    const replica = pixel % this.producer.replicas.length;
    this.shares[pixel] += 1;
    if (this.shares[pixel] > this.room.shares[replica]) throw new Error('naive chip: a share is written twice');
    if (this.shares[pixel] === this.room.shares[replica]) this.writtenAt[pixel] = t;
    while (this.allWrittenAt.length <= this.pixels && this.writtenAt[this.allWrittenAt.length - 1] !== null) {
      this.allWrittenAt.push(t);
    }
  }

  free(count: number, t: number): void {
    if (count < this.freed) throw new Error('naive chip: a pixel is freed again');
    while (this.freed < count) this.freedAt.push(t);
  }

  /** When all pixels before `count` had been written, null before. */
  holdsFirst(count: number): Time {
    return this.allWrittenAt[count] ?? null;
  }

  get written(): number {
    return this.writtenAt.filter((time) => time !== null).length;
  }

  get writtenAndFreed(): number {
    return this.writtenAt.filter((time, pixel) => time !== null && pixel < this.freed).length;
  }

  get pixelCount(): number {
    return this.pixels;
  }
}

/** The latest of times; null where one has not come; 0 of none. */
function latest(times: Time[]): Time {
  let most = 0;
  for (const time of times) {
    if (time === null) return null;
    most = Math.max(most, time);
  }
  return most;
}

/** A part with what has happened to its local windows. */
class PartState {
  readonly pes: NaivePe[];
  readonly buffers: Buffer[];
  /** Indices of the inputs of each role. */
  readonly inputs: Record<'start' | 'finish', number[]>;
  /** [local window]. */
  readonly fetchBegun: Time[];
  readonly fetchEnded: Time[];
  fetchesBegun = 0;
  /** The rules that it follows, each to be asked until nothing more happens. */
  rules: ((state: PartState) => boolean)[] = [];
  /** The server that the fetch now asks or is served by; null where it takes none. */
  fetchMoves: (() => boolean) | null = null;
  /** [PE][local window]: handed over, out of the PE's output register, added. */
  readonly handed: number[];
  readonly left: Time[][];
  readonly added: Time[][];
  merges = 0;
  /** [local window]: own sums are merged and what is at home elsewhere is under way. */
  readonly gathered: Time[];
  /** [sending part of the replica][local window]: its sums are added here. */
  readonly arrived: Time[][];
  readonly complete: Time[];
  readonly activated: Time[];
  activationsBegun = 0;
  /** [destination][local window]: gone, and with all that `sent` asks for. */
  readonly gone: Time[][];
  readonly goneCount: number[];
  readonly finished: Time[][];
  readonly sent: Time[];
  sentCount = 0;
  readonly ledger: Omit<NaiveChipPart, 'bufferPeak' | 'pixelsWritten' | 'pixelsFreed' | 'pes' | 'trace'>;

  constructor(
    readonly part: Part,
    readonly stage: Stage,
    readonly replica: number,
    /** Index in the replica. */
    readonly number: number,
    /** Numbers, through all images, of its local windows. */
    readonly windows: number[],
    readonly tile: Tile | null,
    readonly bank: Server | null,
    pes: NaivePe[],
    buffers: Buffer[],
  ) {
    const none = (): Time[] => windows.map(() => null);
    this.pes = pes;
    this.buffers = buffers;
    const ofRole = (role: 'start' | 'finish') => buffers.flatMap(({ input }, i) => (input.role === role ? [i] : []));
    this.inputs = { start: ofRole('start'), finish: ofRole('finish') };
    this.fetchBegun = none();
    this.fetchEnded = none();
    this.handed = pes.map(() => 0);
    this.left = pes.map(none);
    this.added = pes.map(none);
    this.gathered = none();
    this.arrived = stage.replicas[replica].parts.map(none);
    this.complete = none();
    this.activated = none();
    this.gone = part.destinations.map(none);
    this.goneCount = part.destinations.map(() => 0);
    this.finished = part.destinations.map(none);
    this.sent = none();
    this.ledger = {
      windows: windows.length,
      fetch: 0,
      stallOutput: 0,
      stallPe: 0,
      stallServer: 0,
      stallPixels: buffers.map(() => 0),
      fetchIdle: 0,
      activate: 0,
      send: 0,
      stallFinish: buffers.map(() => 0),
      stallSpace: part.destinations.map(() => 0),
      sendIdle: 0,
      firstFetch: 0,
      firstSent: 0,
      lastSent: 0,
      windowCycles: 0,
    };
  }

  get isSource(): boolean {
    return this.stage.kind === 'source';
  }

  /** It sends: a home of values, or the source. */
  get isHome(): boolean {
    return this.isSource || this.part.homeValues > 0;
  }

  get fetches(): boolean {
    return this.stage.kind === 'vector' || (this.stage.kind === 'matrix' && this.pes.length > 0);
  }
}

/**
 * Runs a chip to its end.
 * @throws Error when a buffer goes wrong or the chip stands still.
 */
export function runNaiveChip(scenario: NaiveChipScenario): NaiveChipResult {
  const { machine, program, pipeline } = scenario;
  const { images, stages } = program;
  const isStatic = machine.tile.schedule === 'static';
  const counts = noCounts();
  const imageEnd: number[] = new Array(images).fill(0);
  const mesh = new Mesh(machine, program.chips, program.tiles / program.chips);
  const port = new Server();
  const tiles: Tile[] = [];
  /** What happens at a later time without a server: steps of the static schedule. */
  let timers: { at: number; then: (t: number) => void }[] = [];
  let t = 0;

  // ---- The parts ----

  const parts: PartState[] = [];
  for (const stage of stages) {
    stage.replicas.forEach((replica, replicaNumber) => {
      const windows: number[] = [];
      for (let n = replicaNumber; n < images * stage.windows; n += stage.replicas.length) windows.push(n);
      replica.parts.forEach((part, number) => {
        let tile: Tile | null = null;
        let bank: Server | null = null;
        if (stage.kind !== 'source') {
          tile = tiles.find((other) => other.number === part.tile) ?? null;
          if (tile === null) {
            tile = new Tile(part.tile, machine.edram.banks);
            tiles.push(tile);
          }
          // The first part of the tile uses bank 0, the next bank 1, and so on around.
          bank = tile.banks[tile.parts % machine.edram.banks];
          tile.parts += 1;
        }
        const pes =
          stage.kind === 'matrix'
            ? part.pes.map(({ crossbars }) => {
                const inputs = windows.map((n) => scenario.inputs[stage.index]![n]);
                return new NaivePe(machine, stage.program, crossbars, inputs);
              })
            : [];
        const inputs = stage.kind === 'source' ? [] : stage.inputs;
        const buffers = inputs.map((input, i) => {
          const producer = stages[input.producer];
          return new Buffer(part.buffers[i], input, producer, images * producer.windows);
        });
        parts.push(new PartState(part, stage, replicaNumber, number, windows, tile, bank, pes, buffers));
      });
    });
  }
  const partsByReplica = stages.map(({ index, replicas }) =>
    replicas.map((_, replica) => parts.filter((state) => state.stage.index === index && state.replica === replica)),
  );
  const partsOf = (stage: number, replica: number) => partsByReplica[stage][replica];
  const homesOf = (state: PartState) => partsOf(state.stage.index, state.replica).filter(({ isHome }) => isHome);

  // ---- Servers ----

  /** Asks a server for something that takes so many cycles; an amount of 0 takes no time and no server. */
  function ask(server: Server, key: RequestKey, amount: number, perCycle: number, ended: (t: number) => void): void {
    if (amount === 0) ended(t);
    else server.queue.push({ asked: t, key, cycles: Math.max(1, Math.ceil(amount / perCycle)), begun: null, ended });
  }

  /** With the static schedule nothing is asked; what a server would have done is counted. */
  function demand(server: Server, amount: number, perCycle: number): void {
    if (amount === 0) return;
    server.use.busy += Math.max(1, Math.ceil(amount / perCycle));
    server.use.requests += 1;
  }

  function after(cycles: number, then: (t: number) => void): void {
    timers.push({ at: t + cycles, then });
  }

  /** Rule 13. */
  function inject(
    from: number,
    to: number,
    bytes: number,
    key: RequestKey,
    then: { left: (t: number) => void; arrived: (t: number) => void },
  ): void {
    const flits = Math.ceil(bytes / machine.router.flitBytes);
    const route = mesh.route(from, to);
    counts.packetsInjected += 1;
    counts.linkFlits += flits * route.length;
    counts.chipLinkFlits += flits * route.filter(({ isBetweenChips }) => isBetweenChips).length;
    counts.routerFlits += flits * (route.length - 1);
    const arrived = (at: number) => {
      counts.packetsDelivered += 1;
      then.arrived(at);
    };
    if (isStatic) {
      then.left(t);
      arrived(t);
      return;
    }
    route[0].ask({ key, flits, route, carriedAt: null, left: then.left, arrived }, 0, t);
  }

  // ---- Pixels ----

  /** When the pixels that a window of an input needs were there, null before. */
  function pixelsAt(state: PartState, input: number, n: number): Time {
    const { stage } = state;
    const buffer = state.buffers[input];
    if (buffer.room.bytesPerPixel === 0) return 0;
    const perImage = buffer.producer.windows;
    const image = Math.floor(n / stage.windows);
    const needs = pipeline === 'window' ? buffer.input.needs[n % stage.windows] : perImage;
    return buffer.holdsFirst(image * perImage + needs);
  }

  const inputsOf = (state: PartState, role: 'start' | 'finish'): number[] => state.inputs[role];

  /** Frees what no window of the replica from local window j on needs. */
  function freeBefore(state: PartState, inputs: number[], j: number): void {
    for (const i of inputs) {
      const buffer = state.buffers[i];
      if (buffer.room.bytesPerPixel === 0) continue;
      const n = state.windows[j];
      if (n === undefined) {
        buffer.free(buffer.pixelCount, t);
        continue;
      }
      const image = Math.floor(n / state.stage.windows);
      buffer.free(image * buffer.producer.windows + buffer.input.keeps[n % state.stage.windows], t);
    }
  }

  /** "Pipelining", layer-barrier: when the stage may begin the image, null before. */
  function barrierAt(stage: number, image: number): Time {
    if (pipeline !== 'layer-barrier') return 0;
    const before = stage === 1 ? stages.length - 1 : stage - 1;
    const imageBefore = stage === 1 ? image - 1 : image;
    if (imageBefore < 0) return 0;
    return latest(
      parts
        .filter((state) => state.stage.index === before && state.isHome)
        .flatMap((state) => state.sent.filter((_time, j) => imageOf(state, j) === imageBefore)),
    );
  }

  const imageOf = (state: PartState, j: number) => Math.floor(state.windows[j] / state.stage.windows);

  // ---- Rule 7 ----

  function fetch(state: PartState): boolean {
    const j = state.fetchesBegun;
    if (!state.fetches || j === state.windows.length) return false;
    const n = state.windows[j];
    const { part, stage } = state;
    const isMatrix = stage.kind === 'matrix';

    const order = j === 0 ? 0 : state.fetchEnded[j - 1];
    if (order === null) return false;
    const starts = inputsOf(state, 'start').filter((i) => state.buffers[i].room.bytesPerPixel > 0);
    const ofInputs = starts.map((i) => ({ input: i, at: pixelsAt(state, i, n) }));
    const pixels = latest(ofInputs.map(({ at }) => at));
    if (pixels === null) return false;
    const barrier = barrierAt(stage.index, imageOf(state, j));
    let output: Time = 0;
    let register: Time = 0;
    if (isMatrix) {
      const out = j - machine.outputRegister.windows;
      if (out >= 0) output = latest(state.left.map((ofPe) => ofPe[out]));
      const held = j - machine.inputRegister.windows;
      if (held >= 0) register = latest(state.pes.map((pe) => pe.releasedAt[held]));
    } else {
      const out = j - machine.tileOutputRegister.windows;
      if (out >= 0) output = state.sent[out];
    }
    if (barrier === null || output === null || register === null) return false;

    // The conditions hold. The ledger: every cycle since the fetch before goes to the condition that came next.
    const there = Math.max(pixels, barrier);
    const last = Math.max(there, output, register, order);
    if (last !== t) throw new Error(`naive chip: fetch at ${t} of what could be fetched at ${last}`);
    for (let cycle = order; cycle < t; cycle++) {
      const ofInput = (input: number) => () => {
        state.ledger.stallPixels[input] += 1;
      };
      const conditions = [
        ...ofInputs.map(({ input, at }) => ({ at: at!, count: ofInput(input) })),
        { at: barrier, count: ofInput(starts[0]) },
        { at: output, count: () => (state.ledger.stallOutput += 1) },
        { at: register, count: () => (state.ledger.stallPe += 1) },
      ].filter(({ at }) => at > cycle);
      const next = Math.min(...conditions.map(({ at }) => at));
      conditions.find(({ at }) => at === next)!.count();
    }
    // What came by the end of the fetch before made nothing late: the order of fetches did.
    const since = (at: number) => (at > order ? at : 0);
    const came = { pixels: since(there), output: since(output), windowSharing: Math.max(register, order) };

    state.fetchBegun[j] = t;
    state.fetchesBegun += 1;
    const key = [part.index, FETCH, 0, n];
    if (j === 0) state.ledger.firstFetch = t;
    const { bank } = state;
    const bus = state.tile!.bus;
    counts.edramReadBytes += part.fetchBytes;
    if (isMatrix) counts.busBytes += part.fetchBytes;
    const begun = t;
    const ended = () => {
      state.fetchEnded[j] = t;
      freeBefore(state, inputsOf(state, 'start'), j + 1);
      for (const pe of state.pes) pe.deliver(j, { begun, came, loaded: t });
      if (!isMatrix) pool(state, j);
    };
    if (isStatic) {
      demand(bank!, part.fetchBytes, machine.edram.bytesPerCycle);
      if (isMatrix) demand(bus, part.fetchBytes, machine.bus.bytesPerCycle);
      after(machine.tile.stageCycles, ended);
    } else if (part.fetchBytes === 0) {
      after(1, ended);
    } else {
      ask(bank!, key, part.fetchBytes, machine.edram.bytesPerCycle, () => {
        if (isMatrix) ask(bus, key, part.fetchBytes, machine.bus.bytesPerCycle, ended);
        else ended();
      });
    }
    state.fetchMoves = isStatic || part.fetchBytes === 0 ? null : () => isServed(bank!, key) || isServed(bus, key);
    return true;
  }

  const isServed = (server: Server, key: RequestKey) => server.serving?.key === key;

  // ---- Rule 8, without a matrix product ----

  function pool(state: PartState, j: number): void {
    const { part } = state;
    const unit = state.tile!.pooling;
    counts.pooledValues += part.vectorValues;
    const ended = () => {
      state.complete[j] = t;
      state.activated[j] = t;
    };
    if (isStatic) {
      demand(unit, part.vectorValues, machine.pooling.valuesPerCycle);
      after(machine.tile.stageCycles, ended);
    } else {
      ask(unit, [part.index, FETCH, 0, state.windows[j]], part.vectorValues, machine.pooling.valuesPerCycle, ended);
    }
  }

  // ---- Rules 9 and 10 ----

  /** Rule 9: the output registers of the homes have room for local window j. */
  function mayHandOver(state: PartState, j: number): boolean {
    const sent = j - machine.tileOutputRegister.windows;
    return sent < 0 || homesOf(state).every((home) => home.sent[sent] !== null);
  }

  function merge(state: PartState): boolean {
    if (isStatic) return mergeStatic(state);
    const { part } = state;
    const tile = state.tile!;
    let happened = false;
    state.pes.forEach((pe, p) => {
      const j = state.handed[p];
      if (j === state.windows.length || pe.doneAt[j] === null || !mayHandOver(state, j)) return;
      happened = true;
      state.handed[p] += 1;
      const { sums, pe: number } = part.pes[p];
      const key = [part.index, MERGE, number, state.windows[j]];
      countMerge(sums);
      ask(tile.bus, key, 4 * sums, machine.bus.bytesPerCycle, () => {
        state.left[p][j] = t;
        ask(tile.shiftAdd, key, sums, machine.tileShiftAdd.addsPerCycle, () => {
          state.added[p][j] = t;
        });
      });
    });
    return happened;
  }

  function countMerge(sums: number): void {
    counts.busBytes += 4 * sums;
    counts.tileAdds += sums;
    counts.outputRegisterBytes += 4 * sums;
  }

  function mergeStatic(state: PartState): boolean {
    const j = state.merges;
    if (state.pes.length === 0 || j === state.windows.length || !mayHandOver(state, j)) return false;
    if (state.pes.some((pe) => pe.doneAt[j] === null)) return false;
    state.merges += 1;
    for (const { sums } of state.part.pes) {
      countMerge(sums);
      demand(state.tile!.bus, 4 * sums, machine.bus.bytesPerCycle);
      demand(state.tile!.shiftAdd, sums, machine.tileShiftAdd.addsPerCycle);
    }
    const { stageCycles } = machine.tile;
    const begin = Math.ceil(t / stageCycles) * stageCycles;
    after(begin + stageCycles - t, () => {
      for (const ofPe of state.left) ofPe[j] = t;
      for (const ofPe of state.added) ofPe[j] = t;
    });
    return true;
  }

  function gather(state: PartState): boolean {
    if (state.pes.length === 0) return false;
    const j = state.gathered.indexOf(null);
    if (j === -1 || state.added.some((ofPe) => ofPe[j] === null)) return false;
    state.gathered[j] = t;
    partsOf(state.stage.index, state.replica).forEach((home) => {
      const sums = state.part.sumsTo[home.number];
      if (sums === 0) return;
      const key = [home.part.index, GATHER, state.number, state.windows[j]];
      counts.tileAdds += sums;
      counts.outputRegisterBytes += 4 * sums;
      const added = () => {
        home.arrived[state.number][j] = t;
      };
      const arrived = () => {
        if (!isStatic) ask(home.tile!.shiftAdd, key, sums, machine.tileShiftAdd.addsPerCycle, added);
        else {
          demand(home.tile!.shiftAdd, sums, machine.tileShiftAdd.addsPerCycle);
          added();
        }
      };
      inject(state.part.tile, home.part.tile, 4 * sums, key, { left: () => {}, arrived });
    });
    return true;
  }

  function complete(state: PartState): boolean {
    if (state.stage.kind !== 'matrix' || !state.isHome) return false;
    const j = state.complete.indexOf(null);
    if (j === -1) return false;
    if (state.pes.length > 0 && state.gathered[j] === null) return false;
    const senders = partsOf(state.stage.index, state.replica).filter(({ part }) => part.sumsTo[state.number] > 0);
    if (senders.some((sender) => state.arrived[sender.number][j] === null)) return false;
    state.complete[j] = t;
    return true;
  }

  // ---- Rule 11 ----

  const finishAt = (state: PartState, j: number): Time =>
    latest(inputsOf(state, 'finish').map((i) => pixelsAt(state, i, state.windows[j])));

  function activate(state: PartState): boolean {
    if (state.stage.kind !== 'matrix' || !state.isHome) return false;
    const j = state.activationsBegun;
    if (j === state.windows.length || state.complete[j] === null) return false;
    if (j > 0 && state.activated[j - 1] === null) return false;
    if (finishAt(state, j) === null) return false;
    state.activationsBegun += 1;
    const { part, bank } = state;
    const unit = state.tile!.activation;
    const finish = inputsOf(state, 'finish');
    const bytes = finish.reduce((sum, i) => sum + part.buffers[i].finishBytes, 0);
    const key = [part.index, ACTIVATE, 0, state.windows[j]];
    counts.edramReadBytes += bytes;
    counts.activations += part.homeValues;
    const ended = () => {
      state.activated[j] = t;
      freeBefore(state, finish, j + 1);
    };
    if (isStatic) {
      demand(bank!, bytes, machine.edram.bytesPerCycle);
      demand(unit, part.homeValues, machine.activation.valuesPerCycle);
      after(machine.tile.stageCycles, ended);
    } else {
      ask(bank!, key, bytes, machine.edram.bytesPerCycle, () => {
        ask(unit, key, part.homeValues, machine.activation.valuesPerCycle, ended);
      });
    }
    return true;
  }

  // ---- Rule 12 and the source ----

  /** When a window of a home could go as far as the home is concerned, null before. */
  function readyAt(state: PartState, j: number): Time {
    if (!state.isSource) return state.activated[j];
    const before = j - machine.tileOutputRegister.windows;
    return before < 0 ? 0 : state.sent[before];
  }

  function consumerOf(destination: Destination & { kind: 'buffer' }): PartState {
    return partsOf(destination.stage, destination.replica)[destination.part];
  }

  const roomAt = (destination: Destination, n: number): Time =>
    destination.kind === 'port' ? 0 : consumerOf(destination).buffers[destination.input].roomAt(n);

  function send(state: PartState): boolean {
    if (!state.isHome) return false;
    let happened = false;
    state.part.destinations.forEach((destination, d) => {
      const j = state.goneCount[d];
      if (j === state.windows.length || readyAt(state, j) === null) return;
      if (roomAt(destination, state.windows[j]) === null) return;
      happened = true;
      state.goneCount[d] += 1;
      state.gone[d][j] = t;
      go(state, destination, d, j);
    });
    const j = state.sentCount;
    if (j === state.windows.length || readyAt(state, j) === null) return happened;
    if (state.finished.some((ofDestination) => ofDestination[j] === null)) return happened;
    state.sent[j] = t;
    state.sentCount += 1;
    ledgerOfSending(state, j);
    return true;
  }

  /** Local window j goes to a destination. */
  function go(state: PartState, destination: Destination, d: number, j: number): void {
    const { part } = state;
    const n = state.windows[j];
    const { bytes } = destination;
    const key = [part.index, SEND, d, n];
    const finished = () => {
      state.finished[d][j] = t;
    };

    if (destination.kind === 'port') {
      counts.portBytes += bytes;
      const served = () => {
        const image = imageOf(state, j);
        imageEnd[image] = Math.max(imageEnd[image], t);
        if (isStatic) finished();
      };
      if (isStatic) {
        demand(port, bytes, machine.offChip.bytesPerCycle);
        inject(part.tile, PORT, bytes, key, { left: () => {}, arrived: () => {} });
        after(machine.tile.stageCycles, served);
      } else {
        inject(part.tile, PORT, bytes, key, {
          left: finished,
          arrived: () => ask(port, key, bytes, machine.offChip.bytesPerCycle, served),
        });
      }
      return;
    }

    const consumer = consumerOf(destination);
    const buffer = consumer.buffers[destination.input];
    const isLocal = consumer.part.tile === part.tile;
    buffer.take(n, t);
    counts.edramWriteBytes += bytes;
    if (state.isSource) counts.portBytes += bytes;
    const written = () => {
      buffer.write(n, t);
      if (isLocal || isStatic) finished();
    };
    if (isStatic) {
      if (state.isSource) demand(port, bytes, machine.offChip.bytesPerCycle);
      demand(consumer.bank!, bytes, machine.edram.bytesPerCycle);
      if (!isLocal) inject(part.tile, consumer.part.tile, bytes, key, { left: () => {}, arrived: () => {} });
      // The source's pixels are there when there is room.
      if (state.isSource) written();
      else after(machine.tile.stageCycles, written);
      return;
    }
    const write = () =>
      ask(
        consumer.bank!,
        [consumer.part.index, WRITE, destination.input, part.index, n],
        bytes,
        machine.edram.bytesPerCycle,
        written,
      );
    const leave = () => {
      if (isLocal) write();
      else inject(part.tile, consumer.part.tile, bytes, key, { left: finished, arrived: write });
    };
    if (state.isSource) ask(port, key, bytes, machine.offChip.bytesPerCycle, leave);
    else leave();
  }

  /** "Ledgers of parts", sending: local window j is sent at t. */
  function ledgerOfSending(state: PartState, j: number): void {
    const { ledger, part } = state;
    const n = state.windows[j];
    let from = j === 0 ? 0 : state.sent[j - 1]!;
    const until = (time: number) => {
      const cycles = Math.max(0, time - from);
      from += cycles;
      return cycles;
    };
    ledger.sendIdle += until(state.isSource ? readyAt(state, j)! : state.complete[j]!);
    const finish = inputsOf(state, 'finish').map((input) => ({ input, at: pixelsAt(state, input, n)! }));
    const lastFinish = Math.max(0, ...finish.map(({ at }) => at));
    const finishCycles = until(lastFinish);
    if (finishCycles > 0) ledger.stallFinish[finish.find(({ at }) => at === lastFinish)!.input] += finishCycles;
    ledger.activate += until(readyAt(state, j)!);
    const rooms = part.destinations.map((destination) => roomAt(destination, n)!);
    const lastRoom = Math.max(0, ...rooms);
    const spaceCycles = until(lastRoom);
    if (spaceCycles > 0) ledger.stallSpace[rooms.indexOf(lastRoom)] += spaceCycles;
    ledger.send += until(t);
    if (j === 0) ledger.firstSent = t;
    ledger.lastSent = t;
    if (state.fetches) ledger.windowCycles += t - state.fetchBegun[j]!;
  }

  // ---- The run ----

  const servers = [port, ...tiles.flatMap((tile) => tile.servers)];
  const pes = parts.flatMap((state) => state.pes);

  const isDone = (state: PartState) => {
    const windows = state.windows.length;
    if (state.isHome && state.sentCount < windows) return false;
    if (state.fetches && (state.fetchesBegun < windows || state.fetchEnded.includes(null))) return false;
    if (state.pes.length > 0 && state.gathered.includes(null)) return false;
    return state.pes.every((pe) => !pe.doneAt.includes(null) && !pe.releasedAt.includes(null));
  };
  const isQuiet = () =>
    timers.length === 0 &&
    servers.every((server) => server.isAtRest) &&
    mesh.links.every((link) => link.isAtRest) &&
    pes.every((pe) => pe.isQuiet);

  const rulesOf = { source: [send], vector: [fetch, send], matrix: [fetch, merge, gather, complete, activate, send] };
  for (const state of parts) {
    state.rules = rulesOf[state.stage.kind];
    freeBefore(state, inputsOf(state, 'start'), 0);
    freeBefore(state, inputsOf(state, 'finish'), 0);
  }
  for (; ; t++) {
    // What ends at t.
    for (const server of servers) server.settle(t);
    for (const link of mesh.links) link.settle(t);
    const now = timers.filter(({ at }) => at === t);
    timers = timers.filter(({ at }) => at !== t);
    for (const { then } of now) then(t);
    for (const pe of pes) pe.settle(t);

    // What follows from it at t, until nothing more does; every request is made here.
    for (let happened = true; happened; ) {
      happened = false;
      for (const state of parts) {
        for (const rule of state.rules) while (rule(state)) happened = true;
        for (const pe of state.pes) while (pe.stepWindows(t)) happened = true;
      }
    }
    if (isQuiet() && parts.every(isDone)) break;

    // What begins at t.
    for (const server of servers) server.start(t);
    for (const link of mesh.links) link.start(t);
    for (const pe of pes) pe.start(t);
    if (isQuiet()) throw new Error(`naive chip: stands still at ${t}`);

    // The ledgers of the cycle from t to t + 1.
    for (const server of servers) server.countCycle();
    for (const link of mesh.links) link.countCycle();
    for (const pe of pes) pe.countCycle(t);
    for (const state of parts) {
      const isFetching = state.fetchesBegun > 0 && state.fetchEnded[state.fetchesBegun - 1] === null;
      if (isFetching) {
        if (state.fetchMoves === null || state.fetchMoves()) state.ledger.fetch += 1;
        else state.ledger.stallServer += 1;
      } else if (state.fetchesBegun === state.windows.length || !state.fetches) state.ledger.fetchIdle += 1;
      if (!state.isHome || state.sentCount === state.windows.length) state.ledger.sendIdle += 1;
    }
    if (t === longestRun) throw new Error(`naive chip: not at rest after ${longestRun} cycles`);
  }

  const source = parts[0];
  return {
    cycles: t,
    imageStart: Array.from({ length: images }, (_, image) => readyAt(source, image * source.stage.windows)!),
    imageEnd,
    parts: parts.map((state) => ({
      ...state.ledger,
      bufferPeak: state.buffers.map(({ peak }) => peak),
      pixelsWritten: state.buffers.map(({ written }) => written),
      pixelsFreed: state.buffers.map(({ writtenAndFreed }) => writtenAndFreed),
      pes: state.pes.map((pe) => pe.result()),
      trace: {
        fetched: state.fetchEnded.map((time) => time ?? -1),
        complete: state.complete.map((time) => time ?? -1),
        activated: state.activated.map((time) => time ?? -1),
        sent: state.sent.map((time) => time ?? -1),
      },
    })),
    tiles: tiles
      .sort((a, b) => a.number - b.number)
      .map((tile) => ({
        tile: tile.number,
        banks: tile.banks.map(({ use }) => use),
        bus: tile.bus.use,
        shiftAdd: tile.shiftAdd.use,
        activation: tile.activation.use,
        pooling: tile.pooling.use,
      })),
    links: mesh.links
      .filter(({ packets }) => packets > 0)
      .map(({ path, use, stallBuffer, packets, flits }) => ({ path, use, stallBuffer, packets, flits })),
    port: port.use,
    counts,
  };
}
