import { describe, expect, it } from 'vitest';
import { STATE_COLOURS } from '../../../reports/charts/palette.js';
import { distinctNames, reportPage } from '../../../reports/page/page.js';
import { TIME_PARTS } from '../../../reports/page/states.js';
import type { TraceView } from '../../../reports/page/trace-view.js';
import { layer, sampleResult } from '../sample-result.js';
import { SMALL_TRACE, sampleRun } from './hand-made.js';

const VOID = new Set(['meta', 'link', 'br', 'img', 'input', 'hr']);

/** What is wrong with the nesting, the attributes and the ids of a page. */
function faultsOf(page: string): string[] {
  const faults: string[] = [];
  const text = page.replace(/(<(script|style)\b[^>]*>)[\s\S]*?(<\/\2>)/g, '$1$3');
  const open: string[] = [];
  const ids = new Set<string>();
  for (const [tag, slash, name, attributes, end] of text.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|[^">])*?)(\/?)>/g,
  )) {
    if (slash === '/') {
      if (open.pop() !== name) faults.push(`${tag} does not end what is open`);
      continue;
    }
    if (!/^(?:\s+[\w-]+(?:="[^"]*")?)*\s*$/.test(attributes!)) faults.push(`attributes of ${tag}`);
    const id = /\sid="([^"]*)"/.exec(attributes!)?.[1];
    if (id !== undefined && ids.has(id)) faults.push(`id ${id} twice`);
    if (id !== undefined) ids.add(id);
    if (!VOID.has(name!.toLowerCase()) && end === '') open.push(name!);
  }
  faults.push(...open.map((name) => `${name} is never closed`));
  const links = [...text.matchAll(/href="#([^"]*)"/g)].map((match) => match[1]!);
  faults.push(...links.filter((id) => !ids.has(id)).map((id) => `#${id} leads nowhere`));
  return faults;
}

