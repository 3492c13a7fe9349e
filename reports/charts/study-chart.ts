import type { StudyPlot, StudyResult } from '../../sim/results/study.js';
import type { Chart } from './chart.js';
import { studyBarsChart } from './study-bars.js';
import { studyLinesChart } from './study-lines.js';
import { studyMatrixChart } from './study-matrix.js';

/** @throws Error where the study lacks what the plot names */
export function studyChart(study: StudyResult, plot: StudyPlot): Chart {
  switch (plot.kind) {
    case 'bars':
      return studyBarsChart(study, plot);
    case 'matrix':
      return studyMatrixChart(study, plot);
    default:
      return studyLinesChart(study, plot);
  }
}
