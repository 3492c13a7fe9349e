/** Distance that the entry keeps from the ends of the outline, of which the header of the page covers the upper one. */
const MARGIN_px = 120;

/** After the theme has marked the entry, which it does within 100 ms of the scrolling. */
const DELAY_ms = 150;

function showActiveEntry(): void {
  const outline = document.querySelector('.aside-container');
  const entry = outline?.querySelector('.outline-link.active');
  if (!outline || !entry) return;
  const { top, bottom } = entry.getBoundingClientRect();
  const frame = outline.getBoundingClientRect();
  if (top > frame.top + MARGIN_px && bottom < frame.bottom - MARGIN_px) return;
  outline.scrollTop += (top + bottom) / 2 - (frame.top + frame.bottom) / 2;
}

/** Keeps the section that is read in sight in the outline, which for the reference is longer than a screen. */
export function followOutline(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('scroll', () => {
    clearTimeout(timer);
    timer = setTimeout(showActiveEntry, DELAY_ms);
  });
}
