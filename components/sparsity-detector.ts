import { declareComponent } from './declaration.js';

/** The activation-sparsity detector: finds, plane by plane, which rows of a window are driven. */
export const sparsityDetectorDeclaration = declareComponent({
  key: 'detector',
  kind: 'sparsityDetector',
  doc: 'Scans the bit-planes of a window for rows that are not driven, so that operations can be skipped or re-formed.',
  parameters: {
    kind: {
      type: 'choice',
      unit: '1',
      choices: ['none', 'group', 'form'],
      default: 'none',
      doc: '"none" skips nothing; "group" skips an operation without a driven row; "form" forms OUs from the driven rows.',
    },
    planeCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 0,
      max: 1e9,
      default: 0,
      doc: 'Duration of scanning one bit-plane.',
    },
    scanEnergy_pJ: {
      type: 'number',
      unit: 'pJ',
      min: 0,
      max: 1e6,
      default: 0,
      doc: 'Energy of scanning one bit-plane of one window.',
    },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the detector of a PE.' },
  },
  actions: { scan: { price: 'scanEnergy_pJ', doc: 'A bit-plane of a window is scanned.' } },
  statistics: {
    scan: { unit: 'cycle', doc: 'Cycles spent scanning.' },
    idle: { unit: 'cycle', doc: 'Cycles without a plane to scan.' },
  },
});
