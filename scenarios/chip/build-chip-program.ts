import type { MachineConfig } from '../../components/machine.js';
import { meshOf } from '../../components/mesh.js';
import { FloorPlanError } from '../../mapping/floor-plan/floor-plan-error.js';
import { type FloorPlan, planFloor } from '../../mapping/floor-plan/plan-floor.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import type { Network } from '../../models/network.js';
import type { ExecutionConfig } from '../execution.js';
import { ScenarioError } from '../problem.js';
import { networkStages } from './network-stages.js';

/** What the chips execute, pass by pass, and how the layers were placed. */
export type ChipPlan = FloorPlan;

/**
 * Places a mapped network on the chips.
 *
 * @param programs OU programs of the matrix nodes, by name; cell levels are not read
 * @param images how many run
 * @throws ScenarioError where the network does not fit, with what would
 */
export function buildChipProgram(
  network: Network,
  programs: ReadonlyMap<string, OuProgram>,
  machine: MachineConfig,
  execution: ExecutionConfig,
  images: number,
): ChipPlan {
  const { tile, edram, pe } = machine;
  try {
    return planFloor(networkStages(network, programs), {
      images,
      mesh: meshOf(machine),
      crossbarsPerPe: pe.crossbars,
      tilePes: tile.pes,
      tileBytes: execution.pipeline === 'window' ? edram.bytes : Number.POSITIVE_INFINITY,
      wordBytes: activationBytes(programs),
      replication: execution.replication,
      replicas: execution.replicas,
      crossbarBudget: execution.crossbarBudget,
      placement: execution.placement,
      overflow: execution.overflow,
    });
  } catch (error) {
    if (!(error instanceof FloorPlanError)) throw error;
    throw new ScenarioError(error.problems.map((problem) => ({ ...problem, value: String(problem.value) })));
  }
}

/** Bytes of an activation in buffers and packets: whole bytes of the widest words that the mapping presents. */
export function activationBytes(programs: ReadonlyMap<string, OuProgram>): number {
  const bits = [...programs.values()].reduce((most, { inputBits }) => Math.max(most, inputBits), 1);
  return Math.ceil(bits / 8);
}
