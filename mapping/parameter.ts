/**
 * How a number or a choice of a scenario declares itself: components declare those of `machine`, mapping schemes those of
 * `mapping`. Validation, defaults, `ousim explain` and the reference documentation are read from these declarations.
 */

export type Unit = '1' | 'bit' | 'cycle' | 'GHz' | 'pJ' | 'mW' | 'um2';

interface ParameterBase {
  /** One sentence; ends with a full stop. */
  readonly doc: string;
  readonly unit: Unit;
  /** Set where only a whole chip reads the parameter, a single PE does not. */
  readonly scope?: 'chip';
}

/** A whole number. With unit 'cycle' a scenario may also give a time ("100 ns"), rounded up to whole cycles. */
export interface IntegerParameter extends ParameterBase {
  readonly type: 'integer';
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

export interface NumberParameter extends ParameterBase {
  readonly type: 'number';
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

export interface ChoiceParameter extends ParameterBase {
  readonly type: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
}

export type Parameter = IntegerParameter | NumberParameter | ChoiceParameter;

export type Parameters = Readonly<Record<string, Parameter>>;

type ValueOf<P> = P extends { type: 'choice'; choices: readonly (infer C)[] } ? C : number;

/** The resolved values of declared parameters. */
export type ValuesOfParameters<P extends Parameters> = { -readonly [K in keyof P]: ValueOf<P[K]> };
