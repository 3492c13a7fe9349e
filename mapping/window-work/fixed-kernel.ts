import { addBytes, advance, BIT_OF_PLANE, BYTE_OF_PLANE, below, lowerTo, storeCounts } from './counting-kernel.js';
import {
  type Code,
  code,
  doWhile,
  INTEGER_BYTES,
  i8x16,
  i16x8,
  i32,
  ifNonZero,
  local,
  numbered,
  v128,
  type WasmFunction,
} from './web-assembly.js';

/** Batches that a byte can count before it has to be read. */
const BATCHES_PER_BYTE_COUNT = 255;

/**
 * countFixed(itemEnds, itemEndsEnd, item, presented, operations, batchBytes), for one list after the other: writes the
 * operations of 16 planes: the batches of which they drive a row. An item is the byte offset of a row of the list from
 * `presented`, which addresses 16 of the 32 bits of the first presented row; `itemEnds` has the address of the end of each
 * list's items, and a full batch takes `batchBytes` of them. At least one list.
 *
 * countFixedLists(.., performed, rows, driven, nonZeroBatches): writes what `ListWork` says of each list as well, of all 32
 * planes; `presented` addresses the lower 16 bits.
 */
export function countFixedFunction(withLists: boolean): WasmFunction {
  const plain = ['ends', 'endsEnd', 'item', 'presented', 'operations', 'batchBytes'] as const;
  const ofLists = ['performedAt', 'rowsAt', 'drivenAt', 'nonZeroAt'] as const;
  const parameters = plain.length + (withLists ? ofLists.length : 0);
  const integers = [
    'end',
    'blockEnd',
    'batchEnd',
    'row',
    'any',
    'size',
    'performed',
    'rows',
    'driven',
    'nonZero',
  ] as const;
  const { ends, endsEnd, item, presented, operations, batchBytes } = numbered(plain);
  const { performedAt, rowsAt, drivenAt, nonZeroAt } = numbered(ofLists, plain.length);
  const { end, blockEnd, batchEnd, row, any, size, performed, rows, driven, nonZero } = numbered(integers, parameters);
  const { bytes, low, high } = numbered(['bytes', 'low', 'high'], parameters + integers.length);

  const add = (to: number, value: Code): Code => code(local.get(to), value, i32.add, local.set(to));
  const clear = (...sums: number[]): Code => code(...sums.map((sum) => code(i32.const(0), local.set(sum))));
  const store = (address: number, value: number): Code =>
    code(local.get(address), local.get(value), i32.store(), advance(address, INTEGER_BYTES));

  const addRow = code(
    code(local.get(item), i32.load(), local.get(presented), i32.add, i32.load(), local.tee(row)),
    code(local.get(any), i32.or, local.set(any)),
    withLists ? add(driven, code(local.get(row), i32.popcnt)) : [],
    advance(item, INTEGER_BYTES),
  );
  const addBatchToLists = code(
    add(performed, code(local.get(any), i32.popcnt)),
    add(rows, code(local.get(any), i32.popcnt, local.get(size), i32.const(2), i32.shrU, i32.mul)),
    add(nonZero, code(local.get(any), i32.const(0), i32.ne)),
  );
  const anyWord = code(local.get(any), i16x8.splat);
  const addBatch = code(
    code(local.get(item), local.get(batchBytes), i32.add, local.set(batchEnd), lowerTo(batchEnd, blockEnd)),
    withLists ? code(local.get(batchEnd), local.get(item), i32.sub, local.set(size)) : [],
    clear(any),
    doWhile(addRow, below(item, batchEnd)),
    // The byte of a plane becomes -1 where it drives a row of the batch, and is subtracted.
    code(local.get(bytes), anyWord, anyWord, i8x16.shuffle(BYTE_OF_PLANE), v128.const(BIT_OF_PLANE), v128.and),
    code(v128.const(BIT_OF_PLANE), i8x16.eq, i8x16.sub, local.set(bytes)),
    withLists ? addBatchToLists : [],
  );
  const addBlock = code(
    code(v128.zero, local.set(bytes)),
    code(local.get(batchBytes), i32.const(BATCHES_PER_BYTE_COUNT), i32.mul, local.get(item), i32.add),
    code(local.set(blockEnd), lowerTo(blockEnd, end)),
    doWhile(addBatch, below(item, blockEnd)),
    addBytes(bytes, low, high),
  );
  const storeLists = code(
    store(performedAt, performed),
    store(rowsAt, rows),
    store(drivenAt, driven),
    store(nonZeroAt, nonZero),
  );
  const countList = code(
    code(v128.zero, local.set(low), v128.zero, local.set(high)),
    withLists ? clear(performed, rows, driven, nonZero) : [],
    code(local.get(ends), i32.load(), local.set(end)),
    code(below(item, end), ifNonZero(doWhile(addBlock, below(item, end)))),
    withLists ? storeLists : [],
    storeCounts(operations, low, high),
    advance(ends, INTEGER_BYTES),
  );
  return {
    name: withLists ? 'countFixedLists' : 'countFixed',
    parameters,
    locals: [...integers.map(() => 'i32' as const), 'v128', 'v128', 'v128'],
    body: doWhile(countList, below(ends, endsEnd)),
  };
}
