// The timeline: a canvas over the rows of a trace, of which only those in sight are drawn.

/**
 * @typedef {{ group: string, name: string, spans?: number[], served?: number[], reads?: number[], changes?: number[] }} SavedRow
 * @typedef {{ from: number, to: number, names: string[], rows: SavedRow[] }} TimelineData
 * @typedef {{ number: number, samples: number, first: number, last: number }} Operation
 * @typedef {{ kind: 'group', label: string, path: string, top: number, height: number }} GroupLine
 * @typedef {{ kind: 'spans', label: string, path: string, top: number, height: number, starts: Float64Array, ends: Float64Array, names: Uint32Array, served: Float64Array, operations: Map<number, Operation> }} SpanLine
 * @typedef {{ kind: 'counter', label: string, path: string, top: number, height: number, times: Float64Array, values: Float64Array, most: number }} CounterLine
 * @typedef {GroupLine | SpanLine | CounterLine} Line
 */

const AXIS_HEIGHT = 24;
const HEIGHTS = { group: 20, spans: 17, counter: 30 };
/** Fewest cycles in view. */
const CLOSEST = 4;
/** Letters stand in spans that are as wide as this. */
const WIDTH_FOR_TEXT = 34;

/** @param {string} path */
function short(path) {
  return path.replace(/^Chip\./, '');
}

/** @param {TimelineData} data @returns {{ lines: Line[], height: number }} */
function linesOf(data) {
  /** @type {Line[]} */
  const lines = [];
  let top = AXIS_HEIGHT;
  let group = '';
  for (const row of data.rows) {
    if (row.group !== group) {
      group = row.group;
      lines.push({ kind: 'group', label: short(group), path: group, top, height: HEIGHTS.group });
      top += HEIGHTS.group;
    }
    const path = `${row.group}.${row.name}`;
    if (row.spans !== undefined) {
      const count = row.spans.length / 3;
      const starts = new Float64Array(count);
      const ends = new Float64Array(count);
      const names = new Uint32Array(count);
      let at = data.from;
      for (let s = 0; s < count; s++) {
        at += row.spans[3 * s] ?? 0;
        starts[s] = at;
        ends[s] = at + (row.spans[3 * s + 1] ?? 0);
        names[s] = row.spans[3 * s + 2] ?? 0;
      }
      const operations = operationsOf(row.reads ?? [], data.from, starts, ends);
      const served = servedOf(row.served ?? []);
      const drawn = { starts, ends, names, served, operations };
      lines.push({ kind: 'spans', label: row.name, path, top, height: HEIGHTS.spans, ...drawn });
      top += HEIGHTS.spans;
    } else {
      const changes = row.changes ?? [];
      const count = changes.length / 2;
      const times = new Float64Array(count);
      const values = new Float64Array(count);
      let at = data.from;
      let most = 0;
      for (let c = 0; c < count; c++) {
        at += changes[2 * c] ?? 0;
        times[c] = at;
        values[c] = changes[2 * c + 1] ?? 0;
        most = Math.max(most, values[c] ?? 0);
      }
      lines.push({
        kind: 'counter',
        label: `${row.name}, at most ${most}`,
        path,
        top,
        height: HEIGHTS.counter,
        times,
        values,
        most,
      });
      top += HEIGHTS.counter;
    }
  }
  return { lines, height: top };
}

/**
 * Pairs of a crossbar, or -1, and its operation for each span of an ADC.
 * @param {number[]} pairs with the differences of the operations
 */
function servedOf(pairs) {
  const served = Float64Array.from(pairs);
  for (let at = 3; at < served.length; at += 2) served[at] = (served[at] ?? 0) + (served[at - 2] ?? 0);
  return served;
}

/**
 * The operations of reads by the beginnings of their spans; a read that began before the trace has a span from its first cycle.
 * @param {number[]} reads @param {number} from @param {Float64Array} starts @param {Float64Array} ends
 * @returns {Map<number, Operation>}
 */
function operationsOf(reads, from, starts, ends) {
  /** @type {Map<number, Operation>} */
  const operations = new Map();
  let number = 0;
  let start = from;
  for (let r = 0; r < reads.length; r += 5) {
    number += reads[r] ?? 0;
    start += reads[r + 1] ?? 0;
    const shown = Math.max(start, from);
    const span = lastAtMost(starts, shown);
    if (starts[span] !== shown) continue;
    const end = ends[span] ?? 0;
    const [first, last] = [end + (reads[r + 3] ?? 0), end + (reads[r + 4] ?? 0)];
    operations.set(shown, { number, samples: reads[r + 2] ?? 0, first, last });
  }
  return operations;
}

