/** Keys of the section `workload` by its kind, and of the sections inside it. */
export const WORKLOAD_KEYS = {
  matrix: ['kind', 'weightBits', 'inputBits', 'weights', 'inputs'],
  network: ['kind', 'model', 'images'],
} as const;

export type WorkloadKind = keyof typeof WORKLOAD_KEYS;

export const WORKLOAD_KINDS = Object.keys(WORKLOAD_KEYS) as WorkloadKind[];

export const MATRIX_FILE_KEYS = ['file'] as const;
export const IMAGES_KEYS = ['file', 'tensor', 'first', 'count'] as const;
