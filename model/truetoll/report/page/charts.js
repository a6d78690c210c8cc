// Every chart of the page: how it is drawn for a width.
const xs = (d, points) => Array.from({ length: points }, (_, i) => Math.exp(d.low + ((d.high - d.low) * i) / (points - 1)));
const curve = (x, y, top) => x.map((each, i) => ({ x: each, y: y[i] / top }));

const interval = (v, y, colour) => [
  Plot.link([v], { x1: (d) => d[0], x2: (d) => d[2], y1: y, y2: y, stroke: colour, strokeWidth: 3.5 }),
  Plot.dot([v], { x: (d) => d[1], y, fill: colour, stroke: 'var(--paper)', strokeWidth: 1, r: 5 }),
];

const area = (points, colour, dashed) => [
  Plot.areaY(points, { x: 'x', y: 'y', fill: colour, fillOpacity: 0.16 }),
  Plot.line(points, { x: 'x', y: 'y', stroke: colour, strokeWidth: dashed ? 1.3 : 1.8, strokeDasharray: dashed ? '5 3' : null }),
];

const three = (found) => [found.low, found.median, found.high];

const panel = (d, width) => {
  const x = xs(d, d.before.length);
  const row = question.rows.get(d.name);
  const after = density(row.logs, null, d, d.before.length);
  const top = Math.max(d3.max(d.before), d3.max(after));
  const box = document.createElement('div');
  box.className = 'panel';
  const title = box.appendChild(document.createElement('p'));
  title.className = 'panel-title';
  title.appendChild(document.createElement('bdi')).textContent = d.force;
  title.append(`: ${d.label}`);
  const rest = data.rest[d.name];
  const said = box.appendChild(document.createElement('p'));
  said.className = 'panel-said';
  said.textContent = `${whole(rest.median)} (${span(rest.low, rest.high)})`;
  box.appendChild(plotted(width, 150, {
    x: logAxis(x, width), y: { axis: null, domain: [-0.2, 1.05] },
    marks: [...area(curve(x, d.before, top), PRIOR, true), ...area(curve(x, after, top), POSTERIOR, false),
      ...interval(three(rest), -0.11, POSTERIOR), Plot.ruleY([-0.02], { stroke: INK, strokeOpacity: 0.25 })],
  }));
  return box;
};

const drawDensities = (figure, width) => {
  const columns = width > 620 ? 2 : 1;
  const each = (width - (columns - 1) * 28) / columns;
  const box = document.createElement('div');
  box.className = 'panels';
  box.append(...data.densities.map((d) => panel(d, each)));
  legend(figure, [['prior', say('answer.before')], ['posterior', say('answer.after')]]);
  return box;
};

const drawMoved = (figure, width) => {
  const d = data.densities.find((each) => each.name === chosen('moved', data.main));
  const x = xs(d, d.before.length);
  const row = question.rows.get(d.name);
  const rest = density(row.logs, null, d, x.length);
  const now = question.curve(d, x.length);
  const top = Math.max(d3.max(d.before), d3.max(rest), d3.max(now));
  const found = question.now(d.name);
  const v = above.value(d);
  legend(figure, [['prior', say('answer.before')], ['rest', say('question.rest')], ['posterior', say('question.now')],
    ['above', say('question.above_key', { value: tick(v) })]]);
  return plotted(width, 190, {
    x: logAxis(x, width), y: { axis: null, domain: [-0.2, 1.05] },
    marks: [
      Plot.line(curve(x, d.before, top), { x: 'x', y: 'y', stroke: PRIOR, strokeDasharray: '5 3' }),
      Plot.line(curve(x, rest, top), { x: 'x', y: 'y', stroke: INK, strokeWidth: 1.2 }),
      ...(question.usable ? [...area(curve(x, now, top), POSTERIOR, false), ...interval(three(found), -0.11, POSTERIOR)] : []),
      Plot.ruleX([v].filter((each) => each > x[0] && each < x.at(-1)), { stroke: SAID, strokeWidth: 1.5, strokeDasharray: '2 3' }),
      Plot.ruleY([-0.02], { stroke: INK, strokeOpacity: 0.25 }),
    ],
  });
};

const drawClaims = (figure, width) => {
  const box = document.createElement('div');
  for (const unit of new Set(data.claims.map((c) => c.unit))) {
    const list = data.claims.filter((c) => c.unit === unit);
    const ends = list.flatMap((c) => [c.said, c.true, c.would].filter(Boolean).flat());
    const cells = list.map((c, i) => ({ ...c, i }));
    box.append(rows(list.map((c) => c.label), width, { ...logAxis(ends, width), ...(unit ? { said: (v) => `${tick(v)}\u00a0%` } : {}) }, [
      ...whisker(list, (c) => c.would, SAID, 0.2, 'diamond'),
      ...whisker(list, (c) => c.true, POSTERIOR, 0.03),
      Plot.link(cells.filter((c) => c.said[0] < c.said[2]), {
        x1: (c) => c.said[0], x2: (c) => c.said[2], y1: (c) => c.i + 0.115, y2: (c) => c.i + 0.115, stroke: INK, strokeWidth: 11,
        strokeOpacity: 0.22,
      }),
      Plot.link(cells, { x1: (c) => c.said[1], x2: (c) => c.said[1], y1: (c) => c.i - 0.05, y2: (c) => c.i + 0.28, stroke: INK, strokeWidth: 2 }),
    ].filter((mark) => mark), {}));
  }
  legend(figure, [['said', say('claim.said')], ['posterior', say('claim.true')], ['would', say('claim.would')]]);
  return box;
};

