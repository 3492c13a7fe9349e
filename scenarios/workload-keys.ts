/** Keys of the section `workload` by its kind, and of the sections inside it. */
export const WORKLOAD_KEYS = {
  matrix: ['kind', 'weightBits', 'inputBits', 'weights', 'inputs'],
  network: ['kind', 'model', 'images', 'calibration', 'normalisation'],
} as const;

export type WorkloadKind = keyof typeof WORKLOAD_KEYS;

export const WORKLOAD_KINDS = Object.keys(WORKLOAD_KEYS) as WorkloadKind[];

export const MATRIX_FILE_KEYS = ['file'] as const;
/** Of an `.onnx` model: what a float model is quantised with, and how pixels become the model's input. */
export const CALIBRATION_KEYS = ['file', 'tensor'] as const;
export const NORMALISATION_KEYS = ['mean', 'std'] as const;
export const IMAGES_KEYS = ['file', 'tensor', 'first', 'count'] as const;
