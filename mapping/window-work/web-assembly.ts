/**
 * The few WebAssembly instructions that the project's kernels need, as bytes, and the module around them: the kernels are
 * assembled at run time, so that the build needs no other compiler.
 *
 * Encodings: WebAssembly Core Specification 2.0, section 5 (binary format). Every V8 of Node 20 has the vector
 * instructions. An engine finds malformed code when it validates a module; an instruction mistaken for another of the same type is
 * found by the tests of the kernels only.
 */

/** The global object of the engine; the types of Node 20 leave it out. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: { kernel: { memory: WasmMemory } },
  ) => { readonly exports: WasmFunctions };
};

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** Exported functions by name. */
export type WasmFunctions = Readonly<Record<string, (...args: number[]) => void>>;

type WasmModule = object;

/** One instruction, or several in their order. */
export type Code = readonly number[];

export type LocalType = 'i32' | 'v128';

/** A function without results whose parameters are of type i32; locals are numbered after them. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly locals: readonly LocalType[];
  readonly body: Code;
}

/** Of a number of type i32. */
export const INTEGER_BYTES = 4;
const PAGE_BYTES = 65_536;
const TYPES: Readonly<Record<LocalType, number>> = { i32: 0x7f, v128: 0x7b };
const END = 0x0b;
const NO_RESULT = 0x40;

/** An unsigned number in LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** A signed number of 32 bits in LEB128. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest < -0x40 || rest > 0x3f; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest & 0x7f);
  return bytes;
}

const vector = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
/** A memory access at a constant offset; alignment is a hint, given as that of a byte. */
const at = (opcode: Code, offset: number): Code => [...opcode, 0, ...unsigned(offset)];

export const code = (...parts: readonly Code[]): Code => parts.flat();

export const local = {
  get: (index: number): Code => [0x20, ...unsigned(index)],
  set: (index: number): Code => [0x21, ...unsigned(index)],
  tee: (index: number): Code => [0x22, ...unsigned(index)],
};

/** Numbers of parameters or locals by name, from `first` upwards. */
export function numbered<Name extends string>(names: readonly Name[], first = 0): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, i) => [name, first + i])) as Record<Name, number>;
}

/** A loop that runs once, and again whenever its last value, left by `condition`, is not 0. */
export const doWhile = (body: Code, condition: Code): Code => [
  0x03,
  NO_RESULT,
  ...body,
  ...condition,
  0x0d, // br_if, to the loop
  0,
  END,
];

/** Runs `body` where the value on the stack is not 0. */
export const ifNonZero = (body: Code): Code => [0x04, NO_RESULT, ...body, END];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: (offset = 0): Code => at([0x28], offset),
  store: (offset = 0): Code => at([0x36], offset),
  add: [0x6a],
  sub: [0x6b],
  mul: [0x6c],
  divU: [0x6e],
  and: [0x71],
  or: [0x72],
  shl: [0x74],
  shrU: [0x76],
  popcnt: [0x69],
  ne: [0x47],
  ltU: [0x49],
} as const;

/** Of the two values below the one on top, the first where that is not 0. */
export const select: Code = [0x1b];

export const v128 = {
  const: (bytes: readonly number[]): Code => [...vector(0x0c), ...bytes],
  zero: [...vector(0x0c), ...new Array<number>(16).fill(0)],
  load: (offset = 0): Code => at(vector(0x00), offset),
  load8Splat: (offset = 0): Code => at(vector(0x07), offset),
  load16Splat: (offset = 0): Code => at(vector(0x08), offset),
  store: (offset = 0): Code => at(vector(0x0b), offset),
  and: vector(0x4e),
  or: vector(0x50),
} as const;

export const i8x16 = {
  shuffle: (lanes: readonly number[]): Code => [...vector(0x0d), ...lanes],
  eq: vector(0x23),
  popcnt: vector(0x62),
  add: vector(0x6e),
  sub: vector(0x71),
} as const;

export const i16x8 = {
  splat: vector(0x10),
  /** Two vectors of four signed 32-bit integers 0 .. 65 535 as one of eight 16-bit integers. */
  narrowI32x4: vector(0x86),
  extendLowI8x16: vector(0x89),
  extendHighI8x16: vector(0x8a),
  add: vector(0x8e),
} as const;

export const i32x4 = {
  extractLane: (lane: number): Code => [...vector(0x1b), lane],
  extendLowI16x8: vector(0xa9),
  extendHighI16x8: vector(0xaa),
  extaddPairwiseI16x8: vector(0x7f),
  add: vector(0xae),
} as const;

export const f32x4 = {
  add: vector(0xe4),
  mul: vector(0xe6),
  convertI32x4: vector(0xfa),
} as const;

/** Zeroed memory of at least so many bytes, of a fixed size. */
export function wasmMemory(bytes: number): WasmMemory {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
}

/** A compiled set of functions that work on one memory; instances share the compiled code. */
export class WasmKernel {
  private readonly module: WasmModule;

  constructor(functions: readonly WasmFunction[]) {
    this.module = new WebAssembly.Module(moduleBytes(functions));
  }

  /** The functions by name, on this memory. */
  on(memory: WasmMemory): WasmFunctions {
    return new WebAssembly.Instance(this.module, { kernel: { memory } }).exports;
  }
}

function moduleBytes(functions: readonly WasmFunction[]): Uint8Array {
  const name = (text: string): number[] => [...unsigned(text.length), ...Buffer.from(text, 'ascii')];
  const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
  const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
  const section = (id: number, items: readonly (readonly number[])[]): number[] => [id, ...sized(list(items))];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, ...list(new Array(parameters).fill([TYPES.i32])), 0]),
    ),
    ...section(2, [[...name('kernel'), ...name('memory'), 0x02, 0x00, 1]]),
    ...section(
      3,
      functions.map((_, type) => unsigned(type)),
    ),
    ...section(
      7,
      functions.map((exported, index) => [...name(exported.name), 0x00, ...unsigned(index)]),
    ),
    ...section(
      10,
      functions.map(({ locals, body }) => sized([...list(locals.map((type) => [1, TYPES[type]])), ...body, END])),
    ),
  ]);
}
