import { type Html, type HtmlValue, html } from './html.js';

/** A section of the page. */
export interface Section {
  /** Of the section in its run: `layers`. */
  readonly id: string;
  readonly title: string;
  readonly content: HtmlValue;
}

/** Ids of the second run and all later ones are told apart by a number. */
export function sectionHtml({ id, title, content }: Section, prefix: string, level: 2 | 3): Html {
  const heading = level === 2 ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`;
  return html`<section id="${prefix}${id}" data-section="${id}">${heading}${content}</section>`;
}

export function faint(...content: HtmlValue[]): Html {
  return html`<p class="faint">${content}</p>`;
}
