// Data of the page, and numbers as its language writes them: rounded like every table of truetoll.
const data = JSON.parse(document.getElementById('data').textContent);
const say = (key, values = {}) => {
  const [section, name] = key.split('.');
  return data.words[section][name].replace(/\{(\w+)\}/g, (_, value) => values[value]);
};
const MISSING = '-';

const written = (x, digits) =>
  new Intl.NumberFormat(data.language, {
    minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: 'always',
  }).format(x);

/** Two significant digits: 550, 3,000, 0.041. */
const twoDigits = (x) => {
  if (!Number.isFinite(x)) return MISSING;
  const rounded = Number(x.toExponential(1));
  if (rounded === 0) return '0';
  return written(rounded, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(rounded)))));
};

/** Persons or things: two significant digits, no fractions. */
const whole = (x) => {
  if (x > 0 && x < 0.5) return say('number.under_one');
  return x < 10 ? written(Math.round(x), 0) : twoDigits(x);
};

const span = (low, high) => say('number.span', { low: whole(low), high: whole(high) });

const percent = (p) => {
  const nbsp = '\u00a0';
  if (p < 0.005) return `<${nbsp}1${nbsp}%`;
  return p > 0.995 ? `>${nbsp}99${nbsp}%` : `${written(Math.round(100 * p), 0)}${nbsp}%`;
};

/** A tick: as it is, with separators. */
const tick = (x) =>
  new Intl.NumberFormat(data.language, { maximumSignificantDigits: 3, useGrouping: 'always' }).format(x);

/** Numbers from base64: the lowest and a step as 64 bit floats, then how many steps each lies above it, in three bytes. */
const decoded = (text) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const [low, step] = [view.getFloat64(0, true), view.getFloat64(8, true)];
  return Float64Array.from({ length: (bytes.length - 16) / 3 }, (_, i) => {
    const at = 16 + 3 * i;
    return low + step * (bytes[at] + 256 * bytes[at + 1] + 65536 * bytes[at + 2]);
  });
};
