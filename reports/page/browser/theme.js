// The switch between the system's colours, light and dark; kept for the next visit where the browser allows it.
const THEMES = ['system', 'light', 'dark'];
const button = /** @type {HTMLButtonElement} */ (document.getElementById('theme'));

/** @returns {string} */
function keptTheme() {
  try {
    return localStorage.getItem('ousim-theme') ?? 'system';
  } catch {
    return 'system';
  }
}

/** @param {string} theme */
function show(theme) {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  button.textContent = `Colours: ${theme}`;
  document.dispatchEvent(new Event('ousim-theme'));
}

let theme = THEMES.includes(keptTheme()) ? keptTheme() : 'system';
show(theme);
button.addEventListener('click', () => {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  try {
    localStorage.setItem('ousim-theme', theme);
  } catch {
    // A page opened from disk may not be allowed to keep anything; the switch works all the same.
  }
  show(theme);
});
