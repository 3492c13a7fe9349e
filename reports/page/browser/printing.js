// On paper nothing can be opened, so everything is open while the page is printed; and paper is light.
/** @type {string | undefined} */
let themeOnScreen;
/** @type {HTMLDetailsElement[]} */
let opened = [];
window.addEventListener('beforeprint', () => {
  opened = [...document.querySelectorAll('details')].filter((details) => !details.open);
  for (const details of opened) details.open = true;
  themeOnScreen = document.documentElement.dataset['theme'];
  document.documentElement.dataset['theme'] = 'light';
});
window.addEventListener('afterprint', () => {
  for (const details of opened) details.open = false;
  opened = [];
  if (themeOnScreen === undefined) delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = themeOnScreen;
});
// A link into a closed part opens it.
function openTarget() {
  // All ids of the page are plain ASCII.
  const target = document.getElementById(location.hash.slice(1));
  if (target?.matches('.run')) target.querySelector(':scope > details')?.setAttribute('open', '');
  for (let parent = target?.closest('details'); parent; parent = parent.parentElement?.closest('details'))
    parent.open = true;
}
window.addEventListener('hashchange', openTarget);
openTarget();
