// What all charts share: colours by name, room, ticks, labels above their rows.
const PRIOR = 'var(--prior)';
const POSTERIOR = 'var(--posterior)';
const SAID = 'var(--said)';
const INK = 'currentColor';
const ROW = 46; // pixels of a row with its label above

/** Round numbers of a logarithmic axis, as many as stay apart. */
const logTicks = (low, high, width) => {
  const decades = Math.log10(high / low);
  const room = Math.max(2, width / 70);
  const steps = [[1, 2, 5], [1, 3], [1]].find((s) => s.length * decades <= room) || [1];
  const found = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e += 1) {
    for (const s of steps) {
      const x = Number((s * 10 ** e).toPrecision(3));
      if (x >= low && x <= high) found.push(x);
    }
  }
  const each = Math.ceil(found.length / room);
  return found.length > 1 ? found.filter((_, i) => i % each === 0) : d3.ticks(low, high, 3);
};

const extent = (values) => {
  const usable = values.filter((x) => Number.isFinite(x) && x > 0);
  const air = Math.max(1.05, (d3.max(usable) / d3.min(usable)) ** 0.04);
  return [d3.min(usable) / air, d3.max(usable) * air];
};

const logAxis = (values, width, prefix = '') => {
  const [low, high] = extent(values);
  return {
    type: 'log', domain: [low, high], ticks: logTicks(low, high, width), said: (x) => prefix + tick(x),
  };
};

/** Ticks of a scale of numbers whose labels stay within the plot; all of them if fewer than two do. */
const within = ({ type, domain, ticks, said }, width, { marginLeft = 6, marginRight = 14 }) => {
  if (!domain) return ticks;
  const place = d3[type === 'log' ? 'scaleLog' : 'scaleLinear'](domain, [marginLeft, width - marginRight]);
  const found = ticks.filter((t) => {
    const half = said(t).length * 3.4; // half of a label of 12 pixels
    return place(t) - half >= 0 && place(t) + half <= width;
  });
  return found.length > 1 ? found : ticks;
};

/** A plot. Ticks are a mark of their own: Plot would leave out labels of a logarithmic axis. */
const plotted = (width, height, { x: { ticks, said, label, ...x }, marks, ...options }) =>
  Plot.plot({
    className: data.plot, width, height, marginLeft: 6, marginRight: 14, marginTop: 12, marginBottom: 30,
    style: { fontSize: '12px', fontFamily: 'inherit', background: 'none', overflow: 'visible', color: 'inherit' },
    ...options,
    x: { ...x, label: null, axis: null },
    marks: [
      ...marks,
      Plot.axisX(within({ ...x, ticks, said }, width, options), { anchor: 'bottom', text: said, label: label ?? null, labelAnchor: 'center', labelArrow: 'none', tickSize: 4 }),
    ],
  });

const MANY = 14; // rows beyond which an axis stands at the top too

/** Rows under each other, each with its label above and to the left. */
const rows = (labels, width, x, marks, options = {}) =>
  plotted(width, labels.length * ROW + 44, {
    x,
    marginTop: labels.length > MANY ? 30 : 12,
    y: { axis: null, domain: [-0.62, labels.length - 0.38], type: 'linear', reverse: true },
    marks: [
      ...(labels.length > MANY ? [Plot.axisX(within(x, width, {}), { anchor: 'top', text: x.said, label: null, tickSize: 4 })] : []),
      Plot.gridX(x.ticks, { stroke: INK, strokeOpacity: 0.12 }),
      ...marks,
      Plot.text(labels, {
        frameAnchor: 'left', y: (_, i) => i - 0.33, text: (d) => d, textAnchor: 'start', fontSize: 12.5,
        lineWidth: width / (width > 500 ? 12.8 : 14), textOverflow: 'ellipsis', fill: INK, stroke: 'var(--paper)', strokeWidth: 3, strokeOpacity: 0.8, ...options.text,
      }),
    ],
    ...options.plot,
  });

/** A line from low to high with its median, a little above or below the middle of a row. */
const whisker = (list, of, colour, dy, symbol = 'circle') => {
  const some = list.map((d, i) => ({ d, i, v: of(d) })).filter((each) => each.v);
  return [
    Plot.link(some, {
      x1: (each) => each.v[0], x2: (each) => each.v[2], y1: (each) => each.i + dy, y2: (each) => each.i + dy,
      stroke: colour, strokeWidth: 2.5,
    }),
    Plot.dot(some, {
      x: (each) => each.v[1], y: (each) => each.i + dy, fill: colour, stroke: 'var(--paper)', strokeWidth: 1, symbol, r: 5,
    }),
  ];
};

const legend = (figure, entries) => {
  const box = figure.querySelector('.legend');
  if (!box) return;
  box.replaceChildren(...entries.map(([kind, text]) => {
    const item = document.createElement('span');
    item.className = `key key-${kind}`;
    item.textContent = text;
    return item;
  }));
};

/** Heights of a density on a grid of the log scale: binned, then smoothed with a normal kernel. */
const density = (logs, weight, { low, high, width }, points) => {
  const step = (high - low) / (points - 1);
  const counts = new Float64Array(points);
  logs.forEach((x, i) => {
    const place = (x - low) / step;
    const left = Math.floor(place);
    if (left < 0 || left >= points - 1) return;
    const w = weight ? weight[i] : 1 / logs.length;
    counts[left] += w * (left + 1 - place);
    counts[left + 1] += w * (place - left);
  });
  const reach = Math.ceil((4 * width) / step);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * (((i - reach) * step) / width) ** 2) / (width * Math.sqrt(2 * Math.PI)));
  return Array.from(counts, (_, i) => {
    let sum = 0;
    for (let k = -reach; k <= reach; k += 1) sum += (counts[i - k] || 0) * kernel[k + reach];
    return sum;
  });
};
