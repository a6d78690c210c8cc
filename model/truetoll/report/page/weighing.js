// Pareto smoothed importance sampling, as ArviZ does it: Vehtari, Simpson, Gelman, Yao, Gabry 2024,
// doi:10.48550/arXiv.1507.02646. Effective draws of chains: Vehtari and others 2021, doi:10.1214/20-BA1221.

const KHAT = 0.7; // Pareto k up to which weighted draws are trusted
const ESS = 400; // effective draws that an answer needs
const EVEN = 1e-9; // log ratios that differ by less differ by rounding
const EPS = 2 ** -52;

const largest = (a) => a.reduce((x, y) => (y > x ? y : x), -Infinity);
const smallest = (a) => a.reduce((x, y) => (y < x ? y : x), Infinity);
const total = (a) => a.reduce((x, y) => x + y, 0);
const mean = (a) => total(a) / a.length;

const logSumExp = (a) => {
  const top = largest(a);
  return top + Math.log(a.reduce((sum, x) => sum + Math.exp(x - top), 0));
};

const argsort = (a) => Uint32Array.from(a.keys()).sort((i, j) => a[i] - a[j]);

/** Shape and scale of a generalised Pareto distribution, from rising values (Zhang and Stephens 2009, with a prior). */
const paretoFit = (x) => {
  const n = x.length;
  const m = 30 + Math.floor(Math.sqrt(n));
  const quartile = x[Math.floor(n / 4 + 0.5 - 1)];
  if (quartile <= x[0]) return [NaN, NaN];
  const b = Array.from({ length: m }, (_, i) => (1 - Math.sqrt(m / (i + 0.5))) / (3 * quartile) + 1 / x[n - 1]);
  const slope = (by) => x.reduce((sum, value) => sum + Math.log1p(-by * value), 0) / n;
  const k = b.map(slope);
  const fit = b.map((by, i) => n * (Math.log(-by / k[i]) - k[i] - 1));
  const norm = logSumExp(fit);
  const weight = fit.map((f) => Math.exp(f - norm)).map((w) => (w >= 10 * EPS ? w : 0));
  const all = total(weight);
  const best = b.reduce((sum, by, i) => sum + (by * weight[i]) / all, 0);
  const shape = slope(best);
  const scale = -shape / best;
  const kappa = (n * shape + 10 * 0.5) / (n + 10);
  return Number.isNaN(kappa) ? [Infinity, NaN] : [kappa, scale];
};

const paretoQuantile = (p, kappa, sigma, mu) => {
  if (sigma <= 0) return NaN;
  const log = -Math.log1p(-p);
  return kappa === 0 ? mu + sigma * log : mu + (sigma * Math.expm1(kappa * log)) / kappa;
};

/** Log weights, adding up to one, and Pareto k, of log ratios. */
const smoothed = (ratio, efficiency) => {
  const n = ratio.length;
  const top = largest(ratio);
  const x = ratio.map((r) => r - top);
  const size = n * efficiency > 225 ? Math.floor(3 * Math.sqrt(n / efficiency)) : Math.floor(n / 5);
  if (size < 5 || size >= n) return { log: normalised(x), khat: Infinity };
  const order = argsort(x);
  const tail = order.subarray(n - size);
  const highest = x[tail[size - 1]];
  if (highest - x[tail[0]] < Number.MIN_VALUE * 2 ** 52) return { log: normalised(x), khat: Infinity };
  const cutoff = Math.exp(x[order[n - size - 1]]);
  const [khat, sigma] = paretoFit(Array.from(tail, (i) => Math.exp(x[i]) - cutoff));
  if (Number.isFinite(khat)) {
    tail.forEach((i, rank) => {
      const value = Math.log(paretoQuantile((rank + 0.5) / size, khat, sigma, cutoff));
      x[i] = value > highest ? highest : value;
    });
  }
  return { log: normalised(x), khat: Number.isFinite(khat) ? khat : Infinity };
};

const normalised = (x) => {
  const norm = logSumExp(x);
  return x.map((value) => value - norm);
};

