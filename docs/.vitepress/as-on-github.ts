import type { MarkdownRenderer } from 'vitepress';

/** Shows as text what is text on GitHub: double braces, whose content Vue would evaluate, and words between colons. */
export function asOnGitHub({ core, renderer: { rules } }: MarkdownRenderer): void {
  for (const kind of ['text', 'code_inline'] as const) {
    const render = rules[kind]!;
    rules[kind] = (...token) => render(...token).replaceAll('{{', '&#123;&#123;');
  }
  core.ruler.disable('emoji');
}
