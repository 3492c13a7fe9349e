import { COMPONENTS } from '../components/machine.js';
import { ENCODINGS } from '../mapping/encoding.js';
import { LAYOUTS } from '../mapping/placement.js';
import { MAPPING_SCHEMES } from '../mapping/schemes.js';
import { BUNDLED_MODELS } from '../models/bundled.js';
import { networkSize, SHAPES, type ShapeName, shapeNetwork } from '../models/zoo/shapes.js';
import { SYNTHETIC_LABEL } from '../models/zoo/synthetic-network.js';
import { colours, wantsColours } from '../reports/colours.js';
import { IDEAL_RESOURCES } from '../scenarios/chip/ideal.js';
import { PRESETS } from '../scenarios/presets.js';
import { STUDIES } from '../scenarios/studies.js';
import { hangingRow } from './hanging-row.js';
import type { Terminal } from './terminal.js';

interface Entry {
  readonly name: string;
  readonly doc: string;
}

/** All that a scenario can name, by kind. */
export function catalogue(): Readonly<Record<string, readonly Entry[]>> {
  return {
    presets: PRESETS.map(({ name, title }) => ({ name, doc: title })),
    models: BUNDLED_MODELS.map(({ name, title, images }) => ({ name, doc: `${title}; images: ${images}` })),
    shapes: SHAPES.map(({ name, title }) => ({ name, doc: `${title}; ${sizeOf(name)}; ${SYNTHETIC_LABEL}` })),
    schemes: MAPPING_SCHEMES.map(({ name, doc }) => ({ name, doc })),
    encodings: ENCODINGS.map(({ name, doc }) => ({ name, doc })),
    layouts: LAYOUTS.map(({ name, doc }) => ({ name, doc })),
    studies: STUDIES.map(({ name, title }) => ({ name, doc: title })),
    ideal: IDEAL_RESOURCES.map(({ name, doc }) => ({ name, doc })),
    components: COMPONENTS.map(({ key, doc }) => ({ name: key, doc })),
  };
}

/** "16 matrix layers, 15.47 GMAC, 138.3 M weights" */
function sizeOf(name: ShapeName): string {
  const { matrixLayers, macs, weights } = networkSize(shapeNetwork(name));
  return `${matrixLayers} matrix layers, ${(macs / 1e9).toFixed(2)} GMAC, ${(weights / 1e6).toFixed(1)} M weights`;
}

/** `ousim list`: what there is to choose from. */
export function listCommand(options: { readonly json?: boolean }, terminal: Terminal): void {
  const entries = catalogue();
  if (options.json) {
    process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
    return;
  }
  const paint = colours(wantsColours({ isTTY: terminal.stdoutIsTerminal }, process.env));
  const blocks = Object.entries(entries).map(([kind, items]) =>
    [paint.heading(kind), ...items.map(({ name, doc }) => hangingRow([[`  ${name}`, 20]], doc, terminal.columns))].join(
      '\n',
    ),
  );
  process.stdout.write(`${blocks.join('\n\n')}\n`);
}
