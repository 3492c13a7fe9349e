/** Whether it is a cycle, or a number of what else is counted from 0. */
export function isCycle(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
