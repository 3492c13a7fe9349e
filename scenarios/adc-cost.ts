import type { MachineConfig } from '../components/machine.js';
import { listed, type Problem, ScenarioError } from './problem.js';

/** How energy and area of an ADC follow from its resolution (`machine.adc.costLaw`). */
export type AdcCostLaw = MachineConfig['adc']['costLaw'];

export interface AdcCost {
  /** Energy of one conversion. */
  readonly energy_pJ: number;
  /** Area of one ADC. */
  readonly area_um2: number;
  readonly source: string;
  /** What of it no source gives. */
  readonly assumed?: string;
}

/** Price and area that a user gives for law `fixed`. */
export interface FixedAdcCost {
  readonly conversionEnergy_pJ: number;
  readonly area_um2: number;
}

interface LawRule {
  readonly doc: string;
  /** Resolutions that the law covers, as a message shows them. */
  readonly resolutions: string;
  readonly covers: (bits: number) => boolean;
  readonly cost: (bits: number, rate_GSps: number, fixed: FixedAdcCost) => AdcCost;
}

/** Published resolutions of a law that is a table. */
function tabulated<Row>(table: ReadonlyMap<number, Row>, doc: string, cost: (row: Row) => AdcCost): LawRule {
  return {
    doc,
    resolutions: listed([...table.keys()].map(String)),
    covers: (bits) => table.has(bits),
    cost: (bits) => cost(table.get(bits)!),
  };
}

// ISAAC Table I: 8 bits, 2 mW, 1200 um2. The table prints 1.2 GS/s (1.667 pJ); 128 conversions in 100 ns, which its
// power sums rest on, are 1.28 GS/s (1.5625 pJ).
const ISAAC_ADC = { bits: 8, power_mW: 2, area_um2: 1200, slowest_GSps: 1.2, fastest_GSps: 1.28 };

/**
 * PP_sim and SRE: ISAAC's 2 mW scaled by 2^bits / (bits + 1), so 4 bits 0.225 mW, 6 bits 0.643 mW.
 * Within the two rates that ISAAC gives for the same power the energy is power / rate; beyond them the energy of a
 * conversion stays as it is (a slower ADC rests between conversions and draws nothing).
 */
function powerOfTwo(bits: number, rate_GSps: number): AdcCost {
  const factor = (resolution: number) => 2 ** resolution / (resolution + 1);
  const power_mW = (ISAAC_ADC.power_mW * factor(bits)) / factor(ISAAC_ADC.bits);
  const publishedRate_GSps = Math.min(Math.max(rate_GSps, ISAAC_ADC.slowest_GSps), ISAAC_ADC.fastest_GSps);
  const notes: string[] = [];
  if (bits !== ISAAC_ADC.bits) notes.push(`the area of ISAAC's 8-bit ADC is kept for ${bits} bits`);
  if (rate_GSps < ISAAC_ADC.slowest_GSps) notes.push('an ADC slower than 1.2 GS/s draws nothing between conversions');
  if (rate_GSps > ISAAC_ADC.fastest_GSps) notes.push('an ADC faster than 1.28 GS/s needs no more energy a conversion');
  return {
    energy_pJ: power_mW / publishedRate_GSps,
    area_um2: ISAAC_ADC.area_um2,
    source: 'ISAAC Table I (8 bits: 2 mW, 1200 um2), power scaled by 2^bits / (bits + 1) as in PP_sim and SRE',
    ...(notes.length === 0 ? {} : { assumed: notes.join('; ') }),
  };
}

/** hwcomponents-library, ISAAC's ADC under Saberi's scaling: a linear part and an exponential capacitive DAC; 1.2 GS/s. */
const SABERI = new Map([
  [4, { energy_pJ: 0.79, area_um2: 361 }],
  [5, { energy_pJ: 0.99, area_um2: 477 }],
  [6, { energy_pJ: 1.2, area_um2: 627 }],
  [7, { energy_pJ: 1.42, area_um2: 845 }],
  [8, { energy_pJ: 1.67, area_um2: 1200 }],
  [9, { energy_pJ: 1.97, area_um2: 1828 }],
  [10, { energy_pJ: 2.38, area_um2: 3002 }],
]);

/** MNSIM 2.0, Hardware_Model/ADC.py: published ADCs. For 8 bits the one that MNSIM takes from ISAAC. */
const SURVEY = new Map([
  [1, { rate_GSps: 1, power_mW: 1.6e-3, area_um2: 1 }],
  [4, { rate_GSps: 1, power_mW: 0.7, area_um2: 500 }],
  [6, { rate_GSps: 1, power_mW: 1.26, area_um2: 580 }],
  [8, { rate_GSps: 1.28, power_mW: 2, area_um2: 1200 }],
  [10, { rate_GSps: 1.5, power_mW: 6.92, area_um2: 1600 }],
]);

