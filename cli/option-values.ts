// What the command line offers and defaults to, apart from the commands: to print help none of them is loaded.

export const GRANULARITIES = ['fast', 'booked', 'sampled'] as const;

/** System that the ratios of a comparison are over. */
export const DEFAULT_BASELINE = 'isaac-ou';

/** Network of a study. */
export const DEFAULT_STUDY_MODEL = 'lenet5-mnist';
