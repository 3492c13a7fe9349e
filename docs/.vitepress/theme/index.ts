import type { Theme } from 'vitepress';
// Without its fonts: those of the reader's system are there at once.
import theme from 'vitepress/theme-without-fonts';
import { followOutline } from './follow-outline.js';
import { openPictures } from './open-pictures.js';
import './style.css';

export default {
  extends: theme,
  enhanceApp() {
    // The pages are also rendered once while the site is built, where there is no document.
    if (typeof document === 'undefined') return;
    followOutline();
    openPictures();
  },
} satisfies Theme;
