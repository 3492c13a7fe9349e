/**
 * Colours that people with a colour vision deficiency tell apart: M. Okabe, K. Ito, "Color Universal Design" (2008),
 * the palette that B. Wong recommends in Nature Methods 8, 441 (2011).
 */
export const OKABE_ITO = {
  black: '#000000',
  orange: '#e69f00',
  skyBlue: '#56b4e9',
  bluishGreen: '#009e73',
  yellow: '#f0e442',
  blue: '#0072b2',
  vermillion: '#d55e00',
  reddishPurple: '#cc79a7',
} as const;

/** One colour for each result that stands in a chart. */
export const RESULT_COLOURS = [
  OKABE_ITO.blue,
  OKABE_ITO.orange,
  OKABE_ITO.bluishGreen,
  OKABE_ITO.reddishPurple,
  OKABE_ITO.skyBlue,
  OKABE_ITO.vermillion,
] as const;

/** What a crossbar does with its time. */
export const STATE_COLOURS = {
  read: OKABE_ITO.bluishGreen,
  adc: OKABE_ITO.vermillion,
  input: OKABE_ITO.skyBlue,
  index: OKABE_ITO.reddishPurple,
  idle: '#d9d9d9',
} as const;

export const TEXT_COLOUR = '#222222';
export const FAINT_TEXT_COLOUR = '#666666';
export const GRID_COLOUR = '#e5e5e5';
export const BACKGROUND_COLOUR = '#ffffff';

/** The colour, let through to `opacity` 0 to 1. */
export function translucent(colour: string, opacity: number): string {
  return (
    colour +
    Math.round(opacity * 255)
      .toString(16)
      .padStart(2, '0')
  );
}
