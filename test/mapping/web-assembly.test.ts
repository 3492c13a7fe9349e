import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Code,
  code,
  doWhile,
  f32x4,
  i8x16,
  i16x8,
  i32,
  i32x4,
  ifNonZero,
  local,
  select,
  v128,
  WasmKernel,
  wasmMemory,
} from '../../mapping/window-work/web-assembly.js';

/** Each instruction against the same in JavaScript: validation would not notice one mistaken for another of its type. */

const SEED = 20261121;
const RESULT = 512;
const FIRST = 0;
const SECOND = 16;

/** Memory after a function with parameter 0 = 0 has run; `bytes` stand at its beginning. */
function memoryAfter(body: Code, bytes: readonly number[] = []): ArrayBuffer {
  const memory = wasmMemory(1024);
  new Uint8Array(memory.buffer).set(bytes);
  const kernel = new WasmKernel([{ name: 'run', parameters: 1, locals: ['i32'], body }]).on(memory);
  kernel['run']!(0);
  return memory.buffer;
}

const integerOf = (...value: readonly Code[]): number =>
  new Int32Array(memoryAfter(code(i32.const(RESULT), ...value, i32.store())), RESULT, 1)[0]!;

/** What an instruction makes of two vectors, the first below the second on the stack. */
function vectorOf(instruction: Code, bytes: readonly number[], operands: 1 | 2): ArrayBuffer {
  const second = operands === 2 ? code(local.get(0), v128.load(SECOND)) : [];
  const body = code(i32.const(RESULT), local.get(0), v128.load(FIRST), second, instruction, v128.store());
  return memoryAfter(body, bytes).slice(RESULT, RESULT + 16);
}

const integers = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const vectors = fc.array(fc.nat(255), { minLength: 32, maxLength: 32 });
const check = <T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, predicate), { seed: SEED, numRuns: 60 });

describe('numbers', () => {
  it.each([0, 63, 64, -64, -65, 127, 128, -128, -129, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31), -1])(
    'the constant %i',
    (value) => {
      expect(integerOf(i32.const(value))).toBe(value);
    },
  );

  it.each([0, 127, 128, 300])('what stands at offset %i', (offset) => {
    const bytes = Array.from({ length: 400 }, (_, i) => (i * 7) % 256);
    const expected = new DataView(Uint8Array.from(bytes).buffer).getInt32(offset, true);
    const body = code(i32.const(RESULT), local.get(0), i32.load(offset), i32.store());
    expect(new Int32Array(memoryAfter(body, bytes), RESULT, 1)[0]).toBe(expected);
  });

  const binary: [string, Code, (a: number, b: number) => number][] = [
    ['add', i32.add, (a, b) => (a + b) | 0],
    ['sub', i32.sub, (a, b) => (a - b) | 0],
    ['mul', i32.mul, (a, b) => Math.imul(a, b)],
    ['divU', i32.divU, (a, b) => Math.floor((a >>> 0) / (b >>> 0)) | 0],
    ['and', i32.and, (a, b) => a & b],
    ['or', i32.or, (a, b) => a | b],
    ['shl', i32.shl, (a, b) => a << b],
    ['shrU', i32.shrU, (a, b) => (a >>> b) | 0],
    ['ne', i32.ne, (a, b) => Number(a !== b)],
    ['ltU', i32.ltU, (a, b) => Number(a >>> 0 < b >>> 0)],
  ];
  it.each(binary)('%s', (_, instruction, expected) => {
    check(fc.tuple(integers, fc.oneof(integers, fc.integer({ min: 1, max: 40 }))), ([a, b]) => {
      fc.pre(b !== 0);
      expect(integerOf(i32.const(a), i32.const(b), instruction)).toBe(expected(a, b));
    });
  });

  it('popcnt, select, ifNonZero and doWhile', () => {
    check(integers, (a) => {
      const ones = [...(a >>> 0).toString(2)].filter((bit) => bit === '1').length;
      expect(integerOf(i32.const(a), i32.popcnt)).toBe(ones);
      expect(integerOf(i32.const(5), i32.const(6), i32.const(a), select)).toBe(a === 0 ? 6 : 5);
    });
    for (const [value, result] of [
      [0, 0],
      [3, 9],
    ] as const) {
      const store = code(i32.const(RESULT), i32.const(9), i32.store());
      expect(new Int32Array(memoryAfter(code(i32.const(value), ifNonZero(store))), RESULT, 1)[0]).toBe(result);
    }
    // Local 1 counts up to 1000.
    const count = code(local.get(1), i32.const(1), i32.add, local.tee(1), i32.const(1000), i32.ne);
    const body = code(doWhile([], count), i32.const(RESULT), local.get(1), i32.store());
    expect(new Int32Array(memoryAfter(body), RESULT, 1)[0]).toBe(1000);
  });
});

