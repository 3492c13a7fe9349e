import type { Parameter, Unit, ValuesOfParameters } from '../mapping/parameter.js';

/**
 * How a hardware block declares itself: its parameters, its priced actions and its statistics, in one place. Validation,
 * defaults, `ousim explain` and the reference documentation are read from these declarations and from nowhere else.
 */

export type {
  ChoiceParameter,
  IntegerParameter,
  NumberParameter,
  Parameter,
  Unit,
} from '../mapping/parameter.js';

/** Something a component does that costs energy. Counted during the run, priced afterwards (kernel law 7). */
export interface Action {
  readonly doc: string;
  /**
   * Name of the parameter of the same component that holds its price: in pJ, or in mW for a cycle of static power; null
   * where a law computes the price.
   */
  readonly price: string | null;
  /** Set where only a whole chip does it. */
  readonly scope?: 'chip';
}

export interface Statistic {
  readonly doc: string;
  readonly unit: Unit;
}

export interface ComponentDeclaration {
  /** Key of the component in a scenario: `machine.<key>`. */
  readonly key: string;
  /** Kind in `result.resources`, where the component is a resource of its own. */
  readonly kind: string;
  readonly doc: string;
  /** Set for a component that only a whole chip has. */
  readonly scope?: 'chip';
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly actions: Readonly<Record<string, Action>>;
  readonly statistics: Readonly<Record<string, Statistic>>;
}

/** The resolved values of a component's parameters. */
export type ValuesOf<D extends ComponentDeclaration> = ValuesOfParameters<D['parameters']>;

/** Declares a component; keeps the literal types, so that `ValuesOf` can read them. */
export function declareComponent<const D extends ComponentDeclaration>(declaration: D): D {
  return declaration;
}