/** Quantile function of the standard normal: Wichura 1988, AS 241. */
const normalQuantile = (p) => {
  const q = p - 0.5;
  const poly = (c, r) => c.reduceRight((sum, each) => sum * r + each, 0);
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * poly(AS241[0], r)) / poly(AS241[1], r);
  }
  let r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const [up, down, shift] = r <= 5 ? [AS241[2], AS241[3], 1.6] : [AS241[4], AS241[5], 5];
  r -= shift;
  return Math.sign(q) * (poly(up, r) / poly(down, r));
};
const AS241 = [
  [3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
    67265.770927008700853, 33430.575583588128105, 2509.0809287301226727],
  [1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867,
    39307.895800092710610, 28729.085735721942674, 5226.4952788528545610],
  [1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
    1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4],
  [1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590,
    0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9],
  [6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
    0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
  [1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 7.86869131145613259100e-4,
    1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15],
];

/** Ranks from 1, those of equals averaged. */
const ranks = (x) => {
  const order = argsort(x);
  const found = new Float64Array(x.length);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j + 1 < order.length && x[order[j + 1]] === x[order[i]]) j += 1;
    for (let k = i; k <= j; k += 1) found[order[k]] = (i + j) / 2 + 1;
    i = j + 1;
  }
  return found;
};

/** Effective draws for each draw, at most one, by ranks and split chains. */
const efficiencyOf = (values, chains) => {
  const each = values.length / chains;
  const half = Math.floor(each / 2);
  const parts = [];
  for (let c = 0; c < chains; c += 1) parts.push(values.slice(c * each, c * each + half));
  for (let c = 0; c < chains; c += 1) parts.push(values.slice((c + 1) * each - half, (c + 1) * each));
  const flat = new Float64Array(parts.length * half);
  parts.forEach((part, i) => flat.set(part, i * half));
  const z = ranks(flat).map((r) => normalQuantile((r - 0.375) / (flat.length + 0.25)));
  return Math.min(1, relativeEss(parts.map((_, i) => z.subarray(i * half, (i + 1) * half))));
};

const relativeEss = (chains) => {
  const m = chains.length;
  const n = chains[0].length;
  const centres = chains.map(mean);
  const centred = chains.map((chain, i) => chain.map((x) => x - centres[i]));
  const covariance = (lag) =>
    centred.reduce((sum, x) => {
      let part = 0;
      for (let i = lag; i < n; i += 1) part += x[i] * x[i - lag];
      return sum + part / n;
    }, 0) / m;
  const within = (covariance(0) * n) / (n - 1);
  const centre = mean(centres);
  const between = m > 1 ? centres.reduce((sum, c) => sum + (c - centre) ** 2, 0) / (m - 1) : 0;
  const spread = (within * (n - 1)) / n + between;
  const rho = new Float64Array(n);
  const at = (lag) => 1 - (within - covariance(lag)) / spread;
  let [even, odd] = [1, at(1)];
  rho[0] = even;
  rho[1] = odd;
  let t = 1;
  while (t < n - 3 && even + odd > 0) { // Geyer's initial positive sequence
    even = at(t + 1);
    odd = at(t + 2);
    if (even + odd >= 0) [rho[t + 1], rho[t + 2]] = [even, odd];
    t += 2;
  }
  const last = t - 2;
  if (even > 0) rho[last + 1] = even;
  for (t = 1; t <= last - 2; t += 2) { // and monotone
    if (rho[t + 1] + rho[t + 2] > rho[t - 1] + rho[t]) {
      rho[t + 1] = (rho[t - 1] + rho[t]) / 2;
      rho[t + 2] = rho[t + 1];
    }
  }
  const tau = -1 + 2 * total(rho.subarray(0, last + 1)) + total(rho.subarray(last + 1, last + 2));
  return 1 / Math.max(tau, 1 / Math.log10(m * n));
};

/** Weigh draws by log ratios: log weights, Pareto k, effective draws, whether they can stand for a new computation. */
const weighed = (ratio, chains, pace) => {
  const n = ratio.length;
  if (largest(ratio) - smallest(ratio) < EVEN) {
    return { log: new Float64Array(n).fill(-Math.log(n)), khat: -Infinity, ess: n, usable: true };
  }
  const efficiency = efficiencyOf(ratio, chains);
  const { log, khat } = smoothed(ratio, efficiency);
  const ess = Math.exp(-logSumExp(log.map((x) => 2 * x))) * Math.min(pace, efficiency);
  return { log, khat, ess, usable: khat <= KHAT && ess >= ESS };
};

/** Quantiles of weighted values, whose order is known. */
const quantiles = (x, order, weight, levels) => {
  const found = [];
  let [i, reached, before, last] = [0, 0, 0, NaN];
  let place = weight[order[0]] / 2;
  for (const level of levels) {
    while (place < level && i < order.length - 1) {
      reached += weight[order[i]];
      [before, last] = [place, x[order[i]]];
      i += 1;
      place = reached + weight[order[i]] / 2;
    }
    const here = x[order[i]];
    if (place <= level || i === 0) found.push(here);
    else found.push(last + ((here - last) * (level - before)) / (place - before));
  }
  return found;
};