describe('the page of a result', () => {
  const page = reportPage([sampleRun('first', {}, SMALL_TRACE)]);

  it('finds faults where there are some', () => {
    expect(faultsOf('<p id="a"><b>x</p></b><i id="a" class=c></i><a href="#z"></a>')).toEqual([
      '</p> does not end what is open',
      '</b> does not end what is open',
      'attributes of <i id="a" class=c>',
      'id a twice',
      '#z leads nowhere',
    ]);
  });

  it('is well-formed, with every link leading somewhere', () => {
    expect(faultsOf(page)).toEqual([]);
  });

  it('has every section', () => {
    const sections = [...page.matchAll(/<section id="([^"]+)"/g)].map((match) => match[1]);
    expect(sections).toEqual([
      'summary',
      'time',
      'layers',
      'waits',
      'pools',
      'floor-plan',
      'timeline',
      'energy',
      'assumptions',
    ]);
  });

  it('loads nothing: no address of the network, no file beside it', () => {
    expect(page).not.toMatch(/https?:|\/\/cdn|@import|url\(|\ssrc=|import\s*\(|fetch\(|XMLHttpRequest/);
    expect([...page.matchAll(/<link[^>]*>/g)].map(([link]) => link)).toEqual(['<link rel="icon" href="data:,">']);
    expect(page).toContain('content="default-src &#39;none&#39;;');
  });

  it('gives every heading of a table its definition', () => {
    const headings = [...page.matchAll(/<th scope="col"[^>]*>(.*?)<\/th>/g)].map((match) => match[1]!);
    expect(headings.length).toBeGreaterThan(50);
    expect(
      headings.filter((heading) => !/^<(?:button type="button"|span tabindex="0") title="[^"]{4,}"/.test(heading)),
    ).toEqual([]);
  });

  it('defines the wait for input by all that it holds on a chip, in the words of the table of causes', () => {
    const [, words] = /title="([^"]*)">wait for input /.exec(page)!;
    for (const name of [
      'waiting for pixels',
      'no room for sums',
      'transfer of windows',
      'waiting for slower crossbars',
    ]) {
      expect(words).toContain(name);
    }
    // Keys whose definition in the reference says that they are parts of it.
    const parts = TIME_PARTS.filter(({ definition }) => definition.includes('of stall.input'));
    expect(parts).toHaveLength(5);
    expect(parts.filter(({ name }) => !words!.includes(name))).toEqual([]);
  });

  it('says how to get a trace where none is saved', () => {
    const without = reportPage([sampleRun('first')]);
    expect(without).toContain('No trace is saved beside this result.');
    expect(without).toMatch(/--out out\/first --trace perfetto --trace-window \d+:\d+/);
    expect(without).not.toContain('data-timeline>');
  });

  it('gives the commands that make a trace, ready for a shell', () => {
    const run = { ...sampleRun('first'), folder: "out/it's", commandLine: ['run', 'a b.yaml', '--out', 'elsewhere'] };
    const page = reportPage([run]);
    const commands = [...page.matchAll(/<pre[^>]*><code>(.*?)<\/code>/gs)].map(([, code]) =>
      code!.replace(/<[^>]*>/g, '').replaceAll('&#39;', "'"),
    );
    // In the summary, beside the queues and instead of the timeline.
    expect(commands).toHaveLength(3);
    expect(new Set(commands).size).toBe(1);
    const [trace, report, ...more] = commands[0]!.split('\n');
    expect(trace).toMatch(
      /^npx ousim run 'a b.yaml' --out 'out\/it'\\''s' --trace perfetto --trace-window \d+:\d+( |$)/,
    );
    expect(report).toBe("npx ousim report 'out/it'\\''s'");
    expect(more).toEqual([]);
  });

  it('asks for a longer trace where no sample waits in the saved one, but not again and again', () => {
    const commandLine = ['run', 'a.yaml'];
    const { result } = sampleRun('first');
    const path = 'Chip.Tile[0].Pe[0].AdcPool[0]';
    const chip = { ...result.chip!, bottleneck: { ...result.chip!.bottleneck, resource: 'adc', path } };
    const run = { ...sampleRun('first'), commandLine, result: { ...result, chip } };
    const quiet = { ...SMALL_TRACE, counters: [] };
    const summary = (page: string): string => page.slice(page.indexOf('id="summary"'), page.indexOf('id="time"'));
    const asked = summary(reportPage([{ ...run, trace: quiet }]));
    expect(asked).toContain('In the saved trace no sample waits for that pool.');
    const [, from, to] = /--trace-window<\/span> <span>(\d+):(\d+)</.exec(asked)!.map(Number);
    const answered = summary(reportPage([{ ...run, trace: { ...quiet, from: from!, to: to! } }]));
    expect(answered).toContain('In the saved trace no sample waits for that pool.');
    expect(answered).not.toContain('<pre');
  });

  it('says so where the trace is of another run', () => {
    const page = reportPage([{ ...sampleRun('first'), otherRun_cycles: 1234 }]);
    expect(page).toContain('The trace beside this result is of another run: it ends in cycle 1\u202f234, this one in');
  });

  it('says which traces it cannot read', () => {
    const page = reportPage([{ ...sampleRun('first'), otherTraces: ['trace.vcd', 'trace.kanata.log'] }]);
    expect(page).toContain('trace.vcd, trace.kanata.log are saved beside this result; a page reads only the formats');
    expect(page).not.toContain('No trace is saved');
  });

  it('leads from the summary to the pool that limits the run, which stands first and says so', () => {
    const { result } = sampleRun('first');
    const path = 'Chip.Tile[0].Pe[0].AdcPool[0]';
    const chip = { ...result.chip!, bottleneck: { ...result.chip!.bottleneck, resource: 'adc', path } };
    const wait = { ...result.layers![0]!.wait, histogram: [1, 2] };
    const pool = { kind: 'adcPool', ledger: {}, utilisation: 0.5, wait, 'queue.mean': 1 };
    const resources = { 'Chip.Tile[0].Pe[1].AdcPool[0]': { ...pool, 'queue.mean': 9 }, [path]: pool };
    const layers = result.layers!.map((layer) => ({ ...layer, wait }));
    const run = { ...sampleRun('first', {}, SMALL_TRACE), result: { ...result, chip, layers, resources } };
    for (const prefix of ['', 'run-2-']) {
      const page = reportPage(prefix === '' ? [run] : [sampleRun('other'), run]);
      expect(faultsOf(page)).toEqual([]);
      const summary = page.slice(page.indexOf(`id="${prefix}summary"`), page.indexOf(`id="${prefix}time"`));
      expect(summary).toContain(`<a href="#${prefix}limiting-pool">`);
      expect(summary).toContain(
        `<a href="#${prefix}timeline" data-jump="116:124" data-mark="120" data-path="${path}">`,
      );
      expect(summary).toContain(
        'in cycle 120, 3 samples wait for Tile[0].Pe[0].AdcPool[0]; Crossbar[0] is in stall.adc',
      );
      expect(summary).toContain('Adc[0] converts.');
      const pools = page.slice(page.indexOf(`id="${prefix}pools"`), page.indexOf(`id="${prefix}floor-plan"`));
      const rows = [...pools.matchAll(/<th scope="row"[^>]*>(Tile.*?)<\/th>/g)].map((match) => match[1]);
      expect(rows).toEqual([
        'Tile[0].Pe[0].AdcPool[0] <small class="limits">limits the run</small>',
        'Tile[0].Pe[1].AdcPool[0]',
      ]);
      const captions = [...pools.matchAll(/<caption>(.*?)<\/caption>/g)].map((match) => match[1]);
      expect(captions.slice(1)).toEqual([
        'Tile[0].Pe[0].AdcPool[0], which limits the run',
        'Tile[0].Pe[1].AdcPool[0]',
        'All samples of the run',
      ]);
    }
  });

  it('says so where nothing happens in the traced window', () => {
    const idle = { ...SMALL_TRACE, tracks: [], counters: [], events: 0, eventsInFile: 0 };
    expect(reportPage([sampleRun('first', {}, idle)])).toContain('no traced resource had work');
  });

  it('says what it leaves out of a long trace', () => {
    const cut = reportPage([sampleRun('first', {}, { ...SMALL_TRACE, eventsInFile: 1234 })]);
    expect(cut).toContain(
      'it holds 1\u202f234 spans, counter values and operations, of which the first 7 are shown here',
    );
  });

  it('labels synthetic weights', () => {
    const synthetic = 'synthetic weights: drawn with seed 1';
    const labelled = reportPage([sampleRun('first', { chip: { synthetic } })]);
    expect(labelled.split(synthetic).length - 1).toBeGreaterThanOrEqual(2);
    expect(page).not.toContain('class="synthetic"');
  });

  it('lists every assumed parameter', () => {
    const assumptions = [{ path: 'machine.adc.bits', value: 5, note: 'nobody says <why>' }];
    const run = sampleRun('first');
    const result = { ...run.result, scenario: { ...run.result.scenario, assumptions } };
    const listed = reportPage([{ ...run, result }]);
    expect(listed).toContain('1 value that no source gives');
    expect(listed).toContain('nobody says &lt;why&gt;');
  });
});

describe('names from files', () => {
  it('cannot put markup or scripts into the page', () => {
    const evil = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'';
    const result = sampleResult({ model: evil, preset: evil });
    const trace: TraceView = {
      ...SMALL_TRACE,
      tracks: [{ parent: evil, name: evil, spans: [{ name: evil, start: 100, end: 120 }] }],
    };
    const layers = result.layers!.map((layer) => ({ ...layer, name: `${evil}${layer.name}` }));
    const run = { ...sampleRun(evil, {}, trace), result: { ...result, layers, warnings: [evil] } };
    const page = reportPage([run, { ...run, name: 'other' }]);
    const scripts = page.match(/<script[\s>]/g)!.length;
    const plain = reportPage([sampleRun('a', {}, SMALL_TRACE), sampleRun('b', {}, SMALL_TRACE)]);
    expect(scripts).toBe(plain.match(/<script[\s>]/g)!.length);
    expect(page).not.toContain('<img');
    expect(faultsOf(page)).toEqual([]);
  });
});

describe('the page of several results', () => {
  const few = sampleRun('few', { preset: 'isaac-ou' });
  const many = { ...few, name: 'many', result: { ...few.result, cycles: 2 * few.result.cycles } };

  it('calls nothing better or worse where the results are of different work', () => {
    const { scenario } = few.result;
    const other = { ...scenario, workload: { ...scenario.workload, model: 'another-network' } };
    const page = reportPage([few, { ...many, result: { ...many.result, scenario: other } }]);
    expect(page).toContain('none is called better or worse');
    expect(page).toContain('▲ +100.0');
    expect(page).not.toMatch(/class="(worse|better)"/);
  });

  it('begins with the differences from the first', () => {
    const page = reportPage([few, many]);
    expect(faultsOf(page)).toEqual([]);
    expect(page).toContain('Differences from few');
    expect(page).toContain('▲ +100.0 <small class="worse">worse</small>');
    expect(page).toContain('The scenarios are the same in every value.');
    expect(page.indexOf('id="differences"')).toBeLessThan(page.indexOf('id="run-1"'));
    for (const section of ['time', 'layers', 'pools']) expect(page).toContain(`id="run-2-${section}"`);
  });

  it('gives a difference of shares in percentage points, and no share of a share', () => {
    // One layer each, whose ADCs convert 40 % and 36.7 % of the time.
    const run = (name: string, convert: number) =>
      sampleRun(name, { layers: [layer('a', 1, 2, 4, 1_000, 0.3, 0, 0, convert, 1, 2)], images: 1 });
    const html = reportPage([run('first', 0.4), run('second', 0.367)]);
    const row = html.slice(html.indexOf('>ADC utilisation</span>'), html.indexOf('>mean ADC wait</span>'));
    const cells = [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map((match) => match[1]);
    expect(cells).toEqual(['40.0%', '36.7%', '−3.3 pp', '–']);
  });

  it('tells results apart by what they are, else by their folders, else by numbers', () => {
    expect(distinctNames([few, sampleRun('few', { preset: 'sre' })]).map((name) => name.split(' on ')[1])).toEqual([
      'isaac-ou',
      'sre',
    ]);
    expect(distinctNames([few, many])).toEqual(['few', 'many']);
    expect(distinctNames([few, few])).toEqual(['1: few', '2: few']);
  });
});

describe('colours', () => {
  it('of what crossbars do are those of the charts', () => {
    const page = reportPage([sampleRun('first')]);
    const looks = { read: 'read', adc: 'adc', input: 'pixels', index: 'index' } as const;
    for (const [state, look] of Object.entries(looks)) {
      const rule = new RegExp(`\\.look-${look}\\b[^}]*}`).exec(page)![0];
      expect(rule, look).toContain(STATE_COLOURS[state as keyof typeof looks]);
    }
  });
});

describe('size', () => {
  it('stays under 5 MB with as many layers, resources and spans as a page may hold', () => {
    // 100 000 spans on 10 000 resources of a run of 10^9 cycles, and 60 layers.
    const spans = Array.from({ length: 10 }, (_, s) => ({
      name: 'convert',
      start: 900_000_000 + s * 123_457,
      end: 900_000_000 + s * 123_457 + 98_765,
    }));
    const trace: TraceView = {
      from: 900_000_000,
      to: 902_000_000,
      tracks: Array.from({ length: 10_000 }, (_, t) => ({
        parent: `Chip.Tile[${t >> 6}].Pe[${(t >> 3) & 7}].AdcPool[0]`,
        name: `Adc[${t & 7}]`,
        spans,
      })),
      counters: [],
      events: 100_000,
      eventsInFile: 100_000,
      runCycles: 902_000_000,
    };
    const run = sampleRun('large', {}, trace);
    const [layer] = run.result.layers!;
    const layers = Array.from({ length: 60 }, (_, l) => ({ ...layer!, name: `stage${l}.block${l}.convolution` }));
    const pools = Array.from({ length: 4000 }, (_, p): [string, (typeof run.result.resources)[string]] => [
      `Chip.Tile[${p >> 3}].Pe[0].AdcPool[${p & 7}]`,
      {
        kind: 'adcPool',
        ledger: { convert: 1, idle: 2 },
        utilisation: 0.5,
        'queue.mean': 1,
        wait: { ...layer!.wait, histogram: Array.from({ length: 30 }, (_, b) => b) },
      },
    ]);
    const resources = { ...run.result.resources, ...Object.fromEntries(pools) };
    const page = reportPage([{ ...run, result: { ...run.result, layers, resources } }]);
    expect(Buffer.byteLength(page)).toBeLessThan(5e6);
  });
});
