/** Steps of a window in the order in which they are served in a cycle (docs/timing-model.md, "Servers"). */
export const FETCH = 0;
export const MERGE = 1;
export const GATHER = 2;
export const ACTIVATE = 3;
export const SEND = 4;
export const WRITE = 5;

const STEPS = 8;
const ITEMS = 2 ** 24;
/** Sending parts below one input of a write. */
export const WRITE_ITEMS = 2 ** 20;

/** Order among the requests of a cycle: by part, step, item. */
export function rankOf(part: number, step: number, item: number): number {
  return (part * STEPS + step) * ITEMS + item;
}
