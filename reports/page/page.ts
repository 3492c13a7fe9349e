import { subjectOf } from '../subject.js';
import { pageScripts, pageStyle } from './browser-files.js';
import { comparisonSections } from './comparison-section.js';
import { differencesSection } from './differences-section.js';
import { energySection } from './energy-section.js';
import { floorPlanSection } from './floor-plan-section.js';
import { PAGE_GENERATOR } from './generator.js';
import { type Html, html, NOTHING } from './html.js';
import { layersSection } from './layers-section.js';
import { poolsSection } from './pools-section.js';
import { runView } from './run-view.js';
import type { SavedComparison, SavedRun } from './saved-run.js';
import { scenarioSection } from './scenario-section.js';
import { type Section, sectionHtml } from './section.js';
import { summarySection, syntheticLabel } from './summary-section.js';
import { timeSection } from './time-section.js';
import { timelineSection } from './timeline-section.js';
import { waitsSection } from './waits-section.js';

/** Nothing from outside of the file is loaded, whatever stands in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/** One page on one or more saved results and comparisons, in one file that needs nothing else. */
export function reportPage(saved: readonly (SavedRun | SavedComparison)[]): string {
  const runs = saved.filter((one) => one.kind === 'run');
  const comparisons = saved.filter((one) => one.kind === 'comparison');
  const names = distinctNames(runs);
  const single = runs.length === 1 && comparisons.length === 0;
  const title = titleOf(runs, comparisons, names);
  const shared = [
    ...(runs.length > 1 ? [differencesSection(runs, names)] : []),
    ...comparisons.flatMap(({ comparison, name }, c) =>
      comparisonSections(comparison).map((section) => ({
        ...section,
        id: c === 0 ? section.id : `${section.id}-${c + 1}`,
        title: comparisons.length === 1 ? section.title : `${name}: ${section.title}`,
      })),
    ),
  ];
  const prefixOf = (r: number): string => (single ? '' : `run-${r + 1}-`);
  const sections = runs.map((run, r) => sectionsOf(run, prefixOf(r)));
  const links = [
    ...shared.map(({ id, title: text }) => ({ href: `#${id}`, text })),
    ...(single
      ? sections[0]!.map(({ id, title: text }) => ({ href: `#${id}`, text }))
      : names.map((text, r) => ({ href: `#run-${r + 1}`, text }))),
  ];
  const body = html`${shared.map((section) => sectionHtml(section, '', 2))}${sections.map((of, r) =>
    single ? of.map((section) => sectionHtml(section, '', 2)) : runHtml(names[r]!, `run-${r + 1}`, of),
  )}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="${PAGE_GENERATOR}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
${pageStyle()}
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header><div class="bar-top"><p class="brand">ousim report</p><button type="button" id="theme" title="Colours: as the system has them, light, or dark">Colours: system</button></div><h1>${title}</h1>${syntheticNote(runs)}<nav aria-label="Sections"><ul>${links.map(
    ({ href, text }) => html`<li><a href="${href}">${text}</a></li>`,
  )}</ul></nav></header>
<main id="main" tabindex="-1">
${body}
</main>
<footer><p>Made by ousim from saved results alone: ${saved.map(({ folder }) => folder).join(', ')}. Cycles are those of the root clock. This file loads nothing from anywhere.</p></footer>
<div id="tip" role="tooltip" hidden></div>
${pageScripts()}
</body>
</html>
`;
  return page.text;
}

function sectionsOf(run: SavedRun, prefix: string): Section[] {
  const view = runView(run, prefix);
  const { result } = run;
  return [
    summarySection(view),
    timeSection(result),
    ...[layersSection(result), waitsSection(result)].filter((section) => section !== null),
    poolsSection(view),
    floorPlanSection(result),
    timelineSection(view),
    energySection(result),
    scenarioSection(result),
  ];
}

function runHtml(name: string, id: string, sections: readonly Section[]): Html {
  return html`<section id="${id}" class="run"><h2>${name}</h2><details><summary>All about ${name}</summary>${sections.map(
    (section) => sectionHtml(section, `${id}-`, 3),
  )}</details></section>`;
}

function syntheticNote(runs: readonly SavedRun[]): Html {
  const labels = [...new Set(runs.map(({ result }) => syntheticLabel(result)))].filter((label) => label !== '');
  return labels.length === 0 ? NOTHING : html`<p class="synthetic">${labels.join('; ')}</p>`;
}

function titleOf(runs: readonly SavedRun[], comparisons: readonly SavedComparison[], names: readonly string[]): string {
  if (runs.length === 1 && comparisons.length === 0) return subjectOf(runs[0]!.result);
  if (runs.length > 1) return `${names[0]!} against ${names.slice(1).join(', ')}`;
  if (runs.length === 1) return `${subjectOf(runs[0]!.result)}, and a comparison`;
  return 'Comparison of systems';
}

/** What the page calls its results: the subject where that tells them apart, else with the folder. */
export function distinctNames(runs: readonly SavedRun[]): string[] {
  const subjects = runs.map(({ result }) => subjectOf(result));
  if (new Set(subjects).size === runs.length) return subjects;
  const folders = runs.map(({ name }) => name);
  if (new Set(folders).size === runs.length) return folders;
  return runs.map(({ name }, r) => `${r + 1}: ${name}`);
}
