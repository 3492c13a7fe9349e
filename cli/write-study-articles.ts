import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toPng } from '../reports/charts/chart.js';
import { studyChart } from '../reports/charts/study-chart.js';
import { shownPlots, withStudyBlocks } from '../reports/studies/article.js';
import { runStudy } from '../scenarios/run-study.js';
import { findStudy } from '../scenarios/studies.js';
import { createFolder } from '../sim/results/create-folder.js';
import { valueToJson, writeFileAtomically } from '../sim/results/write.js';
import { STUDY_ARTICLES } from './study-articles.js';

/**
 * `npm run docs:studies`, from the root of the checkout: runs the studies that have an article in `docs/studies/`, saves
 * each as `docs/pictures/studies/<name>/study.json`, draws the pictures that the article shows and writes its numbers. Takes
 * less than a minute.
 */
for (const { name, model } of STUDY_ARTICLES) {
  const study = findStudy(name)!;
  const task = { model, overrides: [], baseDir: '.' };
  const started = Date.now();
  const result = runStudy(study, task, study.points(task));
  const pagePath = resolve('docs', 'studies', `${name}.md`);
  const page = readFileSync(pagePath, 'utf8');
  const folder = resolve('docs', 'pictures', 'studies', name);
  createFolder(folder);
  writeFileAtomically(join(folder, 'study.json'), valueToJson(result, 'study'));
  const shown = shownPlots(page, result);
  for (const plot of result.plots.filter((candidate) => shown.includes(candidate.name))) {
    writeFileAtomically(join(folder, `${plot.name}.png`), toPng(studyChart(result, plot)));
  }
  writeFileAtomically(pagePath, withStudyBlocks(page, result));
  process.stdout.write(`${name} on ${model}: ${Math.round((Date.now() - started) / 1000)} s\n`);
}
