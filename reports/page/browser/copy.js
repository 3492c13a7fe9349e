// A button that copies the commands beside it. Where the browser does not allow it they are selected, so that Ctrl+C does.

/** @param {Element} element */
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

/** @param {Element} code @returns {Promise<boolean>} */
async function copied(code) {
  try {
    await navigator.clipboard.writeText(code.textContent ?? '');
    return true;
  } catch {
    // No clipboard, or no right to it: as a page from disk may have it. The older way needs no right.
    select(code);
    try {
      return document.execCommand('copy');
    } catch {
      return false;
    }
  }
}

for (const button of document.querySelectorAll('button[data-copy]')) {
  const code = button.parentElement?.querySelector('code');
  const status = button.parentElement?.querySelector('[role="status"]');
  if (!code || !status || !(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    status.textContent = (await copied(code)) ? 'Copied.' : 'Selected: copy with Ctrl+C.';
  });
}
