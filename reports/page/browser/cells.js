// A table is one stop of the Tab key; arrow keys walk through its headings and cells, whose definitions `tips.js` shows.

/** @type {Record<string, [rows: number, columns: number]>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** What of a cell takes the focus: the button of a heading that sorts, else the cell. @param {Element} cell */
function targetIn(cell) {
  return /** @type {HTMLElement} */ (cell.querySelector(':scope > button') ?? cell);
}

/** Rows that are walked through: the last one of the headings, and all below. @param {HTMLTableElement} table */
function rowsOf(table) {
  const headings = table.tHead?.rows.length ?? 0;
  return [...table.rows].slice(Math.max(0, headings - 1));
}

for (const region of document.querySelectorAll('.table')) {
  const table = region.querySelector('table');
  if (table === null || !(region instanceof HTMLElement)) continue;
  for (const stop of table.querySelectorAll('button, [tabindex="0"]')) stop.setAttribute('tabindex', '-1');
  for (const cell of table.querySelectorAll('th, td')) cell.setAttribute('tabindex', '-1');

  region.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = rowsOf(table);
    const cell = document.activeElement?.closest('th, td');
    const row =
      cell instanceof HTMLTableCellElement ? rows.indexOf(/** @type {HTMLTableRowElement} */ (cell.parentElement)) : -1;
    const column = cell instanceof HTMLTableCellElement ? cell.cellIndex : -1;
    if (event.key === 'Escape' && row >= 0) {
      region.focus({ preventScroll: true });
      return;
    }
    const step = STEPS[event.key];
    const last = (rows[Math.max(0, row)]?.cells.length ?? 1) - 1;
    const ends = /** @type {Record<string, number>} */ ({ Home: 0, End: last })[event.key];
    if (step === undefined && (ends === undefined || row < 0)) return;
    event.preventDefault();
    const [down, right] = step ?? [0, 0];
    const nextRow = row < 0 ? 0 : Math.min(Math.max(row + down, 0), rows.length - 1);
    const nextColumn = row < 0 ? 0 : (ends ?? Math.min(Math.max(column + right, 0), last));
    const next = rows[nextRow]?.cells[nextColumn];
    if (next !== undefined) targetIn(next).focus();
  });
}
