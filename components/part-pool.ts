import type { Part } from '../mapping/chip-program.js';
import type { Actor } from '../sim/kernel.js';
import type { ServerClient } from '../sim/resources/fifo-server.js';
import type { ChipContext } from './chip-context.js';
import { FETCH, rankOf } from './chip-rank.js';
import type { FetchTarget } from './part-fetch.js';
import type { PartHome } from './part-home.js';
import { SETTLE } from './pe-phases.js';
import { cyclesFor, type TileServices } from './tile-services.js';

/** The windows of a stage without a matrix product in the pooling unit of their tile: rule 8 of docs/timing-model.md. */
export class PartPool implements FetchTarget, ServerClient, Actor {
  readonly path: string;
  readonly registerRoom = Number.POSITIVE_INFINITY;
  private next = 0;

  constructor(
    private readonly chip: ChipContext,
    private readonly part: Part,
    private readonly tile: TileServices,
    private readonly home: PartHome,
  ) {
    this.path = `Chip.Tile[${part.tile}].Part[${part.index}].Pool`;
  }

  get outputRoom(): number {
    return this.home.sentWindows + this.chip.machine.tileOutputRegister.windows;
  }

  fetched(): void {
    const { kernel, machine, scheduled, counts } = this.chip;
    const { vectorValues, index } = this.part;
    counts.pooledValues += vectorValues;
    const cycles = vectorValues === 0 ? 0 : cyclesFor(vectorValues, machine.pooling.valuesPerCycle);
    if (scheduled) {
      if (cycles > 0) this.tile.pooling.countScheduled(cycles);
      kernel.post(machine.tile.stageCycles, this, 0, 0, SETTLE);
    } else if (cycles > 0) this.tile.pooling.request(rankOf(index, FETCH, 0), cycles, this, 0);
    else this.on();
  }

  served(): void {
    this.on();
  }

  on(): void {
    this.home.pooled(this.next++);
  }
}
