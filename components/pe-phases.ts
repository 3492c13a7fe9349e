/** The phases of a cycle: what ends at t is settled before what starts at t (docs/timing-model.md). */
export const PE_PHASES = ['settle', 'accept', 'arbitrate', 'start'] as const;

/** Reads, conversions and plane scans end. */
export const SETTLE = 0;
/** Shift-and-add units accept codes; input registers release and load windows. */
export const ACCEPT = 1;
/** Pools begin conversions. */
export const ARBITRATE = 2;
/** Crossbars begin reads. */
export const START = 3;
