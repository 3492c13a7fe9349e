import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spanLook } from '../../../reports/charts/page/timeline.js';
import {
  GAP_COLOUR,
  HEAT_COLOURS,
  heatTextColour,
  LINE_COLOUR,
  LOOKS,
  type Look,
  type LookName,
} from '../../../reports/charts/paper/looks.js';

const BROWSER = join(import.meta.dirname, '../../../reports/page/browser');
const CSS = readFileSync(join(BROWSER, 'page.css'), 'utf8');
const TIMELINE = readFileSync(join(BROWSER, 'timeline.js'), 'utf8');

/** The colour of light pages. */
function property(name: string): string {
  const value = new RegExp(`${name}:\\s*(?:light-dark\\()?(#[0-9a-f]{6})`).exec(CSS)?.[1];
  if (value === undefined) throw new Error(`page.css has no ${name}`);
  return value;
}

/** The background that a class of the page has, with its custom properties put in. */
function background(look: string): string {
  const selectors = [...CSS.matchAll(/([^{}]+)\{([^{}]*)\}/g)];
  const rule = selectors.find(([, selector]) =>
    selector!.split(',').some(
      (one) =>
        one
          .trim()
          .replace(/^[\s\S]*\*\//, '')
          .trim() === `.look-${look}`,
    ),
  );
  const value = /background(?:-color)?:\s*([^;]+);/.exec(rule?.[2] ?? '')?.[1];
  if (value === undefined) throw new Error(`page.css has no background of .look-${look}`);
  return value.replace(/var\((--[\w-]+)\)/g, (_, name: string) => property(name));
}

/** The look in CSS. */
function css(look: Look): string {
  switch (look.kind) {
    case 'plain':
      return look.colour;
    case 'stripes': {
      const [first, second] = look.colours;
      return `repeating-linear-gradient(${look.angle_deg}deg, ${first} 0 ${look.width}px, ${second} ${look.width}px ${look.period}px)`;
    }
    case 'dots': {
      const { dot, ground, radius, period } = look;
      const edge = Number((radius + 0.3).toFixed(1));
      const centre = `${period / 2}px ${period / 2}px`;
      return `radial-gradient(circle at ${centre}, ${dot} ${radius}px, transparent ${edge}px) 0 0 / ${period}px ${period}px ${ground}`;
    }
  }
}

describe('pictures look like the page', () => {
  it.each(Object.keys(LOOKS) as LookName[])('%s', (name) => {
    expect(css(LOOKS[name])).toBe(background(name));
  });

  it('every look of the page is there, apart from that of queues, which is an area', () => {
    const ofPage = new Set([...CSS.matchAll(/\.look-(\w+)/g)].map((match) => match[1]!));
    expect([...ofPage].filter((name) => !(name in LOOKS))).toEqual(['queue']);
  });

  it('heat maps, gaps and lines', () => {
    expect(HEAT_COLOURS).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((heat) => property(`--heat${heat}`)));
    expect(GAP_COLOUR).toBe(property('--gap'));
    expect(LINE_COLOUR).toBe(property('--line'));
    HEAT_COLOURS.forEach((_, heat) => {
      const text = new RegExp(`\\.heat${heat} \\{[^}]*--on: var\\((--[\\w-]+)\\)`).exec(CSS)![1]!;
      expect(heatTextColour(heat), `heat ${heat}`).toBe(property(text));
    });
  });

  it('text on heat is legible in both themes: WCAG 2.2, 1.4.3', () => {
    const both = (name: string) =>
      /light-dark\((#\w{6}), (#\w{6})\)/.exec(new RegExp(`${name}: ([^;]*);`).exec(CSS)![1]!)!.slice(1);
    const luminance = (colour: string) => {
      const [red, green, blue] = [1, 3, 5]
        .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    HEAT_COLOURS.forEach((_, heat) => {
      const text = new RegExp(`\\.heat${heat} \\{[^}]*--on: var\\((--[\\w-]+)\\)`).exec(CSS)![1]!;
      for (const theme of [0, 1]) {
        const [bright, dark] = [both(`--heat${heat}`)[theme]!, both(text)[theme]!].map(luminance).sort((a, b) => b - a);
        expect((bright! + 0.05) / (dark! + 0.05), `heat ${heat}, theme ${theme}`).toBeGreaterThan(4.5);
      }
    });
  });

  it('spans of the timeline', () => {
    const source = /const STALLED = [^\n]+\n[\s\S]*?function lookOf\(name\) \{[\s\S]*?\n\}/.exec(TIMELINE)![0];
    const lookOf = new Function(`${source}\nreturn lookOf;`)() as (name: string) => string;
    for (const name of ['read', 'convert', 'stall', 'stall.adc', 'stall.input', 'fetch', 'send', 'scan', 'queue']) {
      expect(spanLook(name), name).toBe(lookOf(name));
    }
    const fills = /const fills = \{([^}]*)\}/.exec(TIMELINE)![1]!;
    for (const name of ['read', 'convert', 'other'] as const) {
      expect(fills).toContain(`${name}: '${css(LOOKS[name])}'`);
    }
    expect(TIMELINE).toContain("'#e69f0099'");
  });
});
