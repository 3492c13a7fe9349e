/** How much of a run a trace shows; each level shows what the one before shows, and more. */
export const TRACE_LEVELS = ['window', 'operation', 'sample'] as const;
export type TraceLevel = (typeof TRACE_LEVELS)[number];

const ADC = /(?:^|\.)AdcPool\[\d+\]\.Adc\[\d+\]$/;
const POOL = /(?:^|\.)AdcPool\[\d+\]$/;
const CROSSBAR = /(?:^|\.)Crossbar\[\d+\]$/;

/** The level from which on the instance at `path` has a track: ADCs and pools `sample`, crossbars `operation`. */
function levelOf(path: string): TraceLevel {
  if (ADC.test(path) || POOL.test(path)) return 'sample';
  return CROSSBAR.test(path) ? 'operation' : 'window';
}

/** Whether a trace of that level shows the instance at `path`. */
export function showsInstance(level: TraceLevel, path: string): boolean {
  return TRACE_LEVELS.indexOf(levelOf(path)) <= TRACE_LEVELS.indexOf(level);
}

/**
 * Whether the spans of the instance cover all of its time that is not idle, also where it has none at all: crossbars and
 * ADCs. A tile's servers do so only where they have spans: in a run in lockstep they follow a schedule and report none.
 */
export function reportsAllWork(path: string): boolean {
  return CROSSBAR.test(path) || ADC.test(path);
}

export function isTraceLevel(name: unknown): name is TraceLevel {
  return TRACE_LEVELS.some((level) => level === name);
}
