/** The studies that have an article, `docs/studies/<name>.md`, and the network that it is about. */
export const STUDY_ARTICLES = [
  { name: 'adc-contention', model: 'vgg10m-cifar10' },
  { name: 'pipeline-stalls', model: 'vgg10m-cifar10' },
] as const;
