import type { MarkdownRenderer } from 'vitepress';

/** Longest content of a cell, in characters of Markdown, that is a number or a name and not a text to be broken. */
const SHORT = 24;

/** Gives the class `short` to the table cells whose content stays on one line. */
export function shortCells(renderer: MarkdownRenderer): void {
  renderer.core.ruler.push('short-cells', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type === 'td_open' && tokens[index + 1]!.content.length <= SHORT) token.attrJoin('class', 'short');
    }
  });
}
