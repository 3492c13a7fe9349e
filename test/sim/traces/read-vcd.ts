/** A signal of a VCD file: its changes in order of time. */
export interface VcdSignal {
  /** Path of its module as the header's comments explain it, and its name. */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  /** Strings as they stand; numbers; null: unknown. */
  readonly changes: [at: number, value: string | number | null][];
}

export interface VcdFile {
  readonly timescale: string;
  readonly signals: readonly VcdSignal[];
  /** The first and the last time of the file. */
  readonly from: number;
  readonly to: number;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_$]*$/;
const CODE = /^[!-~]+$/;

/**
 * Reads a value change dump token by token after IEEE 1364-2005, 18.2.2, with the string variables of GTKWave; throws
 * where the file breaks the format: sections, identifiers, times that do not rise, values that do not fit their variable.
 */
export function readVcd(text: string): VcdFile {
  const tokens = text.split(/\s+/).filter((token) => token !== '');
  let at = 0;
  const section = (): string[] => {
    const end = tokens.indexOf('$end', at);
    if (end < 0) throw new Error('a section without $end');
    const inside = tokens.slice(at, end);
    at = end + 1;
    return inside;
  };

  const signals = new Map<string, VcdSignal>();
  const paths = new Map<string, string>();
  const scopes: string[] = [];
  const references = new Set<string>();
  let timescale = '';
  for (let ended = false; !ended; ) {
    const keyword = tokens[at++];
    const inside = section();
    switch (keyword) {
      case '$version':
        break;
      case '$comment': {
        const [, module, path] = /^(\S+) is (.+)$/.exec(inside.join(' ')) ?? [];
        if (module !== undefined) paths.set(module, path!);
        break;
      }
      case '$timescale':
        timescale = inside.join('');
        if (!/^(1|10|100)(s|ms|us|ns|ps|fs)$/.test(timescale)) throw new Error(`timescale ${timescale}`);
        break;
      case '$scope':
        if (inside.length !== 2 || inside[0] !== 'module' || !IDENTIFIER.test(inside[1]!)) throw new Error(`${inside}`);
        scopes.push(inside[1]!);
        break;
      case '$upscope':
        if (inside.length > 0 || scopes.pop() === undefined) throw new Error('$upscope');
        break;
      case '$var': {
        const [type, size, code, name] = inside as [string, string, string, string];
        if (inside.length !== 4 || !CODE.test(code) || !IDENTIFIER.test(name) || !/^\d+$/.test(size)) {
          throw new Error(`$var ${inside.join(' ')}`);
        }
        if (signals.has(code)) throw new Error(`two variables have the code ${code}`);
        const reference = [...scopes, name].join('.');
        if (references.has(reference)) throw new Error(`two variables are called ${reference}`);
        references.add(reference);
        signals.set(code, { path: paths.get(scopes.join('.'))!, name, type, changes: [] });
        break;
      }
      case '$enddefinitions':
        if (scopes.length > 0) throw new Error('scopes are open');
        ended = true;
        break;
      default:
        throw new Error(`section ${keyword}`);
    }
  }

  let now = -1;
  let from = -1;
  let dumping = false;
  while (at < tokens.length) {
    const token = tokens[at++]!;
    if (token.startsWith('#')) {
      const time = Number(token.slice(1));
      if (!/^#\d+$/.test(token) || time <= now) throw new Error(`time ${token} after ${now}`);
      now = time;
      if (from < 0) from = time;
    } else if (token === '$dumpvars') dumping = true;
    else if (token === '$end' && dumping) {
      dumping = false;
      for (const { name, changes } of signals.values())
        if (changes.length !== 1) throw new Error(`no value of ${name}`);
    } else {
      const signal = signals.get(tokens[at++]!);
      if (signal === undefined || now < 0) throw new Error(`value ${token} of no variable, or at no time`);
      signal.changes.push([now, parseValue(signal.type, token)]);
    }
  }
  return { timescale, signals: [...signals.values()], from, to: now };
}

function parseValue(type: string, token: string): string | number | null {
  const rest = token.slice(1);
  if (type === 'string' && token[0] === 's') {
    return rest.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  }
  if (type === 'real' && token[0] === 'r') return rest === 'NaN' ? null : Number(rest);
  if (type === 'integer' && /^b([01]+|x)$/.test(token)) return rest === 'x' ? null : Number.parseInt(rest, 2);
  throw new Error(`value ${token} of a variable of type ${type}`);
}