const drawSources = (figure, width) => {
  const ends = data.sources.flatMap((s) => [...s.before, ...s.after]).concat([0.5, 2]);
  legend(figure, [['solid', say('source.assumed')], ['posterior', say('source.learned')]]);
  return rows(data.sources.map((s) => s.label), width, { ...logAxis(ends, width, '\u00d7'), label: say('source.axis') }, [
    Plot.ruleX([1], { stroke: INK, strokeWidth: 1 }),
    ...whisker(data.sources, (s) => s.before, PRIOR, 0.02, 'diamond'),
    ...whisker(data.sources, (s) => s.after, POSTERIOR, 0.2),
  ], { plot: { marginBottom: 42 } });
};

const drawScenarios = (figure, width) => {
  const found = data.scenarios.rows[chosen('scenarios', data.main)];
  const base = found[0];
  legend(figure, [['posterior', say('number.median_interval', { mass: data.mass_words })], ['band', data.scenarios.titles[0]]]);
  return rows(data.scenarios.titles, width, logAxis(found.filter(Boolean).flat(), width), [
    Plot.rect([base], { x1: (d) => d[0], x2: (d) => d[2], y1: -0.6, y2: found.length - 0.4, fill: INK, fillOpacity: 0.07 }),
    Plot.ruleX([base[1]], { stroke: INK, strokeOpacity: 0.5 }),
    ...whisker(found, (d) => d, POSTERIOR, 0.12),
  ]);
};

const drawAlternatives = (figure, width) => {
  const list = data.alternatives;
  const ends = list.flatMap((d) => [d.low, d.high]).filter((v) => v !== null);
  const domain = [Math.min(0, d3.min(ends)) * 1.08, Math.max(0, d3.max(ends)) * 1.08];
  const ticks = d3.ticks(domain[0], domain[1], Math.max(3, width / 110));
  const label = (v) => `${v > 0 ? '+' : ''}${tick(v)}\u00a0%`;
  legend(figure, [['barlow', say('head.lower')], ['bar', say('head.higher')]]);
  const bar = (key, colour, dy) => Plot.rect(list.map((d, i) => ({ v: d[key], i })).filter((d) => d.v !== null), {
    x1: 0, x2: (d) => d.v, y1: (d) => d.i + dy, y2: (d) => d.i + dy + 0.17, fill: colour,
  });
  return rows(list.map((d) => d.label), width, { type: 'linear', domain, ticks, said: label }, [
    bar('low', PRIOR, -0.06), bar('high', POSTERIOR, 0.13), Plot.ruleX([0], { stroke: INK }),
  ]);
};

const drawTimeline = (figure, width) => {
  const q = data.timeline.find((each) => each.name === chosen('timeline', data.main)) || data.timeline[0];
  const day = (iso) => new Date(`${iso}T00:00:00Z`);
  const ends = q.bins.map((b) => ({ x: day(b.until), v: b.cumulative }));
  const points = q.level ? ends : [{ x: day(q.start), v: [0, 0, 0] }, ...ends];
  const format = new Intl.DateTimeFormat(data.language, { month: 'short', year: 'numeric', timeZone: 'UTC' });
  const [first, last] = d3.extent(points, (d) => d.x);
  const months = Math.max(1, Math.ceil((last - first) / (Math.max(2, width / 90) * 30.4 * 864e5)));
  const shape = q.level ? 'step-before' : 'linear';
  legend(figure, [['posterior', say('number.median_interval', { mass: data.mass_words })]]);
  return plotted(width, 260, {
    marginLeft: 62,
    x: { type: 'utc', ticks: d3.utcMonth.every(months)?.range(first, last) ?? [first, last], said: (d) => format.format(d) },
    y: { label: null, tickFormat: tick, zero: true, grid: true, ticks: 5 },
    marks: [
      Plot.areaY(points, { x: 'x', y1: (d) => d.v[0], y2: (d) => d.v[2], fill: POSTERIOR, fillOpacity: 0.18, curve: shape }),
      Plot.line(points, { x: 'x', y: (d) => d.v[1], stroke: POSTERIOR, strokeWidth: 2, curve: shape }),
      Plot.dot(ends.length > 40 ? [] : ends, { x: 'x', y: (d) => d.v[1], fill: POSTERIOR, r: 3 }),
    ],
  });
};

const DRAWN = {
  densities: drawDensities, moved: drawMoved, claims: drawClaims, sources: drawSources,
  scenarios: drawScenarios, alternatives: drawAlternatives, timeline: drawTimeline,
};

const chosen = (kind, otherwise) => document.getElementById(`choose-${kind}`)?.value || otherwise;

const draw = (figure, width) => {
  const plot = figure.querySelector('.plot');
  const room = width || Math.floor(plot.getBoundingClientRect().width);
  if (room <= 0) return;
  plot.replaceChildren(DRAWN[figure.dataset.chart](figure, room));
  // The plot as a whole has a text of its own; its parts are not read out one by one.
  plot.querySelectorAll('svg').forEach((svg) => svg.setAttribute('aria-hidden', 'true'));
};

const drawAll = (width) => document.querySelectorAll('figure[data-chart]').forEach((figure) => draw(figure, width));
