import { COMPONENTS } from '../components/machine.js';
import { ENCODINGS } from '../mapping/encoding.js';
import { LAYOUTS } from '../mapping/placement.js';
import { MAPPING_SCHEMES } from '../mapping/schemes.js';
import { BUNDLED_MODELS } from '../models/bundled.js';
import { colours, wantsColours } from '../reports/colours.js';
import { PRESETS } from '../scenarios/presets.js';
import { STUDIES } from '../scenarios/studies.js';
import type { Terminal } from './terminal.js';
import { hangingRow } from './wrap.js';

interface Entry {
  readonly name: string;
  readonly doc: string;
}

/** All that a scenario can name, by kind. */
export function catalogue(): Readonly<Record<string, readonly Entry[]>> {
  return {
    presets: PRESETS.map(({ name, title }) => ({ name, doc: title })),
    models: BUNDLED_MODELS.map(({ name, title, images }) => ({ name, doc: `${title}; images: ${images}` })),
    schemes: MAPPING_SCHEMES.map(({ name, doc }) => ({ name, doc })),
    encodings: ENCODINGS.map(({ name, doc }) => ({ name, doc })),
    layouts: LAYOUTS.map(({ name, doc }) => ({ name, doc })),
    studies: STUDIES.map(({ name, title }) => ({ name, doc: title })),
    components: COMPONENTS.map(({ key, doc }) => ({ name: key, doc })),
  };
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