const ACCELERGY_NODE_NM = 32;

/**
 * Accelergy/CiMLoop ADC plug-in (arXiv 2404.06553): a fit to Murmann's survey of ADCs, its optimistic envelope, here at
 * 32 nm, the node of ISAAC's table.
 */
function accelergy(bits: number, rate_GSps: number): AdcCost {
  const rate_Hz = rate_GSps * 1e9;
  const sndr_dB = 6.0206 * bits + 1.761;
  const schreierFom_dB = Math.min(213.7807 - 2.8719 * Math.log(rate_Hz), 128.3068 + 3.2205 * bits);
  const node = Math.log(ACCELERGY_NODE_NM);
  const energy_pJ =
    Math.exp(26.04962 + 1.88004 * node - 2.82913 * Math.log(bits) - 1.4702) /
    (2 * 10 ** ((schreierFom_dB - sndr_dB) / 10));
  const area_um2 = Math.exp(1.34619 + 0.99328 * node + 0.18072 * Math.log(rate_Hz) + 0.29912 * Math.log(energy_pJ));
  return {
    energy_pJ,
    area_um2,
    source: `Accelergy ADC plug-in (arXiv 2404.06553) at ${ACCELERGY_NODE_NM} nm`,
  };
}

const LAWS: Readonly<Record<AdcCostLaw, LawRule>> = {
  'power-of-two': {
    doc: "ISAAC's 8-bit ADC, its power scaled by 2^bits / (bits + 1), its area kept.",
    resolutions: 'any',
    covers: () => true,
    cost: powerOfTwo,
  },
  saberi: tabulated(SABERI, "ISAAC's ADC scaled with a linear and an exponential part.", (row) => ({
    ...row,
    source: "hwcomponents-library: ISAAC's ADC under Saberi's scaling",
  })),
  accelergy: {
    doc: 'Accelergy ADC plug-in, a fit to the survey of published ADCs, at 32 nm.',
    resolutions: '4 or more',
    covers: (bits) => bits >= 4,
    cost: accelergy,
  },
  survey: tabulated(SURVEY, 'Single published ADCs, as MNSIM 2.0 lists them.', (row) => ({
    energy_pJ: row.power_mW / row.rate_GSps,
    area_um2: row.area_um2,
    source: `MNSIM 2.0: published ADC of ${row.power_mW} mW at ${row.rate_GSps} GS/s`,
  })),
  fixed: {
    doc: 'machine.adc.conversionEnergy_pJ and machine.adc.area_um2 as they are.',
    resolutions: 'any',
    covers: () => true,
    cost: (_bits, _rate, fixed) => ({
      energy_pJ: fixed.conversionEnergy_pJ,
      area_um2: fixed.area_um2,
      source: 'machine.adc.conversionEnergy_pJ and machine.adc.area_um2',
    }),
  },
};

/** Names of the laws, with a sentence about each and the resolutions that it covers. */
export const ADC_COST_LAWS: readonly { readonly name: AdcCostLaw; readonly doc: string; readonly bits: string }[] = (
  Object.keys(LAWS) as AdcCostLaw[]
).map((name) => ({ name, doc: LAWS[name].doc, bits: LAWS[name].resolutions }));

/** The problem of a resolution that the law does not cover; null where it does. */
export function adcCostProblem(law: AdcCostLaw, bits: number): Problem | null {
  const rule = LAWS[law];
  if (rule.covers(bits)) return null;
  const others = ADC_COST_LAWS.filter(({ name }) => name !== 'fixed' && LAWS[name].covers(bits));
  return {
    path: 'machine.adc.bits',
    value: String(bits),
    allowed: `${rule.resolutions} with machine.adc.costLaw ${law}`,
    hint: `${bits} ${bits === 1 ? 'bit is' : 'bits are'} covered by costLaw ${listed(others.map(({ name }) => name))}`,
  };
}

/**
 * Energy of a conversion and area of an ADC of `bits` bits that converts at most `rate_GSps` samples per nanosecond.
 *
 * @param fixed what law `fixed` gives back
 * @throws ScenarioError where the law does not cover the resolution
 */
export function adcCost(
  law: AdcCostLaw,
  bits: number,
  rate_GSps: number,
  fixed: FixedAdcCost = { conversionEnergy_pJ: 0, area_um2: 0 },
): AdcCost {
  const problem = adcCostProblem(law, bits);
  if (problem !== null) throw new ScenarioError([problem]);
  return LAWS[law].cost(bits, rate_GSps, fixed);
}

/** The cost of an ADC of the machine; its rate follows from the root clock and `machine.adc.conversionCycles`. */
export function machineAdcCost({ rootClock_GHz, adc }: MachineConfig): AdcCost {
  return adcCost(adc.costLaw, adc.bits, rootClock_GHz / adc.conversionCycles, adc);
}
