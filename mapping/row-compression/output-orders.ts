/**
 * The outputs in the order in which they stand side by side: one order for all row blocks, or one for each. Their numbers
 * are stored beside the cells. Null: as in the matrix, with nothing to store.
 */
export type OutputOrders = readonly Int32Array[] | null;

/** The output at each place in a row block; null: as in the matrix. */
export function orderOfBlock(orders: OutputOrders, rowBlock: number): Int32Array | null {
  return orders === null ? null : orders[orders.length === 1 ? 0 : rowBlock]!;
}
