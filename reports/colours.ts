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

/** Colours only where a person sees them: on a terminal, and not where NO_COLOR is set (no-color.org). */
export function wantsColours(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}
