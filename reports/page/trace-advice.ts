import { grouped } from '../format.js';
import { shortPath } from '../short-path.js';
import { shellWords, tracedRun } from './command-line.js';
import { type Html, html } from './html.js';
import { proposedTrace } from './proposed-trace.js';
import type { SavedRun } from './saved-run.js';

/** That no timeline shows what limits the run, why, and the commands that make one that does. */
export function traceAdvice(run: SavedRun): Html {
  const { result, folder, commandLine, trace } = run;
  // Where a trace has shown nothing, a longer one is tried, and after that none.
  const { window, filter, pe, layer } = trace === null ? proposedTrace(result) : proposedTrace(result, true);
  const { from, to } = window;
  if (trace !== null && trace.from <= from && trace.to >= to) return html`<p>${whatIsSaved(run)}</p>`;
  const again = commandLine === null ? null : tracedRun(commandLine, { folder, window, filter });
  if (again === null) {
    return html`<p>${whatIsSaved(run)} Run the scenario again with <code>--out ${folder} --trace perfetto --trace-window ${from}:${to}</code> (or other cycles), then <code>ousim report</code> again.</p>`;
  }
  const subject = pe === null ? 'the PE' : shortPath(pe);
  const place = layer === null ? '' : ` halfway through the work of ${layer}`;
  return html`<p>${whatIsSaved(run)} To see what ${subject} does cycle by cycle, run these commands: they trace ${grouped(to - from)} cycles${place}, and make this page again.</p>${commandBlock(
    [again, ['report', folder]].map(shellWords),
  )}`;
}

function whatIsSaved({ result, trace, otherTraces, otherRun_cycles }: SavedRun): string {
  if (trace !== null) return 'In the saved trace no sample waits for that pool.';
  if (otherRun_cycles !== undefined) {
    return `The trace beside this result is of another run: it ends in cycle ${grouped(otherRun_cycles)}, this one in ${grouped(result.cycles)}.`;
  }
  if (otherTraces.length === 0) return 'No trace is saved beside this result.';
  const are = otherTraces.length === 1 ? 'is' : 'are';
  return `${otherTraces.join(', ')} ${are} saved beside this result; a page reads only the formats perfetto and csv.`;
}

/** Lines of words for a shell with a button that copies them; the button is shown by the script that serves it. */
function commandBlock(lines: readonly (readonly string[])[]): Html {
  // A line is broken between words, also where a word holds hyphens.
  const shown = lines.map((words) => words.map((word, w) => html`${w === 0 ? '' : ' '}<span>${word}</span>`));
  return html`<div class="command"><pre tabindex="0" role="region" aria-label="Commands"><code>${shown.map((line, l) => html`${l === 0 ? '' : '\n'}${line}`)}</code></pre><button type="button" data-copy hidden>Copy</button><span class="copied" role="status"></span></div>`;
}
