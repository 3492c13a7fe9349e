import { percent } from '../format.js';
import { type Html, html, NOTHING } from './html.js';

/** A piece of a bar: shares of the bar's whole length. */
export interface BarPiece {
  readonly share: number;
  /** Class of its look: a state of `states.ts`. */
  readonly look: string;
  /** What it is, for those who do not see it. */
  readonly name: string;
}

/** Bar of pieces one after another, beginning at `from` of its length. The numbers stand in the table around it. */
export function bar(pieces: readonly BarPiece[], from = 0): Html {
  const lead = from > 0 ? html`<i style="width:${width(from)}"></i>` : NOTHING;
  const shown = pieces.filter(({ share }) => share > 0);
  return html`<div class="bar" aria-hidden="true">${lead}${shown.map(
    ({ share, look, name }) =>
      html`<i class="look-${look}" style="width:${width(share)}" title="${name}: ${percent(share)}%"></i>`,
  )}</div>`;
}

function width(share: number): string {
  return `${Number((100 * share).toFixed(3))}%`;
}

/** What the looks of a chart mean. */
export function legend(
  entries: readonly { readonly look: string; readonly name: string; readonly definition?: string }[],
): Html {
  return html`<ul class="legend">${entries.map(
    ({ look, name, definition = '' }) =>
      html`<li${definition === '' ? NOTHING : html` tabindex="0" title="${definition}"`}><i class="swatch look-${look}"></i>${name}</li>`,
  )}</ul>`;
}
