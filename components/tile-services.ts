import type { Kernel } from '../sim/kernel.js';
import { FifoServer } from '../sim/resources/fifo-server.js';
import type { TraceSink } from '../sim/trace/trace.js';
import type { ServerUse, TileStatistics } from './chip-statistics.js';
import type { MachineConfig } from './machine.js';
import { SETTLE, START } from './pe-phases.js';

const PHASES = { settle: SETTLE, start: START };

/** What moves and computes in a tile beside its PEs: the banks of its eDRAM, its bus and its digital units. */
export class TileServices {
  readonly banks: readonly FifoServer[];
  readonly bus: FifoServer;
  readonly shiftAdd: FifoServer;
  readonly activation: FifoServer;
  readonly pooling: FifoServer;
  /** Parts that the tile holds so far; each takes the next bank. */
  private parts = 0;

  constructor(
    kernel: Kernel,
    machine: MachineConfig,
    readonly tile: number,
    trace: TraceSink | null,
  ) {
    const path = `Chip.Tile[${tile}]`;
    const server = (name: string, span: string) => new FifoServer(kernel, `${path}.${name}`, PHASES, trace, span);
    this.banks = Array.from({ length: machine.edram.banks }, (_, bank) => server(`Edram.Bank[${bank}]`, 'access'));
    this.bus = server('Bus', 'transfer');
    this.shiftAdd = server('ShiftAdd', 'add');
    this.activation = server('Activation', 'activate');
    this.pooling = server('Pooling', 'pool');
  }

  /** The bank of the next part, in the order of parts. */
  nextBank(): FifoServer {
    return this.banks[this.parts++ % this.banks.length]!;
  }

  get statistics(): TileStatistics {
    return {
      tile: this.tile,
      banks: this.banks.map(useOf),
      bus: useOf(this.bus),
      shiftAdd: useOf(this.shiftAdd),
      activation: useOf(this.activation),
      pooling: useOf(this.pooling),
    };
  }
}

export function useOf({ busy, requests, wait, waitMax }: FifoServer): ServerUse {
  return { busy, requests, wait, waitMax };
}

/** Cycles that `amount` takes at `perCycle`; 0 of nothing. */
export function cyclesFor(amount: number, perCycle: number): number {
  return Math.ceil(amount / perCycle);
}
