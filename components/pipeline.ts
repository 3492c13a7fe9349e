/** How much of a network is at work at once (docs/timing-model.md, "Pipelining"). */
export const PIPELINES = ['layer-barrier', 'image', 'window'] as const;
export type Pipeline = (typeof PIPELINES)[number];
