// Adds to a report that reads whole without it: a cursor over all time charts, zoom, phases, percentiles, scales, sorting and a
// dark ground. All values come from the page's own tables.
(function () {
  'use strict';
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const make = (tag, props, parent) => { const e = Object.assign(document.createElement(tag), props); if (parent) parent.append(e); return e; };
  const draw = (tag, attrs, parent) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const name in attrs) e.setAttribute(name, attrs[name]);
    if (parent) parent.append(e);
    return e;
  };
  const maxPoints = 600;

  // --- Values, from the tables by second.

  const grids = new Map();
  function grid(id) {
    if (!grids.has(id)) {
      const table = document.getElementById(id);
      const columns = Array.from(table.tHead.rows[0].cells, th => ({ name: th.textContent, scale: Number(th.dataset.scale || 1), unit: th.dataset.unit || '' }));
      columns.forEach(c => { c.texts = []; c.values = []; c.open = []; });
      for (const row of table.tBodies[0].rows) columns.forEach((c, i) => {
        for (const text of row.cells[i].textContent.split('\n')) { // a line for each second
          const open = text.startsWith('≥');
          c.texts.push(text);
          c.open.push(open);
          c.values.push(text === '' ? NaN : Number(open ? text.slice(1) : text) * c.scale);
        }
      });
      grids.set(id, { columns, times: columns[0].values });
    }
    return grids.get(id);
  }
  const exact = (g, row, column) => {
    const c = g.columns[column], text = c.texts[row];
    return text ? text + (c.unit ? ' ' + c.unit : '') : 'not measured';
  };
  const rowAt = (g, t) => {
    const row = Math.floor(t - g.times[0]);
    return row >= 0 && row < g.times.length ? row : -1;
  };

  // --- Words of an axis, as the static drawing writes them.

  function digits(v) {
    if (v < 0) return '−' + digits(-v);
    if (v >= 1000) return Math.round(v).toString().replace(/\B(?=(\d{3})+$)/g, ',');
    return String(Number(v.toPrecision(3)));
  }
  function sized(v, steps) {
    for (const [size, name] of steps) if (Math.abs(v) >= size * 0.9995) return digits(v / size) + ' ' + name;
    return v === 0 ? '0' : digits(v) + ' ' + steps[steps.length - 1][1];
  }
  const durations = [[3600e9, 'h'], [60e9, 'min'], [1e9, 's'], [1e6, 'ms'], [1e3, 'us'], [1, 'ns']];
  const bytes = [[1e12, 'TB'], [1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB'], [1, 'B']];
  function words(v, unit) {
    const two = n => String(n).padStart(2, '0');
    switch (unit) {
      case 'ns': return sized(v, durations);
      case 'B': return sized(v, bytes);
      case '/s': return digits(v) + '/s';
      case '%': return digits(v * 100) + ' %';
      case '×': return digits(v) + '×';
      case 's': {
        if (Math.abs(v) < 120) return digits(v) + ' s';
        const s = Math.round(v);
        return s < 7200 ? Math.floor(s / 60) + ':' + two(s % 60) + ' min' : Math.floor(s / 3600) + ':' + two(Math.floor(s / 60) % 60) + ' h';
      }
    }
    return digits(v);
  }
  const decade = v => Math.pow(10, Math.floor(Math.log10(v) + 1e-9));
  const niceUp = v => { const p = decade(v); for (const s of [1, 2, 5]) if (s * p >= v * (1 - 1e-9)) return s * p; return 10 * p; };
  const niceDown = v => { const p = decade(v); for (const s of [5, 2]) if (s * p <= v * (1 + 1e-9)) return s * p; return p; };
  function interval(v, unit) {
    if (unit === 's') for (const s of [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400]) if (s >= v) return s;
    return v > 0 ? niceUp(v) : 1;
  }
  function ticks(scale, n) {
    const list = [];
    if (scale.log && scale.to / scale.from >= 4) {
      const decades = Math.log10(scale.to / scale.from), steps = 3 * decades <= n ? [1, 2, 5] : [1];
      for (let e = Math.floor(Math.log10(scale.from) + 1e-9); e <= Math.log10(scale.to) + 1e-9; e += Math.max(Math.ceil(decades / n), 1))
        for (const m of steps) { const v = m * Math.pow(10, e); if (v >= scale.from * (1 - 1e-9) && v <= scale.to * (1 + 1e-9)) list.push(v); }
      return list;
    }
    const step = interval((scale.to - scale.from) / n, scale.unit);
    for (let i = Math.ceil(scale.from / step - 1e-9); i * step <= scale.to + step * 1e-9; i++) list.push(i * step);
    return list;
  }
  function place(scale, v) {
    const f = scale.log ? x => Math.log10(Math.max(x, scale.from)) : x => x;
    const part = (f(v) - f(scale.from)) / (f(scale.to) - f(scale.from));
    return scale.low + (scale.high - scale.low) * Math.min(Math.max(part, 0), 1);
  }

  // --- The time charts.

  const numbers = text => text.split(' ').map(Number);
  const charts = all('svg[data-plot]').map(svg => {
    const [left, top, right, bottom] = numbers(svg.dataset.plot), [from, to] = numbers(svg.dataset.x), [low, high] = numbers(svg.dataset.y);
    const chart = {
      svg, left, top, right, bottom, unit: svg.dataset.unit, heat: svg.dataset.heat && numbers(svg.dataset.heat),
      log: svg.dataset.scale === 'log', whole: { from, to }, wholeY: { from: low, to: high },
    };
    chart.staticLog = chart.log;
    return chart;
  });
  if (charts.length) live();
  tools();
  sorting();
  addEventListener('beforeprint', () => all('details:not(.data)').forEach(d => { d.open = true; }));

  function live() {
    const whole = { from: Math.min(...charts.map(c => c.whole.from)), to: Math.max(...charts.map(c => c.whole.to)) };
    const state = { from: whole.from, to: whole.to, at: null, off: new Set() };
    const tip = make('div', { className: 'tip', hidden: true }, document.body);
    const said = make('div', { className: 'live', role: 'status' }, document.body);
    said.setAttribute('role', 'status');
    said.setAttribute('aria-live', 'polite');
    let saying;
    const say = text => { clearTimeout(saying); saying = setTimeout(() => { said.textContent = text; }, 400); };

    const isWhole = () => state.from === whole.from && state.to === whole.to;
    const seriesOf = chart => all('g.series[data-key]', chart.svg).map(g => {
      const [id, column] = g.dataset.key.split(':');
      return { g, id, column: Number(column), name: g.dataset.name || '', group: g.dataset.group, area: g.dataset.style === 'area' };
    });

    function show(from, to) {
      from = Math.max(from, whole.from);
      to = Math.min(to, whole.to);
      if (to - from < 2) { const mid = (from + to) / 2; from = Math.max(mid - 1, whole.from); to = Math.min(from + 2, whole.to); }
      state.from = from;
      state.to = to;
      charts.forEach(render);
      const text = isWhole() ? 'whole run' : words(from, 's') + ' to ' + words(to, 's');
      range.textContent = text;
      say(text);
      if (isWhole()) phases.value = '';
    }

    // frame sets the axes of a chart to those of the static drawing.
    function frame(chart) {
      chart.x = { from: chart.whole.from, to: chart.whole.to, low: chart.left, high: chart.right, unit: 's' };
      chart.y = { from: chart.wholeY.from, to: chart.wholeY.to, low: chart.bottom, high: chart.top, unit: chart.unit, log: chart.staticLog };
    }

    function render(chart) {
      if (chart.drawn === undefined) {
        all('.cursor', chart.svg).forEach(e => e.remove());
        chart.drawn = chart.svg.innerHTML;
      }
      chart.svg.innerHTML = chart.drawn;
      frame(chart);
      if (!isWhole() || chart.log !== chart.staticLog || state.off.size) redraw(chart);
      all('g[data-group]', chart.svg).forEach(g => { if (state.off.has(g.dataset.group)) g.setAttribute('display', 'none'); });
      cursor(chart);
    }

    // redraw draws a chart over the window, as the static drawing is drawn over the whole.
    function redraw(chart) {
      const svg = chart.svg;
      chart.x.from = state.from;
      chart.x.to = state.to;
      axis(chart);
      all('.spans rect', svg).forEach(rect => {
        const a = place(chart.x, Number(rect.dataset.from)), b = place(chart.x, Number(rect.dataset.to));
        rect.setAttribute('x', a);
        rect.setAttribute('width', Math.max(b - a, 0));
        const text = rect.nextElementSibling && rect.nextElementSibling.tagName === 'text' ? rect.nextElementSibling : null;
        if (text) { text.setAttribute('x', (a + b) / 2); text.setAttribute('display', b - a > 7 * text.textContent.length ? 'inline' : 'none'); }
      });
      all('.marks > g', svg).forEach(g => {
        const from = Number(g.dataset.from), to = Number(g.dataset.to);
        g.setAttribute('display', to < state.from || from > state.to ? 'none' : 'inline');
        const was = Number(g.querySelector('line').getAttribute('x1')), now = place(chart.x, from);
        all('line, path, text', g).forEach(e => e.setAttribute('transform', 'translate(' + (now - was) + ' 0)'));
        all('rect', g).forEach(e => { e.setAttribute('x', now); e.setAttribute('width', Math.max(place(chart.x, to) - now, 0)); });
      });
      if (chart.heat) { heat(chart); return; }
      const shown = seriesOf(chart).filter(s => !state.off.has(s.group));
      shown.forEach(s => { s.points = points(s); });
      stack(shown);
      rescale(chart, shown);
      for (const s of shown) paint(chart, s);
      label(chart, shown);
    }

    // points are those of a series in the window, with one beyond each edge; of many the highest of each stretch.
    function points(s) {
      const g = grid(s.id), column = g.columns[s.column];
      let list = [];
      for (let i = 0; i < g.times.length; i++) {
        const x = g.times[i] + 0.5;
        if (x < state.from - 1 || x > state.to + 1) continue;
        list.push({ x, y: column.values[i], open: column.open[i] });
      }
      if (list.length <= maxPoints) return list;
      const kept = [];
      for (let i = 0; i < maxPoints; i++) {
        let best = null;
        for (const p of list.slice(Math.floor(i * list.length / maxPoints), Math.floor((i + 1) * list.length / maxPoints)))
          if (!best || Number.isNaN(best.y) || p.y > best.y) best = p;
        kept.push(best);
      }
      return kept;
    }
    function stack(shown) {
      const heights = [];
      for (const s of shown) if (s.area) s.points.forEach((p, i) => { p.low = heights[i] || 0; p.y = p.low + (p.y || 0); heights[i] = p.y; });
    }

    function rescale(chart, shown) {
      let low = Infinity, high = -Infinity;
      const grow = v => { if (Number.isFinite(v) && !(chart.log && v <= 0)) { low = Math.min(low, v); high = Math.max(high, v); } };
      shown.forEach(s => s.points.forEach(p => { if (p.x >= state.from && p.x <= state.to) grow(p.y); }));
      all('.limits line[data-at]', chart.svg).forEach(l => grow(Number(l.dataset.at)));
      if (low > high) { low = chart.wholeY.from; high = chart.wholeY.to; }
      const y = chart.y;
      y.log = chart.log;
      const fine = interval((high - low) / 4, chart.unit), under = Math.floor(low / fine + 1e-9) * fine;
      if (y.log && high <= 1.001 * low) { y.from = niceDown(low / 1.5); y.to = niceUp(high * 1.5); }
      else if (y.log && high < 3 * low && under > 0) { y.from = under; y.to = Math.ceil(high / fine - 1e-9) * fine; }
      else if (y.log) { y.from = niceDown(low > 0 ? low : high / 1000); y.to = niceUp(high); if (y.from >= y.to) y.from = y.to / 10; }
      else {
        low = Math.min(low, 0);
        if (high <= low) high = low + 1;
        const step = interval((high - low) / 4, chart.unit);
        y.from = Math.floor(low / step + 1e-9) * step;
        y.to = Math.ceil(high / step - 1e-9) * step;
      }
      const lines = chart.svg.querySelector('.grid'), texts = chart.svg.querySelector('.y-axis');
      lines.replaceChildren();
      texts.replaceChildren();
      for (const v of ticks(y, Math.max(Math.floor((chart.bottom - chart.top) / 30), 2))) {
        const at = place(y, v);
        draw('line', { x1: chart.left, y1: at, x2: chart.right, y2: at }, lines);
        draw('text', { x: chart.left - 6, y: at + 4, 'text-anchor': 'end' }, texts).textContent = words(v, chart.unit);
      }
      all('.limits line[data-at]', chart.svg).forEach(l => { const at = place(y, Number(l.dataset.at)); l.setAttribute('y1', at); l.setAttribute('y2', at); });
    }

    function axis(chart) {
      const g = chart.svg.querySelector('.x-axis');
      const base = g.querySelector('line');
      g.replaceChildren(base);
      for (const v of ticks(chart.x, 8)) {
        const x = place(chart.x, v);
        draw('line', { x1: x, y1: chart.bottom, x2: x, y2: chart.bottom + 4, stroke: 'currentColor', 'stroke-opacity': 0.6 }, g);
        draw('text', { x, y: chart.bottom + 16, 'text-anchor': 'middle' }, g).textContent = words(v, 's');
      }
    }

    // paint gives the paths of a series their new shape; their look stays.
    function paint(chart, s) {
      const inside = s.points.filter(p => p.x >= state.from && p.x <= state.to);
      const at = p => place(chart.x, p.x).toFixed(1) + ' ' + place(chart.y, p.y).toFixed(1);
      const edge = () => {
        let d = '', joined = false;
        for (const p of inside) { if (Number.isNaN(p.y)) { joined = false; continue; } d += (joined ? 'L' : 'M') + at(p); joined = true; }
        return inside.length === 1 && d ? d + 'h1' : d;
      };
      const paths = all('path', s.g), open = s.g.querySelector('path.open');
      if (open) open.setAttribute('d', inside.filter(p => p.open).map(p => {
        const x = place(chart.x, p.x), y = place(chart.y, p.y);
        return 'M' + (x - 2.5) + ' ' + y + 'A2.5 2.5 0 0 1 ' + (x + 2.5) + ' ' + y + 'A2.5 2.5 0 0 1 ' + (x - 2.5) + ' ' + y + 'Z';
      }).join(''));
      if (s.area && paths.length) {
        const low = inside.slice().reverse().map(p => 'L' + place(chart.x, p.x).toFixed(1) + ' ' + place(chart.y, p.low).toFixed(1)).join('');
        paths[0].setAttribute('d', inside.length ? edge() + low + 'Z' : '');
        paths[1].setAttribute('d', edge());
      } else if (paths.length && paths[0] !== open) paths[0].setAttribute('d', edge());
    }

    // label puts the names beside the new ends of their lines, none over another.
    function label(chart, shown) {
      const list = [];
      for (const g of all('.labels > g', chart.svg)) {
        const text = g.querySelector('text');
        if (!text) continue;
        const base = Number(text.getAttribute('y')) - 4;
        const s = shown.find(s => s.name === g.dataset.name);
        let y = base;
        if (s) {
          const last = s.points.filter(p => p.x <= state.to && !Number.isNaN(p.y)).pop();
          if (last) y = place(chart.y, s.area ? (last.low + last.y) / 2 : last.y);
        } else if (g.dataset.at) y = place(chart.y, Number(g.dataset.at));
        else continue;
        list.push({ g, base, y });
      }
      list.sort((a, b) => a.y - b.y);
      let next = chart.top + 4;
      for (const l of list) { l.y = Math.max(l.y, next); next = l.y + 13; }
      next = chart.bottom - 2;
      for (const l of list.slice().reverse()) { l.y = Math.min(l.y, next); next = l.y - 13; }
      list.forEach(l => l.g.setAttribute('transform', 'translate(0 ' + (l.y - l.base) + ')'));
    }

    function heat(chart) {
      const [start, every] = chart.heat;
      all('svg.cells', chart.svg).forEach(cells => {
        const [, rows] = numbers(cells.dataset.cells);
        cells.setAttribute('width', chart.right - chart.left);
        cells.setAttribute('viewBox', [(state.from - start) / every, 0, (state.to - state.from) / every, rows].join(' '));
      });
    }

    // --- The cursor.

    function cursor(chart) {
      all('line.cursor', chart.svg).forEach(e => e.remove());
      if (state.at === null || state.at < chart.x.from || state.at > chart.x.to) return;
      const x = place(chart.x, state.at);
      draw('line', { class: 'cursor', x1: x, x2: x, y1: chart.top, y2: chart.bottom, stroke: 'currentColor' }, chart.svg);
    }
    function read(chart) {
      const lines = [words(Math.floor(state.at), 's')];
      for (const s of seriesOf(chart)) {
        if (state.off.has(s.group)) continue;
        const g = grid(s.id), row = rowAt(g, state.at);
        lines.push((s.name || g.columns[s.column].name) + '  ' + (row < 0 ? 'not measured' : exact(g, row, s.column)));
      }
      return lines;
    }
    function point(chart, t, x, y) {
      state.at = t;
      charts.forEach(cursor);
      if (t === null) { tip.hidden = true; return; }
      const lines = read(chart);
      tip.textContent = lines.join('\n');
      tip.hidden = false;
      tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - tip.offsetWidth - 8)) + 'px';
      tip.style.top = Math.max(4, Math.min(y + 14, innerHeight - tip.offsetHeight - 8)) + 'px';
      say(lines.join(', '));
    }
    const timeAt = (chart, e) => {
      const box = chart.svg.getBoundingClientRect(), x = (e.clientX - box.left) * chart.svg.viewBox.baseVal.width / box.width;
      const part = (x - chart.left) / (chart.right - chart.left);
      return part < -0.02 || part > 1.02 ? null : chart.x.from + Math.min(Math.max(part, 0), 1) * (chart.x.to - chart.x.from);
    };

    charts.forEach(chart => {
      frame(chart);
      let from = null, band = null;
      chart.svg.addEventListener('pointermove', e => {
        const t = timeAt(chart, e);
        point(chart, t, e.clientX, e.clientY);
        if (from !== null && t !== null) {
          const a = place(chart.x, Math.min(from, t)), b = place(chart.x, Math.max(from, t));
          if (!band) band = draw('rect', { class: 'cursor', y: chart.top, height: chart.bottom - chart.top, fill: 'currentColor', 'fill-opacity': 0.15 }, chart.svg);
          band.setAttribute('x', a);
          band.setAttribute('width', b - a);
        }
      });
      chart.svg.addEventListener('pointerleave', () => { if (from === null) point(chart, null); });
      chart.svg.addEventListener('pointerdown', e => { if (e.button === 0 && e.pointerType !== 'touch') { from = timeAt(chart, e); chart.svg.setPointerCapture(e.pointerId); e.preventDefault(); } });
      chart.svg.addEventListener('pointerup', e => {
        const t = timeAt(chart, e), start = from;
        from = null;
        if (band) { band.remove(); band = null; }
        if (start !== null && t !== null && Math.abs(place(chart.x, t) - place(chart.x, start)) > 5) show(Math.floor(Math.min(start, t)), Math.ceil(Math.max(start, t)));
      });
      chart.svg.addEventListener('dblclick', () => show(whole.from, whole.to));
      const box = chart.svg.parentElement;
      box.addEventListener('keydown', e => {
        const step = e.shiftKey ? 10 : 1, at = state.at === null ? state.from - 0.5 : state.at;
        const go = t => {
          const b = chart.svg.getBoundingClientRect(), inside = Math.min(Math.max(t, state.from + 0.5), state.to - 0.5);
          point(chart, inside, b.left + place(chart.x, inside), b.top + chart.top);
        };
        const mid = state.at === null ? (state.from + state.to) / 2 : state.at, span = state.to - state.from;
        switch (e.key) {
          case 'ArrowLeft': go(Math.floor(at) + 0.5 - step); break;
          case 'ArrowRight': go(Math.floor(at) + 0.5 + step); break;
          case 'Home': go(state.from); break;
          case 'End': go(state.to); break;
          case '+': case '=': show(mid - span / 4, mid + span / 4); break;
          case '-': show(mid - span, mid + span); break;
          case '0': show(whole.from, whole.to); break;
          case 'Escape': point(chart, null); break;
          default: return;
        }
        e.preventDefault();
      });
      box.addEventListener('blur', () => point(chart, null));
    });

    // --- The bar over the charts.

    const bar = make('div', { className: 'bar' });
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', 'charts over time');
    const phases = make('select', {}, make('label', { textContent: 'phase ' }, bar));
    make('option', { value: '', textContent: 'whole run' }, phases);
    const first = charts.find(c => c.svg.querySelector('.spans rect'));
    if (first) all('.spans rect', first.svg).forEach(r => make('option', { value: r.dataset.from + ' ' + r.dataset.to, textContent: r.dataset.name || words(Number(r.dataset.from), 's') }, phases));
    phases.addEventListener('change', () => { const [a, b] = phases.value ? numbers(phases.value) : [whole.from, whole.to]; show(a, b); });
    const range = make('span', { textContent: 'whole run', className: 'range' }, bar);
    make('button', { type: 'button', textContent: 'zoom out', onclick: () => show(whole.from, whole.to) }, bar);
    const groups = new Set(charts.flatMap(c => seriesOf(c).map(s => s.group).filter(Boolean)));
    groups.forEach(name => {
      const l = make('label', {}, bar), box = make('input', { type: 'checkbox', checked: true }, l);
      l.append(name);
      box.addEventListener('change', () => { if (box.checked) state.off.delete(name); else state.off.add(name); charts.forEach(render); });
    });
    if (charts.some(c => c.staticLog && !c.heat)) {
      const b = make('button', { type: 'button', textContent: 'linear' }, bar);
      b.addEventListener('click', () => {
        const linear = b.textContent === 'linear';
        charts.filter(c => c.staticLog && !c.heat).forEach(c => { c.log = !linear; render(c); });
        b.textContent = linear ? 'logarithmic' : 'linear';
      });
    }
    make('span', { className: 'hint', textContent: 'Drag to zoom, or focus a chart: arrow keys, + − 0' }, bar);
    const section = charts[0].svg.closest('section') || charts[0].svg.closest('figure');
    section.before(bar);
  }

  // --- What needs no charts.

  function tools() {
    const b = make('button', { type: 'button', className: 'theme' });
    const bar = document.querySelector('.bar') || make('div', { className: 'bar bare' });
    if (!bar.parentElement) document.querySelector('main').prepend(bar);
    const root = document.documentElement, dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    const name = () => { b.textContent = dark() ? 'light' : 'dark'; };
    b.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; name(); });
    name();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', name);
    bar.append(b);
  }

  function sorting() {
    all('table.sorts').forEach(table => {
      const heads = Array.from(table.tHead.rows[0].cells);
      heads.forEach((th, i) => {
        if (!th.textContent) return;
        const b = make('button', { type: 'button', textContent: th.textContent });
        th.replaceChildren(b);
        b.addEventListener('click', () => {
          const up = th.getAttribute('aria-sort') !== 'ascending';
          heads.forEach(h => h.removeAttribute('aria-sort'));
          th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
          const value = row => { const c = row.cells[i]; return c && c.dataset.v !== undefined ? Number(c.dataset.v) : NaN; };
          const text = row => (row.cells[i] ? row.cells[i].textContent : '');
          const isTotal = r => r.cells[0].colSpan > 1;
          const all = Array.from(table.tBodies[0].rows), last = all.filter(isTotal), rows = all.filter(r => !isTotal(r));
          const numeric = rows.some(r => !Number.isNaN(value(r)));
          rows.sort((a, b) => {
            if (!numeric) return (up ? 1 : -1) * text(a).localeCompare(text(b));
            const x = value(a), y = value(b);
            if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
            return up ? x - y : y - x;
          });
          table.tBodies[0].append(...rows, ...last); // what says something of other rows stays below them
        });
      });
    });
  }
})();
