/** A picture of a page is narrower there than it is: a click shows it in its own size. */
export function openPictures(): void {
  document.addEventListener('click', ({ target }) => {
    if (target instanceof HTMLImageElement && target.closest('.vp-doc') !== null) window.open(target.src);
  });
}
