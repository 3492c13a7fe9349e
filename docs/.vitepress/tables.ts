import type { MarkdownRenderer } from 'vitepress';

/** A number or a name, in Markdown, and not a text to be broken. */
const SHORT = /^(.{0,24}|`[^`]{0,44}`)$/;

/** A name in a heading of a column; words there are broken, so that columns of numbers stay narrow. */
const NAME = /^`[^`]*`$/;

/** Gives the class `short` to the cells of tables whose content stays on one line. */
export function shortCells(renderer: MarkdownRenderer): void {
  renderer.core.ruler.push('short-cells', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      const rule = { td_open: SHORT, th_open: NAME }[token.type];
      if (rule?.test(tokens[index + 1]!.content)) token.attrJoin('class', 'short');
    }
  });
}
