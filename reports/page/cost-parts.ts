import type { ActionEnergy, Result } from '../../sim/results/result.js';

export const ENERGY_CAPTION = 'Energy of the run by action';
export const AREA_CAPTION = 'Area of the machine by component';

/** The energy of an action, and its share of that of the run. */
export interface ActionShare extends ActionEnergy {
  readonly action: string;
  readonly share: number;
}

/** The actions that happened, the one that cost most first. */
export function energyParts({ energy: { total_pJ, actions } }: Result): ActionShare[] {
  return Object.entries(actions)
    .filter(([, { count }]) => count > 0)
    .sort(([, a], [, b]) => b.energy_pJ - a.energy_pJ)
    .map(([action, of]) => ({ action, ...of, share: total_pJ === 0 ? 0 : of.energy_pJ / total_pJ }));
}

/** The area of a component, and its share of the whole. */
export interface ComponentShare {
  readonly component: string;
  readonly instances: number;
  readonly each_um2: number;
  readonly area_um2: number;
  readonly share: number;
}

/** The components that take area, the one that takes most first. */
export function areaParts({ area: { total_um2, components } }: Result): ComponentShare[] {
  return Object.entries(components)
    .filter(([, { area_um2 }]) => area_um2 > 0)
    .sort(([, a], [, b]) => b.area_um2 - a.area_um2)
    .map(([component, of]) => ({ component, ...of, share: total_um2 === 0 ? 0 : of.area_um2 / total_um2 }));
}
