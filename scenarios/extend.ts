import { type Draft, produce } from 'immer';

/**
 * A new configuration that differs from `base` as the recipe says: `extend(machine, draft => { draft.adc.perPool = 4 })`.
 * `base` stays as it is, and what the recipe does not touch is shared, so that the points of a sweep cost little.
 */
export function extend<T>(base: T, recipe: (draft: Draft<T>) => void): T {
  return produce(base, (draft) => {
    recipe(draft);
  });
}
