import type { StageInput } from '../../mapping/chip-program.js';

/** A map of h x w pixels of c channels. */
export interface MapShape {
  h: number;
  w: number;
  c: number;
}

/** A square kernel that slides over a map; `pad` < `k`, so that every window touches the map. */
export interface Sliding {
  k: number;
  stride: number;
  pad: number;
}

export function slideOver({ h, w }: MapShape, { k, stride, pad }: Sliding): { h: number; w: number } {
  const size = (length: number) => Math.floor((length + 2 * pad - k) / stride) + 1;
  return { h: size(h), w: size(w) };
}

/** Pixels of the map that each window covers; row by row. */
function pixelsOfWindows(map: MapShape, sliding: Sliding): number[][] {
  const out = slideOver(map, sliding);
  const windows: number[][] = [];
  for (let y = 0; y < out.h; y++) {
    for (let x = 0; x < out.w; x++) {
      const pixels: number[] = [];
      for (let dy = 0; dy < sliding.k; dy++) {
        for (let dx = 0; dx < sliding.k; dx++) {
          const row = y * sliding.stride + dy - sliding.pad;
          const column = x * sliding.stride + dx - sliding.pad;
          if (row >= 0 && row < map.h && column >= 0 && column < map.w) pixels.push(row * map.w + column);
        }
      }
      windows.push(pixels);
    }
  }
  return windows;
}

/** `needs` and `keeps` of the windows of a kernel: up to the last pixel, from the first that this or a later one covers. */
export function needsOf(map: MapShape, sliding: Sliding): Pick<StageInput, 'needs' | 'keeps'> {
  const windows = pixelsOfWindows(map, sliding);
  const needs = windows.map((_, w) => 1 + Math.max(...windows.slice(0, w + 1).flat()));
  const keeps = windows.map((_, w) => Math.min(...windows.slice(w).flat()));
  return { needs: Int32Array.from(needs), keeps: Int32Array.from(keeps) };
}

/** The stages as far as standstills are concerned. */
export interface Reading {
  inputs: readonly StageInput[];
  windows: number;
}

/** Pixels of `producer` that must have been sent for window w of a stage to be finished, over all ways. */
function required(stages: readonly Reading[], stage: number, w: number, producer: number): number {
  let most = 0;
  for (const input of stages[stage].inputs) {
    const needs = input.needs[w];
    if (input.producer === producer) most = Math.max(most, needs);
    else if (needs > 0 && input.producer > producer) {
      most = Math.max(most, required(stages, input.producer, needs - 1, producer));
    }
  }
  return most;
}

/**
 * Pixels that a buffer must hold so that no standstill is possible: for every window of the stage, all pixels that its
 * producer can make of what must have been sent, by any stage before, for that window to be finished. Then the producer can
 * get rid of what it makes, and in its own buffers there is only what its next window needs.
 */
export function leastPixels(stages: readonly Reading[], stage: number, { producer, keeps }: StageInput): number {
  let least = 0;
  for (let w = 0; w < stages[stage].windows; w++) {
    let last = required(stages, stage, w, producer);
    for (let ancestor = 0; ancestor < producer; ancestor++) {
      const sent = required(stages, stage, w, ancestor);
      let able = last;
      while (able < stages[producer].windows && required(stages, producer, able, ancestor) <= sent) {
        // A producer that does not read the ancestor is not driven by it.
        if (required(stages, producer, able, ancestor) === 0) break;
        able += 1;
      }
      last = Math.max(last, able);
    }
    least = Math.max(least, last - keeps[w]);
  }
  return least;
}
