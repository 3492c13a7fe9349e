// A picture of many marks is one stop of the Tab key; arrow keys walk from mark to mark.
for (const group of document.querySelectorAll('[data-roving]')) {
  const marks = [...group.querySelectorAll('.mark')].filter((mark) => mark instanceof SVGElement);
  marks.forEach((mark, i) => {
    mark.setAttribute('tabindex', i === 0 ? '0' : '-1');
  });
  group.addEventListener('keydown', (event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const at = marks.indexOf(/** @type {SVGElement} */ (document.activeElement));
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = /** @type {Record<string, number>} */ (steps)[event.key];
    if (at < 0 || step === undefined) return;
    event.preventDefault();
    const next = marks[(at + step + marks.length) % marks.length];
    marks[at]?.setAttribute('tabindex', '-1');
    next?.setAttribute('tabindex', '0');
    next?.focus();
  });
}
