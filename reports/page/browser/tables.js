// Sorting: a click on a heading sorts by its column, numbers falling first, names rising first; a second click turns it.

/** @param {HTMLTableCellElement | undefined} cell @returns {string} */
function valueIn(cell) {
  return cell?.dataset['value'] ?? '';
}

/** @param {HTMLTableElement} table @param {HTMLTableCellElement} heading */
function sortBy(table, heading) {
  const numeric = heading.classList.contains('number');
  const before = heading.getAttribute('aria-sort');
  const first = numeric ? 'descending' : 'ascending';
  const other = numeric ? 'ascending' : 'descending';
  const order = before === first ? other : first;
  for (const cell of table.querySelectorAll('thead th[aria-sort]')) cell.setAttribute('aria-sort', 'none');
  heading.setAttribute('aria-sort', order);
  const column = heading.cellIndex;
  const sign = order === 'ascending' ? 1 : -1;
  const body = table.tBodies[0];
  if (body === undefined) return;
  const rows = Array.from(body.rows, (row) => ({ row, value: valueIn(row.cells[column]) }));
  rows.sort((a, b) => {
    // Cells without a number stand last, whichever the order.
    if (a.value === '' || b.value === '') return Number(a.value === '') - Number(b.value === '');
    return (
      sign * (numeric ? Number(a.value) - Number(b.value) : a.value.localeCompare(b.value, 'en', { numeric: true }))
    );
  });
  body.append(...rows.map(({ row }) => row));
}

for (const table of document.querySelectorAll('table[data-sortable]')) {
  table.querySelector('thead')?.addEventListener('click', (event) => {
    const heading = event.target instanceof Element ? event.target.closest('th[aria-sort]') : null;
    if (heading instanceof HTMLTableCellElement && table instanceof HTMLTableElement) sortBy(table, heading);
  });
}