/** Index of the last element that is at most `value`; -1 without one. @param {Float64Array} sorted @param {number} value */
function lastAtMost(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** 1234567 as 1 234 567. @param {number} value */
function grouped(value) {
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, '\u202f');
}

/** Cycles [from, to) as a reader counts them, both included. @param {number} from @param {number} to */
function cycleSpan(from, to) {
  return to - from === 1 ? `cycle ${grouped(from)}` : `cycles ${grouped(from)} to ${grouped(to - 1)}`;
}

/** A number of cycles. @param {number} count */
function cyclesText(count) {
  return count === 1 ? '1 cycle' : `${grouped(count)} cycles`;
}

/** @param {number} count */
function samplesText(count) {
  return count === 1 ? '1 sample' : `${grouped(count)} samples`;
}

/** A step of 1, 2 or 5 times a power of ten. @param {number} cycles @param {number} most */
function tickStep(cycles, most) {
  const least = Math.max(1, cycles / most);
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5, 10]) if (factor * power >= least) return factor * power;
  return 10 * power;
}

const STALLED = /^stall/;

/** @param {string} name */
function lookOf(name) {
  if (name === 'read' || name === 'convert') return name;
  return STALLED.test(name) ? 'stall' : 'other';
}

/** @param {HTMLElement} element */
function timeline(element) {
  const data = /** @type {TimelineData} */ (
    JSON.parse(element.querySelector('script[type="application/json"]')?.textContent ?? '')
  );
  const rows = /** @type {HTMLElement} */ (element.querySelector('.rows'));
  const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector('canvas'));
  const filler = /** @type {HTMLElement} */ (element.querySelector('.height'));
  const output = /** @type {HTMLOutputElement} */ (element.querySelector('output'));
  const tip = /** @type {HTMLElement} */ (document.getElementById('tip'));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const { lines, height: contentHeight } = linesOf(data);
  const view = { from: data.from, to: data.to };
  let width = 0;
  let height = 0;
  let gutter = 0;
  let asked = false;
  /** @type {number | null} */
  let mark = null;
  /** The span that the keys have gone to. @type {{ line: SpanLine, span: number } | null} */
  let picked = null;

  /** A colour of the page's palette as it is now, light or dark. @param {string} name */
  function colour(name) {
    canvas.style.color = `var(${name})`;
    return getComputedStyle(canvas).color;
  }

  function inksNow() {
    return {
      text: colour('--text'),
      faint: colour('--faint'),
      paper: colour('--paper'),
      card: colour('--card'),
      line: colour('--line'),
      mark: colour('--focus'),
    };
  }
  let inks = inksNow();

  /** Oblique lines: a wait is known by its pattern, not only by its colour. */
  function hatching() {
    const tile = document.createElement('canvas');
    tile.width = 6;
    tile.height = 6;
    const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d'));
    pen.fillStyle = '#ffc9a3';
    pen.fillRect(0, 0, 6, 6);
    pen.strokeStyle = '#d55e00';
    pen.lineWidth = 2;
    for (const shift of [-6, 0, 6]) {
      pen.beginPath();
      pen.moveTo(shift - 1, 7);
      pen.lineTo(shift + 7, -1);
      pen.stroke();
    }
    return context.createPattern(tile, 'repeat') ?? '#d55e00';
  }

  const fills = { read: '#009e73', convert: '#0072b2', stall: hatching(), other: '#cc79a7' };
  const texts = { read: '#000000', convert: '#ffffff', stall: '#000000', other: '#000000' };

  function resize() {
    const ratio = window.devicePixelRatio || 1;
    rows.style.height = contentHeight < 512 ? `${contentHeight + 2}px` : '';
    width = Math.max(200, rows.clientWidth);
    height = rows.clientHeight;
    gutter = Math.min(190, Math.round(width * 0.28));
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    filler.style.height = `${Math.max(0, contentHeight - height)}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw();
  }

  /** @param {number} cycle */
  function x(cycle) {
    return gutter + ((cycle - view.from) / (view.to - view.from)) * (width - gutter);
  }

  function redraw() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  }

  function draw() {
    const scroll = rows.scrollTop;
    inks = inksNow();
    const { text, faint } = inks;
    context.fillStyle = inks.paper;
    context.fillRect(0, 0, width, height);
    context.font = '12px system-ui, "DejaVu Sans", sans-serif';
    context.textBaseline = 'middle';
    for (const line of lines) {
      const top = line.top - scroll;
      if (top + line.height < AXIS_HEIGHT || top > height) continue;
      if (line.kind === 'group') drawGroup(line, top, text);
      else if (line.kind === 'spans') drawSpans(line, top);
      else drawCounter(line, top, text);
      if (line.kind !== 'group') drawLabel(line.label, top + line.height / 2, faint);
    }
    drawAxis(text, faint);
    drawMark();
  }

  /** Where the cycle that a link led to is written; null while it is out of sight. */
  function markTag() {
    if (mark === null || mark < view.from || mark > view.to) return null;
    const at = x(mark);
    const text = `cycle ${grouped(mark)}`;
    const broad = context.measureText(text).width + 10;
    return { at, text, broad, left: Math.min(Math.max(at - broad / 2, gutter), width - broad) };
  }

  /** The cycle that a link led to. */
  function drawMark() {
    const tag = markTag();
    if (tag === null) return;
    context.fillStyle = inks.mark;
    context.fillRect(tag.at - 1, 0, 2, height);
    context.fillRect(tag.left, 0, tag.broad, AXIS_HEIGHT - 6);
    context.fillStyle = inks.paper;
    context.textAlign = 'left';
    context.fillText(tag.text, tag.left + 5, 9.5);
  }

  /** @param {string} label @param {number} middle @param {string} ink */
  function drawLabel(label, middle, ink) {
    context.fillStyle = inks.paper;
    context.fillRect(0, middle - 8, gutter - 1, 16);
    context.fillStyle = ink;
    context.textAlign = 'left';
    context.fillText(label, 10, middle, gutter - 14);
  }

  /** @param {GroupLine} line @param {number} top @param {string} ink */
  function drawGroup(line, top, ink) {
    context.fillStyle = inks.card;
    context.fillRect(0, top, width, line.height - 1);
    context.fillStyle = ink;
    context.textAlign = 'left';
    context.fillText(line.label, 4, top + line.height / 2);
  }

  /** @param {SpanLine} line @param {number} top */
  function drawSpans(line, top) {
    const first = Math.max(0, lastAtMost(line.starts, view.from));
    const last = lastAtMost(line.starts, view.to);
    let drawnTo = Number.NEGATIVE_INFINITY;
    for (let s = first; s <= last; s++) {
      const left = Math.max(gutter, x(line.starts[s] ?? 0));
      const right = Math.min(width, x(line.ends[s] ?? 0));
      // What is narrower than a pixel is drawn once for each pixel.
      if (right < gutter || right - drawnTo < 0.5) continue;
      const name = data.names[line.names[s] ?? 0] ?? '';
      const look = lookOf(name);
      const broad = right - left;
      context.fillStyle = fills[look];
      context.fillRect(left, top + 2, Math.max(0.5, broad > 3 ? broad - 1 : broad), line.height - 4);
      drawnTo = right;
      if (picked !== null && picked.line === line && picked.span === s) {
        context.strokeStyle = inks.mark;
        context.lineWidth = 2;
        context.strokeRect(left + 1, top + 2, Math.max(2, broad - 3), line.height - 4);
      }
      if (broad < WIDTH_FOR_TEXT) continue;
      const shownName = fittingName(line, s, name, look, Math.floor((broad - 6) / 7));
      const backed = look === 'stall';
      if (backed) {
        context.fillStyle = '#ffe3d0';
        context.fillRect(left + 2, top + 3, Math.min(broad - 4, 7.2 * shownName.length + 4), line.height - 6);
      }
      context.fillStyle = texts[look];
      context.textAlign = 'left';
      context.fillText(shownName, left + 4, top + line.height / 2 + 0.5, broad - 6);
    }
  }

  /**
   * What is written into a span with room for so many characters, whole or not at all: a read with its operation, a conversion with the crossbar
   * and the operation of its sample.
   * @param {SpanLine} line @param {number} s @param {string} name
   * @param {string} look by `lookOf` @param {number} room
   */
  function fittingName(line, s, name, look, room) {
    const operation = look === 'read' ? line.operations.get(line.starts[s] ?? 0) : undefined;
    const [crossbar = -1, served = 0] = [line.served[2 * s], line.served[2 * s + 1]];
    const short = name.replace(STALLED, '').replace('.', '');
    const names = [name, short];
    if (operation !== undefined) names.unshift(`${name} ${grouped(operation.number)}`);
    if (crossbar >= 0 && look === 'convert') {
      const sample = `[${crossbar}] ${grouped(served)}`;
      names.unshift(`${name} Crossbar${sample}`, `${name} ${sample}`, sample, `[${crossbar}]`);
    }
    return names.find((words) => words.length <= room) ?? '';
  }

  /** @param {CounterLine} line @param {number} top @param {string} ink */
  function drawCounter(line, top, ink) {
    const bottom = top + line.height - 3;
    const tall = line.height - 6;
    const first = lastAtMost(line.times, view.from);
    const last = lastAtMost(line.times, view.to);
    let level = first < 0 ? 0 : (line.values[first] ?? 0);
    const y = (/** @type {number} */ value) => (line.most === 0 ? bottom : bottom - (value / line.most) * tall);
    context.beginPath();
    context.moveTo(gutter, bottom);
    context.lineTo(gutter, y(level));
    for (let c = Math.max(0, first + 1); c <= last; c++) {
      const at = x(line.times[c] ?? 0);
      context.lineTo(at, y(level));
      level = line.values[c] ?? 0;
      context.lineTo(at, y(level));
    }
    context.lineTo(width, y(level));
    context.lineTo(width, bottom);
    context.closePath();
    context.fillStyle = '#e69f0099';
    context.fill();
    // Outlines closer than this would hide the area.
    if (last - first > (width - gutter) / 4) return;
    context.strokeStyle = ink;
    context.lineWidth = 0.6;
    context.stroke();
  }

  /** @param {string} text @param {string} faint */
  function drawAxis(text, faint) {
    context.fillStyle = inks.paper;
    context.fillRect(0, 0, width, AXIS_HEIGHT);
    context.strokeStyle = inks.line;
    context.lineWidth = 1;
    const step = tickStep(view.to - view.from, Math.max(2, (width - gutter) / 110));
    context.fillStyle = text;
    const tag = markTag();
    for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
      const left = Math.round(x(at)) + 0.5;
      context.beginPath();
      context.moveTo(left, AXIS_HEIGHT - 6);
      context.lineTo(left, height);
      context.globalAlpha = 0.5;
      context.stroke();
      context.globalAlpha = 1;
      const label = grouped(at);
      const half = context.measureText(label).width / 2;
      const middle = Math.max(left, gutter + half);
      const isCovered = tag !== null && middle + half > tag.left - 4 && middle - half < tag.left + tag.broad + 4;
      if (left + half > width || isCovered) continue;
      context.textAlign = 'center';
      context.fillText(label, middle, 10);
    }
    context.fillStyle = faint;
    context.textAlign = 'left';
    context.fillText('cycle', 10, 10);
  }

  /** Shows cycles [from, to), or as much of them as the trace holds. @param {number} from @param {number} to */
  function show(from, to) {
    const length = Math.min(Math.max(to - from, CLOSEST), data.to - data.from);
    view.from = Math.min(Math.max(from, data.from), data.to - length);
    view.to = view.from + length;
    const [first, end] = [Math.floor(view.from), Math.ceil(view.to)];
    element.dataset['from'] = String(first);
    element.dataset['to'] = String(end);
    output.textContent = cycleSpan(first, end);
    redraw();
  }

  const spanLines = lines.filter((line) => line.kind === 'spans');

  /** Goes to another resource, or to another span of it, brings it into sight and says what it is. @param {number} resources @param {number} spans */
  function pick(resources, spans) {
    const at = picked === null ? -1 : spanLines.indexOf(picked.line);
    const line = spanLines[Math.min(Math.max(at + resources, 0), spanLines.length - 1)];
    if (line === undefined || line.starts.length === 0) return;
    const cycle = picked === null ? view.from : (picked.line.starts[picked.span] ?? view.from);
    const from = picked !== null && picked.line === line ? picked.span : lastAtMost(line.starts, cycle);
    const span = Math.min(Math.max(picked === null ? from : from + spans, 0), line.starts.length - 1);
    picked = { line, span };
    const start = line.starts[span] ?? 0;
    const length = view.to - view.from;
    if (start < view.from || start >= view.to) show(start - length / 3, start + (2 * length) / 3);
    if (line.top < rows.scrollTop || line.top + line.height > rows.scrollTop + rows.clientHeight) {
      rows.scrollTop = line.top - rows.clientHeight / 2;
    }
    output.textContent = wordsAt(line, start, false).replaceAll('\n', '; ');
    redraw();
  }

  let waiting = 0;
  function keepInAddress() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      try {
        history.replaceState(null, '', `#zoom=${Math.floor(view.from)}:${Math.ceil(view.to)}`);
      } catch {
        // Some browsers forbid it for pages from disk; the view is the same.
      }
    }, 250);
  }

  /** @param {number} factor @param {number} share place that stays, 0 at the left edge and 1 at the right one */
  function zoom(factor, share = 0.5) {
    const length = view.to - view.from;
    const fixed = view.from + share * length;
    const longer = Math.max(CLOSEST, length * factor);
    show(fixed - share * longer, fixed + (1 - share) * longer);
    keepInAddress();
  }

  /** @param {number} share of the view */
  function move(share) {
    const by = share * (view.to - view.from);
    show(view.from + by, view.to + by);
    keepInAddress();
  }

  function all() {
    show(data.from, data.to);
    keepInAddress();
  }

  /** @type {Record<string, () => void>} */
  const actions = {
    in: () => zoom(0.5),
    out: () => zoom(2),
    left: () => move(-0.25),
    right: () => move(0.25),
    all,
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    '+': () => zoom(0.5),
    '=': () => zoom(0.5),
    '-': () => zoom(2),
    ArrowLeft: () => move(-0.1),
    ArrowRight: () => move(0.1),
    ArrowUp: () => rows.scrollBy(0, -3 * HEIGHTS.spans),
    ArrowDown: () => rows.scrollBy(0, 3 * HEIGHTS.spans),
    0: all,
    n: () => pick(0, 1),
    p: () => pick(0, -1),
    j: () => pick(1, 0),
    k: () => pick(-1, 0),
  };

  for (const button of element.querySelectorAll('button[data-zoom]')) {
    button.addEventListener('click', () => actions[button.getAttribute('data-zoom') ?? '']?.());
  }
  rows.addEventListener('keydown', (event) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
  rows.addEventListener('scroll', redraw);
  rows.addEventListener(
    'wheel',
    (event) => {
      // A page that is only passed by is scrolled, not zoomed.
      if (!event.ctrlKey && document.activeElement !== rows) return;
      event.preventDefault();
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        move(0.1 * Math.sign(event.deltaX || event.deltaY));
        return;
      }
      const box = canvas.getBoundingClientRect();
      const share = (event.clientX - box.left - gutter) / (width - gutter);
      zoom(event.deltaY > 0 ? 1.25 : 0.8, Math.min(Math.max(share, 0), 1));
    },
    { passive: false },
  );

  /** @type {{ x: number, from: number, to: number } | null} */
  let drag = null;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    rows.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    drag = { x: event.clientX, from: view.from, to: view.to };
    canvas.style.cursor = 'grabbing';
  });
  canvas.addEventListener('pointermove', (event) => {
    if (drag === null) {
      point(event);
      return;
    }
    const by = ((drag.x - event.clientX) / (width - gutter)) * (drag.to - drag.from);
    show(drag.from + by, drag.to + by);
    tip.hidden = true;
  });
  const endDrag = () => {
    if (drag !== null) keepInAddress();
    drag = null;
    canvas.style.cursor = '';
  };
  canvas.addEventListener('pointerup', endDrag);
  canvas.addEventListener('pointercancel', endDrag);
  canvas.addEventListener('pointerleave', () => {
    tip.hidden = true;
  });

  /** Says what is under the pointer. @param {PointerEvent} event */
  function point(event) {
    const box = canvas.getBoundingClientRect();
    const at = event.clientX - box.left;
    const down = event.clientY - box.top + rows.scrollTop;
    const line = lines.find(({ top, height: tall }) => down >= top && down < top + tall);
    const cycle = view.from + ((at - gutter) / (width - gutter)) * (view.to - view.from);
    const words = line === undefined || line.kind === 'group' ? '' : wordsAt(line, cycle, at < gutter);
    tip.hidden = words === '';
    if (words === '') return;
    tip.textContent = words;
    const size = tip.getBoundingClientRect();
    tip.style.left = `${Math.min(event.clientX + 14, window.innerWidth - size.width - 8)}px`;
    tip.style.top = `${Math.min(event.clientY + 16, window.innerHeight - size.height - 8)}px`;
  }

  /** @param {SpanLine | CounterLine} line @param {number} cycle @param {boolean} onLabel */
  function wordsAt(line, cycle, onLabel) {
    const path = short(line.path);
    if (onLabel) return path;
    if (line.kind === 'counter') {
      const c = lastAtMost(line.times, cycle);
      return `${path}\n${samplesText(c < 0 ? 0 : (line.values[c] ?? 0))} at cycle ${grouped(Math.floor(cycle))}`;
    }
    const s = lastAtMost(line.starts, cycle);
    const [start, end] = [line.starts[s] ?? 0, line.ends[s] ?? 0];
    if (s < 0 || cycle >= end) return `${path}\nno work at cycle ${grouped(Math.floor(cycle))}`;
    const name = data.names[line.names[s] ?? 0] ?? '';
    const words = `${path}\n${name}: ${cycleSpan(start, end)}, ${cyclesText(end - start)}`;
    const [crossbar = -1, served = 0] = [line.served[2 * s], line.served[2 * s + 1]];
    if (crossbar >= 0) return `${words}\na sample of Crossbar[${crossbar}], operation ${grouped(served)}`;
    const operation = lookOf(name) === 'read' ? line.operations.get(start) : undefined;
    if (operation === undefined) return words;
    const { number, samples, first, last } = operation;
    return `${words}\noperation ${grouped(number)}: ${samplesText(samples)}, converted in ${cycleSpan(first, last)}`;
  }

  document.addEventListener('ousim-theme', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  new ResizeObserver(() => {
    if (rows.clientWidth > 0 && rows.clientWidth !== width) resize();
  }).observe(rows);
  // On paper the picture is as wide as the sheet and keeps its proportions; `printing.js` has made the page light by now.
  window.addEventListener('beforeprint', () => {
    draw();
    canvas.style.height = 'auto';
    rows.style.height = 'auto';
    filler.style.height = '0';
  });
  window.addEventListener('afterprint', resize);
  show(data.from, data.to);
  resize();
  /**
   * Shows cycles [from, to) with one of them marked and the rows of an instance in sight, and takes the keys.
   * @param {number} from @param {number} to @param {number} cycle @param {string} path
   */
  function goTo(from, to, cycle, path) {
    mark = cycle;
    show(from, to);
    const line = lines.find((of) => of.path === path);
    if (line !== undefined) rows.scrollTop = line.top - AXIS_HEIGHT;
    rows.focus({ preventScroll: true });
    element.scrollIntoView({ block: 'center' });
    keepInAddress();
  }

  return {
    element,
    show,
    goTo,
    overlaps: (/** @type {number} */ from, /** @type {number} */ to) => from < data.to && to > data.from,
  };
}

