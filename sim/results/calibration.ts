/** Top-1 results on a set of images. */
export interface Measured {
  readonly images: number;
  /** Images classified right: by the float network, by the network's own integers, by the scheme's integers. */
  readonly float: number;
  readonly network: number;
  readonly scheme: number;
}

export const CALIBRATION_SCHEMA_VERSION = 1;

/**
 * What a mapping scheme decided about a network, on which images, and the accuracy that it reached. Plain JSON, so that it
 * can be kept, edited and loaded again (`mapping.decisions`).
 */
export interface CalibrationRecord {
  readonly schemaVersion: number;
  /** SHA-256 over all that the decision depends on; equal keys have equal decisions. */
  readonly key: string;
  readonly model: string;
  readonly scheme: string;
  /** The section `mapping` of the scenario. */
  readonly mapping: Readonly<Record<string, unknown>>;
  /** Crossbar and OU that the decision was made for. */
  readonly crossbar: { readonly wordlines: number; readonly bitlines: number; readonly bitsPerCell: number };
  readonly ou: { readonly wordlines: number; readonly bitlines: number };
  /** Percentage points of top-1 that the scheme was allowed to lose against the float network. */
  readonly accuracyBudget_percent: number;
  readonly dataSet: string;
  readonly calibration: Measured;
  /** Images that no decision saw. */
  readonly test: Measured;
  readonly decision: {
    readonly activationBits: number;
    readonly activationClip: number;
    readonly layers: Readonly<Record<string, unknown>>;
  };
}

/** Images that have to be classified right for the accuracy to stay within the budget; may be a fraction. */
export function imagesDemanded({
  calibration,
  accuracyBudget_percent,
}: Pick<CalibrationRecord, 'calibration' | 'accuracyBudget_percent'>): number {
  return calibration.float - (accuracyBudget_percent / 100) * calibration.images;
}

/** A record without the decisions about the layers, as results show it. */
export type CalibrationSummary = Omit<CalibrationRecord, 'decision'> & {
  readonly activationBits: number;
  readonly activationClip: number;
};

export function summaryOf({ decision, ...record }: CalibrationRecord): CalibrationSummary {
  const { activationBits, activationClip } = decision;
  return { ...record, activationBits, activationClip };
}
