import pc from 'picocolors';

/** The colours of the terminal tables. */
export interface Colours {
  heading(text: string): string;
  highlight(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
}

/** `enabled` false gives the text as it is. */
export function colours(enabled: boolean): Colours {
  const { bold, yellow, green, red, dim } = pc.createColors(enabled);
  return { heading: bold, highlight: yellow, good: green, bad: red, faint: dim };
}

/**
 * Colours only where a person sees them: on a terminal, and not where NO_COLOR is set to anything (no-color.org). FORCE_COLOR
 * can forbid them too (0 or false), and brings them to a terminal that calls itself dumb, but never into a file or a pipe.
 */
export function wantsColours(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (stream.isTTY !== true || NO_COLOR || FORCE_COLOR === '0' || FORCE_COLOR === 'false') return false;
  return TERM !== 'dumb' || Boolean(FORCE_COLOR);
}
