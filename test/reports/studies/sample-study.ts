import type { StudyResult, StudyValues } from '../../../sim/results/study.js';

/** A study of two systems at three sizes, of which one was not measured. */
export function sampleStudy(change: Partial<StudyResult> = {}): StudyResult {
  const row = (values: StudyValues) => ({ scenarioHash: 'a'.repeat(64), values });
  return {
    schemaVersion: 2,
    study: 'sample',
    title: 'Sizes against time',
    doc: 'Large ones are faster, and this sentence is so long that a terminal of a hundred columns has to break it somewhere.',
    source: 'Somebody (1999), table 1',
    model: 'lenet5-mnist',
    overrides: ['machine.adc.perPool=4'],
    columns: [
      { key: 'system', heading: 'system', unit: 'name', doc: 'Preset.' },
      { key: 'size', heading: 'size', unit: 'name', doc: 'Wordlines x bitlines.' },
      { key: 'time', heading: 'time', unit: 'ns', doc: 'Time of an image.' },
      { key: 'index', heading: 'index', unit: 'bit', doc: 'Bits of indices.' },
      { key: 'dense', heading: 'dense', unit: 'bit', doc: 'Bits without them.', detail: true },
      { key: 'accuracy', heading: 'top-1', unit: 'share', doc: 'Share of images classified right.' },
    ],
    rows: [
      row({ system: 'dense', size: '2x2', time: 4000, index: 0, dense: 123_456_789, accuracy: 0.993 }),
      row({ system: 'dense', size: '4x4', time: 2000, index: 0, dense: 123_456_789, accuracy: 0.993 }),
      row({ system: 'dense', size: '9x8', time: 500, index: 0, dense: 123_456_789, accuracy: 0.993 }),
      row({ system: 'a_system_with_a_long_name', size: '2x2', time: 400, index: 1600, dense: 1, accuracy: 0.98 }),
      row({ system: 'a_system_with_a_long_name', size: '4x4', time: 200, index: 800, dense: 1, accuracy: null }),
    ],
    detail: false,
    tables: [],
    plots: [
      { name: 'time', title: 'time against size', x: 'size', y: 'time', series: 'system', logarithmic: true },
      { name: 'index', title: 'index bits against size', x: 'size', y: 'index', series: 'system', logarithmic: true },
      { name: 'both', title: 'time and accuracy', x: 'size', y: 'time', right: 'accuracy', series: 'system' },
    ],
    notes: [
      { published: 'time falls | steadily', seen: 'time falls 8 times from 2x2 to 9x8' },
      { published: null, seen: 'nothing else' },
    ],
    ...change,
  };
}
