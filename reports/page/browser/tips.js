// Definitions on hover and on focus. Without a script the browser shows the titles itself.
const tip = /** @type {HTMLElement} */ (document.getElementById('tip'));
/** @type {Element | null} */
let shownFor = null;

for (const element of document.querySelectorAll('body [title]')) {
  element.setAttribute('data-tip', element.getAttribute('title') ?? '');
  element.removeAttribute('title');
}
for (const title of document.querySelectorAll('svg .mark > title')) {
  title.parentElement?.setAttribute('data-tip', title.textContent ?? '');
  title.remove();
}

/** A number with all its digits and its unit; nothing of a text, and where the unit is not known. @param {string} value @param {string | null} unit */
function wholeNumber(value, unit) {
  if (unit === null || value === '' || !Number.isFinite(Number(value))) return '';
  // Percentages are saved as shares.
  return unit === '%' ? `${Number((100 * Number(value)).toPrecision(9))}%` : `${Number(value)} ${unit}`.trim();
}

/** What a table says of itself when the Tab key reaches it. */
const WALKING =
  'Arrow keys walk through the cells, with what each of them means. Enter on a heading sorts by its column.';

/**
 * What is to be said of an element: its own words, or, of a cell of a table, its number in full and its column's words.
 * @param {Element} element
 * @returns {string}
 */
function wordsOf(element) {
  const own = element.getAttribute('data-tip');
  if (own !== null) return own;
  if (element.matches('.table')) return WALKING;
  const cell = element.closest('td, th');
  if (!(cell instanceof HTMLTableCellElement)) return '';
  const inner = Array.from(cell.querySelectorAll('[data-tip]'), (part) => part.getAttribute('data-tip') ?? '');
  if (cell.closest('thead') !== null) return inner.join('\n');
  const heading = cell.closest('table')?.tHead?.rows;
  const column = heading?.[heading.length - 1]?.cells[cell.cellIndex];
  const definition = column?.querySelector('[data-tip]')?.getAttribute('data-tip') ?? '';
  const exact = wholeNumber(cell.getAttribute('data-value') ?? '', column?.getAttribute('data-unit') ?? null);
  return [...inner, exact, definition].filter((words) => words !== '').join('\n');
}

/** @param {Element} element @param {DOMRect | {left: number, bottom: number, top: number}} at */
function show(element, at) {
  const words = wordsOf(element);
  if (words === '') {
    hide();
    return;
  }
  if (shownFor !== element) shownFor?.removeAttribute('aria-describedby');
  shownFor = element;
  tip.textContent = words;
  tip.hidden = false;
  element.setAttribute('aria-describedby', 'tip');
  const { width, height } = tip.getBoundingClientRect();
  const below = at.bottom + 10;
  const top = below + height > window.innerHeight ? Math.max(4, at.top - height - 10) : below;
  tip.style.left = `${Math.max(4, Math.min(at.left, window.innerWidth - width - 8))}px`;
  tip.style.top = `${top}px`;
}

function hide() {
  tip.hidden = true;
  shownFor?.removeAttribute('aria-describedby');
  shownFor = null;
}

document.addEventListener('mouseover', (event) => {
  const element = event.target instanceof Element ? event.target.closest('[data-tip], td, th[scope="row"]') : null;
  if (element === null) hide();
  else show(element, element.getBoundingClientRect());
});
document.addEventListener('focusin', (event) => {
  const element = event.target instanceof Element ? event.target.closest('[data-tip], td, th, .table') : null;
  // A click into a table is not asking what it is.
  if (element === null || (element.matches('.table') && !element.matches(':focus-visible'))) hide();
  else show(element, element.getBoundingClientRect());
});
document.addEventListener('focusout', hide);
// What is scrolled takes its words along.
document.addEventListener(
  'scroll',
  () => {
    if (shownFor !== null) show(shownFor, shownFor.getBoundingClientRect());
  },
  true,
);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') hide();
});