const timelines = [...document.querySelectorAll('[data-timeline]')]
  .filter((element) => element instanceof HTMLElement)
  .map(timeline);

/** `#zoom=FROM:TO` in the address shows these cycles, in every timeline that holds some of them. */
function showAddress() {
  const zoom = /^#zoom=(\d+):(\d+)$/.exec(location.hash);
  if (zoom === null) return;
  const [from, to] = [Number(zoom[1]), Number(zoom[2])];
  const found = timelines.filter(({ overlaps }) => from < to && overlaps(from, to));
  for (const { show } of found) show(from, to);
  const first = found[0]?.element;
  for (let parent = first?.closest('details'); parent; parent = parent.parentElement?.closest('details'))
    parent.open = true;
  first?.scrollIntoView({ block: 'center' });
}
window.addEventListener('hashchange', showAddress);
showAddress();

// A link with `data-jump` leads to cycles of the timeline in the section that it names.
for (const link of document.querySelectorAll('a[data-jump]')) {
  link.addEventListener('click', (event) => {
    const section = document.getElementById(link.getAttribute('href')?.slice(1) ?? '');
    const found = timelines.find(({ element }) => section?.contains(element));
    const [from, to] = (link.getAttribute('data-jump') ?? '').split(':').map(Number);
    if (found === undefined || from === undefined || to === undefined) return;
    event.preventDefault();
    // The way back to the link is the browser's.
    location.hash = link.getAttribute('href') ?? '';
    found.goTo(from, to, Number(link.getAttribute('data-mark')), link.getAttribute('data-path') ?? '');
  });
}
