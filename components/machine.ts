import { activationUnitDeclaration } from './activation-unit.js';
import { adcDeclaration } from './adc.js';
import { chipDeclaration } from './chip.js';
import { crossbarDeclaration } from './crossbar.js';
import type { ComponentDeclaration, ValuesOf } from './declaration.js';
import { edramDeclaration } from './edram.js';
import { indexDecoderDeclaration } from './index-decoder.js';
import { inputRegisterDeclaration } from './input-register.js';
import { offChipPortDeclaration } from './off-chip-port.js';
import { operationUnitDeclaration } from './operation-unit.js';
import { outputRegisterDeclaration } from './output-register.js';
import { peDeclaration } from './pe.js';
import { poolingUnitDeclaration } from './pooling-unit.js';
import { routerDeclaration } from './router.js';
import { sampleAndHoldDeclaration } from './sample-and-hold.js';
import { shiftAndAddDeclaration } from './shift-and-add.js';
import { sparsityDetectorDeclaration } from './sparsity-detector.js';
import { tileDeclaration } from './tile.js';
import { tileBusDeclaration } from './tile-bus.js';
import { tileOutputRegisterDeclaration } from './tile-output-register.js';
import { tileShiftAndAddDeclaration } from './tile-shift-and-add.js';
import { wordlineDriverDeclaration } from './wordline-driver.js';

/** Every component of the machine, in the order in which `ousim explain` shows them. */
export const COMPONENTS = [
  peDeclaration,
  crossbarDeclaration,
  operationUnitDeclaration,
  wordlineDriverDeclaration,
  sampleAndHoldDeclaration,
  adcDeclaration,
  shiftAndAddDeclaration,
  sparsityDetectorDeclaration,
  indexDecoderDeclaration,
  inputRegisterDeclaration,
  outputRegisterDeclaration,
  tileDeclaration,
  edramDeclaration,
  tileBusDeclaration,
  tileShiftAndAddDeclaration,
  activationUnitDeclaration,
  poolingUnitDeclaration,
  tileOutputRegisterDeclaration,
  routerDeclaration,
  offChipPortDeclaration,
  chipDeclaration,
] as const satisfies readonly ComponentDeclaration[];

/** A machine with every parameter resolved; durations are whole cycles of the root clock. */
export interface MachineConfig {
  rootClock_GHz: number;
  pe: ValuesOf<typeof peDeclaration>;
  crossbar: ValuesOf<typeof crossbarDeclaration>;
  ou: ValuesOf<typeof operationUnitDeclaration>;
  input: ValuesOf<typeof wordlineDriverDeclaration>;
  sampleHold: ValuesOf<typeof sampleAndHoldDeclaration>;
  adc: ValuesOf<typeof adcDeclaration>;
  shiftAdd: ValuesOf<typeof shiftAndAddDeclaration>;
  detector: ValuesOf<typeof sparsityDetectorDeclaration>;
  indexDecoder: ValuesOf<typeof indexDecoderDeclaration>;
  inputRegister: ValuesOf<typeof inputRegisterDeclaration>;
  outputRegister: ValuesOf<typeof outputRegisterDeclaration>;
  tile: ValuesOf<typeof tileDeclaration>;
  edram: ValuesOf<typeof edramDeclaration>;
  bus: ValuesOf<typeof tileBusDeclaration>;
  tileShiftAdd: ValuesOf<typeof tileShiftAndAddDeclaration>;
  activation: ValuesOf<typeof activationUnitDeclaration>;
  pooling: ValuesOf<typeof poolingUnitDeclaration>;
  tileOutputRegister: ValuesOf<typeof tileOutputRegisterDeclaration>;
  router: ValuesOf<typeof routerDeclaration>;
  offChip: ValuesOf<typeof offChipPortDeclaration>;
  chip: ValuesOf<typeof chipDeclaration>;
}

/** Paths of the parameters that only a whole chip reads, `edram.bytes`: a single PE has no such parts. */
export const CHIP_ONLY: ReadonlySet<string> = new Set(
  (COMPONENTS as readonly ComponentDeclaration[]).flatMap(({ key, scope, parameters }) =>
    Object.entries(parameters).flatMap(([name, parameter]) =>
      scope === 'chip' || parameter.scope === 'chip' ? [`${key}.${name}`] : [],
    ),
  ),
);

/** The machine that the declared defaults make, at 1 GHz. */
export function defaultMachine(): MachineConfig {
  const sections = COMPONENTS.map(({ key, parameters }) => [
    key,
    Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter.default])),
  ]);
  return { rootClock_GHz: 1, ...Object.fromEntries(sections) } as MachineConfig;
}
