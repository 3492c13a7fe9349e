import { Html, type HtmlValue, html, NOTHING } from './html.js';

export interface PageColumn {
  readonly heading: string;
  /** Of the numbers; empty where they have none or the text of the cell says it. */
  readonly unit?: string;
  /**
   * Unit of the values that its cells are sorted by, which are shown whole on hover and focus. Left out: that of the numbers, of
   * which percentages are sorted by the share. Null: they have different ones, as their texts say, and are not shown whole.
   */
  readonly valueUnit?: string | null;
  /** What the column holds, shown on hover and focus of the heading and of its cells. */
  readonly definition: string;
  /** Text stands left, numbers right; a bar fills its cell. */
  readonly kind: 'text' | 'number' | 'bar';
  /** Title above this column and its neighbours of the same group. */
  readonly group?: string;
}

export interface PageCell {
  readonly content: HtmlValue;
  /** What the cell is sorted by; a number is shown whole on hover and focus. Left out: the cell's text. */
  readonly value?: number | string;
  /** The largest of its kind. */
  readonly emphasised?: boolean;
}

export interface PageTable {
  readonly caption: string;
  readonly columns: readonly PageColumn[];
  readonly rows: readonly (readonly PageCell[])[];
  /** Rows below a rule, which sorting leaves where they are. */
  readonly totals?: readonly (readonly PageCell[])[];
  /** False of a table whose order carries meaning. */
  readonly sortable?: boolean;
}

/** A table in a region that scrolls sideways where it is too wide. The first cell of a row is its heading. */
export function pageTable({ caption, columns, rows, totals = [], sortable = true }: PageTable): Html {
  return html`<div class="table" role="region" tabindex="0" aria-label="${caption}"><table${
    sortable ? new Html(' data-sortable') : NOTHING
  }><caption>${caption}</caption><thead>${groupRow(columns)}<tr>${columns.map((column) =>
    headingCell(column, sortable),
  )}</tr></thead><tbody>${rows.map((row) => tableRow(row, columns))}</tbody>${
    totals.length === 0 ? NOTHING : html`<tfoot>${totals.map((row) => tableRow(row, columns))}</tfoot>`
  }</table></div>`;
}

function headingCell(column: PageColumn, sortable: boolean): Html {
  const { heading, unit = '', valueUnit = unit, definition, kind } = column;
  const words = unit === '' ? definition : `${definition} Unit: ${unit}.`;
  const text = html`${unbroken(heading)}${unit === '' ? NOTHING : html` <span class="unit">${unit}</span>`}`;
  const content =
    sortable && kind !== 'bar'
      ? html`<button type="button" title="${words}">${text}</button>`
      : html`<span tabindex="0" title="${words}">${text}</span>`;
  const sort = sortable && kind !== 'bar' ? new Html(' aria-sort="none"') : NOTHING;
  const whole = kind === 'number' && valueUnit !== null ? html` data-unit="${valueUnit}"` : NOTHING;
  return html`<th scope="col" class="${kind}"${sort}${whole}>${content}</th>`;
}

/** A heading is broken between its words only, not at a hyphen. */
function unbroken(heading: string): HtmlValue {
  if (!heading.includes('-')) return heading;
  return heading
    .split(' ')
    .map((word, w) => [w === 0 ? '' : ' ', word.includes('-') ? html`<span class="unbroken">${word}</span>` : word]);
}

function groupRow(columns: readonly PageColumn[]): Html {
  if (columns.every(({ group }) => group === undefined)) return NOTHING;
  const groups: { title: string; columns: number }[] = [];
  columns.forEach(({ group = '' }, c) => {
    const open = groups.at(-1);
    if (open !== undefined && c > 0 && group !== '' && open.title === group) open.columns++;
    else groups.push({ title: group, columns: 1 });
  });
  return html`<tr class="groups">${groups.map(({ title, columns: span }) =>
    title === '' ? html`<td></td>` : html`<th scope="colgroup" colspan="${span}">${title}</th>`,
  )}</tr>`;
}

function tableRow(cells: readonly PageCell[], columns: readonly PageColumn[]): Html {
  return html`<tr>${cells.map(({ content, value, emphasised = false }, c) => {
    const { kind } = columns[c]!;
    const classes = emphasised ? `${kind} most` : kind;
    const sortedBy = value === undefined ? NOTHING : html` data-value="${value}"`;
    return c === 0
      ? html`<th scope="row" class="${classes}"${sortedBy}>${content}</th>`
      : html`<td class="${classes}"${sortedBy}>${content}</td>`;
  })}</tr>`;
}

/** A cell without a number. */
export const EMPTY_CELL: PageCell = { content: '–' };

export function textCell(text: string): PageCell {
  return { content: text, value: text };
}

export function numberCell(text: string, value: number): PageCell {
  return { content: text, value };
}