describe('vectors', () => {
  const lanes = [3, 17, 0, 31, 15, 16, 8, 8, 30, 1, 2, 20, 21, 22, 4, 5];
  const ones = (byte: number) => [...byte.toString(2)].filter((bit) => bit === '1').length;
  /** The instruction, its operands, and the same on the operands' bytes. */
  const cases: [string, Code, 1 | 2, (a: Uint8Array, b: Uint8Array) => ArrayBufferView][] = [
    ['and', v128.and, 2, (a, b) => a.map((byte, i) => byte & b[i]!)],
    ['or', v128.or, 2, (a, b) => a.map((byte, i) => byte | b[i]!)],
    ['i8x16.shuffle', i8x16.shuffle(lanes), 2, (a, b) => Uint8Array.from(lanes, (lane) => [...a, ...b][lane]!)],
    ['i8x16.eq', i8x16.eq, 2, (a, b) => a.map((byte, i) => (byte === b[i] ? 255 : 0))],
    ['i8x16.popcnt', i8x16.popcnt, 1, (a) => a.map(ones)],
    ['i8x16.add', i8x16.add, 2, (a, b) => a.map((byte, i) => byte + b[i]!)],
    ['i8x16.sub', i8x16.sub, 2, (a, b) => a.map((byte, i) => byte - b[i]!)],
    ['i16x8.add', i16x8.add, 2, (a, b) => words(a).map((word, i) => word + words(b)[i]!)],
    ['i16x8.extendLowI8x16', i16x8.extendLowI8x16, 1, (a) => Uint16Array.from(a.subarray(0, 8))],
    ['i16x8.extendHighI8x16', i16x8.extendHighI8x16, 1, (a) => Uint16Array.from(a.subarray(8))],
    ['i32x4.extendLowI16x8', i32x4.extendLowI16x8, 1, (a) => Uint32Array.from(words(a).subarray(0, 4))],
    ['i32x4.extendHighI16x8', i32x4.extendHighI16x8, 1, (a) => Uint32Array.from(words(a).subarray(4))],
    [
      'i32x4.extaddPairwiseI16x8',
      i32x4.extaddPairwiseI16x8,
      1,
      (a) => Uint32Array.from([0, 2, 4, 6], (i) => words(a)[i]! + words(a)[i + 1]!),
    ],
    ['i32x4.add', i32x4.add, 2, (a, b) => signed(a).map((value, i) => value + signed(b)[i]!)],
    ['f32x4.convertI32x4', f32x4.convertI32x4, 1, (a) => Float32Array.from(signed(a))],
  ];
  const words = (bytes: Uint8Array) => new Uint16Array(bytes.slice().buffer);
  const signed = (bytes: Uint8Array) => new Int32Array(bytes.slice().buffer);

  it.each(cases)('%s', (_, instruction, operands, expected) => {
    check(vectors, (bytes) => {
      // Some equal bytes, so that equality is met.
      const given = bytes.map((byte, i) => (i % 5 === 0 ? 200 : byte));
      const [a, b] = [Uint8Array.from(given.slice(0, 16)), Uint8Array.from(given.slice(16))];
      const { buffer } = expected(a, b);
      expect([...new Uint8Array(vectorOf(instruction, given, operands))]).toEqual([...new Uint8Array(buffer)]);
    });
  });

  it('f32x4.add and mul', () => {
    check(fc.array(fc.integer({ min: -999, max: 999 }), { minLength: 8, maxLength: 8 }), (values) => {
      const bytes = [...new Uint8Array(Float32Array.from(values).buffer)];
      const [a, b] = [values.slice(0, 4), values.slice(4)];
      expect([...new Float32Array(vectorOf(f32x4.add, bytes, 2))]).toEqual(a.map((value, i) => value + b[i]!));
      const products = a.map((value, i) => value * b[i]! + 0);
      expect([...new Float32Array(vectorOf(f32x4.mul, bytes, 2))].map((value) => value + 0)).toEqual(products);
    });
  });

  it('i16x8.narrowI32x4 of 0 .. 65 535', () => {
    check(fc.array(fc.oneof(fc.nat(65_535), fc.constant(65_535)), { minLength: 8, maxLength: 8 }), (values) => {
      const bytes = [...new Uint8Array(Int32Array.from(values).buffer)];
      expect([...new Uint16Array(vectorOf(i16x8.narrowI32x4, bytes, 2))]).toEqual(values);
    });
  });

  it('constants, splats and lanes', () => {
    const bytes = Array.from({ length: 16 }, (_, i) => 250 - 13 * i);
    const store = (value: Code) =>
      memoryAfter(code(i32.const(RESULT), value, v128.store()), bytes).slice(RESULT, RESULT + 16);
    expect([...new Uint8Array(store(v128.const(bytes)))]).toEqual(bytes);
    expect([...new Uint8Array(store(v128.zero))]).toEqual(new Array(16).fill(0));
    expect([...new Uint8Array(store(code(local.get(0), v128.load8Splat(3))))]).toEqual(new Array(16).fill(bytes[3]));
    const word = bytes[2]! + 256 * bytes[3]!;
    expect([...new Uint16Array(store(code(local.get(0), v128.load16Splat(2))))]).toEqual(new Array(8).fill(word));
    expect([...new Uint16Array(store(code(i32.const(70_001), i16x8.splat)))]).toEqual(
      new Array(8).fill(70_001 - 65_536),
    );
    for (const lane of [0, 1, 2, 3]) {
      const expected = new Int32Array(Uint8Array.from(bytes).buffer)[lane];
      expect(integerOf(v128.const(bytes), i32x4.extractLane(lane))).toBe(expected);
    }
  });
});
