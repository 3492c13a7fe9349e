import { adcCostProblem } from './adc-cost.js';
import type { Findings } from './findings.js';
import { shown } from './problem.js';
import type { ResolvedSettings } from './settings.js';

/** Checks that compare parameters of the machine and the mapping with each other. */
export function checkMachine(settings: ResolvedSettings, findings: Findings): void {
  checkOuInsideCrossbar(settings, findings);
  checkAdcCost(settings, findings);
  checkInstances(settings, findings);
  checkTiles(settings, findings);
}

/** Crossbars and ADCs of a PE that a result can list one by one. */
const MAX_INSTANCES = 200_000;

function checkInstances({ machine }: ResolvedSettings, findings: Findings): void {
  const { pe, adc } = machine;
  if (!findings.sound('machine.pe.crossbars', 'machine.adc.perPool', 'machine.adc.sharedBy')) return;
  const instances = pe.crossbars + Math.ceil(pe.crossbars / adc.sharedBy) * adc.perPool;
  if (instances <= MAX_INSTANCES) return;
  findings.report({
    path: 'machine.pe.crossbars',
    value: `${pe.crossbars}, which makes ${instances} crossbars and ADCs in a PE`,
    allowed: `at most ${MAX_INSTANCES} crossbars and ADCs in a PE`,
    hint: 'ADCs of a PE: crossbars / machine.adc.sharedBy, rounded up, times machine.adc.perPool',
  });
}

/** Tiles of a chip that a run can keep track of. */
const MAX_TILES = 100_000;

function checkTiles({ machine }: ResolvedSettings, findings: Findings): void {
  const { chip, router } = machine;
  if (!findings.sound('machine.chip.columns', 'machine.chip.rows', 'machine.router.tiles')) return;
  const tiles = chip.columns * chip.rows * router.tiles;
  if (tiles <= MAX_TILES) return;
  findings.report({
    path: 'machine.chip',
    value: `${chip.columns} x ${chip.rows} routers, which makes ${tiles} tiles`,
    allowed: `at most ${MAX_TILES} tiles on a chip`,
    hint: 'tiles of a chip: machine.chip.columns x machine.chip.rows x machine.router.tiles',
  });
}

function checkOuInsideCrossbar({ machine, origins }: ResolvedSettings, findings: Findings): void {
  for (const side of ['wordlines', 'bitlines'] as const) {
    const path = `machine.ou.${side}`;
    const crossbarPath = `machine.crossbar.${side}`;
    if (!findings.sound(path, crossbarPath) || machine.ou[side] <= machine.crossbar[side]) continue;
    findings.report({
      path,
      value: String(machine.ou[side]),
      allowed: `at most the crossbar's ${machine.crossbar[side]} ${side}`,
      hint: `${path} comes from the ${origins.get(path)!.from}, ${crossbarPath} from the ${origins.get(crossbarPath)!.from}`,
    });
  }
}

function checkAdcCost({ machine, origins }: ResolvedSettings, findings: Findings): void {
  if (!findings.sound('machine.adc.costLaw')) return;
  const { bits, costLaw } = machine.adc;
  const problem = findings.sound('machine.adc.bits') ? adcCostProblem(costLaw, bits) : null;
  if (problem !== null) findings.report(problem);
  if (costLaw === 'fixed') return;
  for (const name of ['conversionEnergy_pJ', 'area_um2'] as const) {
    const path = `machine.adc.${name}`;
    const { value, from } = origins.get(path)!;
    if (from === 'default' || from === 'preset' || !findings.sound(path)) continue;
    findings.report({
      path,
      value: shown(value),
      allowed: `left out with machine.adc.costLaw ${costLaw}, which computes it`,
      hint: 'set machine.adc.costLaw to fixed to use it',
    });
  }
}
