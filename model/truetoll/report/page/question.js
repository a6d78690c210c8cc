// Sliders: every draw is weighed anew under other beliefs, or a named scenario is shown as it was computed.
const STEP = Math.log(1.05); // of a slider of bias

const atRest = (trust, bias) => trust.every((x) => x === 1) && bias.every((x) => x === 0);

const question = {
  rows: new Map(), levels: [0.05, 0.5, 0.95], weight: null, usable: true, moved: false, preset: null, numbers: new Map(),

  load() {
    const d = data.draws;
    this.levels = [(1 - data.mass) / 2, 0.5, (1 + data.mass) / 2];
    d.quantities.forEach((name, i) => {
      const logs = decoded(d.log_amount[i]);
      this.rows.set(name, { amount: logs.map(Math.exp), order: argsort(logs), logs });
    });
    this.ess = d.n;
    this.likelihood = d.likelihood.map(decoded);
    this.lever = d.lever.map(decoded);
    this.precision = decoded(d.precision);
  },

  trust: () => data.draws.sources.map((_, i) => Number(document.getElementById(`trust-${i}`)?.value ?? 1)),
  bias: () => data.draws.relations.map((_, i) => STEP * Number(document.getElementById(`bias-${i}`)?.value ?? 0)),

  /** Log of what each draw weighs. */
  ratio(trust, bias) {
    const found = new Float64Array(data.draws.n);
    trust.forEach((power, s) => {
      if (power !== 1) this.likelihood[s].forEach((l, i) => { found[i] += (power - 1) * l; });
    });
    let constant = 0;
    bias.forEach((shift, r) => {
      if (shift) this.lever[r].forEach((a, i) => { found[i] += shift * a; });
      bias.forEach((other, s) => { constant += 0.5 * shift * other * data.draws.product[r][s]; });
    });
    return found.map((x, i) => x - constant * this.precision[i]);
  },

  /** Weigh the draws by what the sliders say, and find every number anew. */
  weigh(trust, bias) {
    this.moved = !atRest(trust, bias);
    this.preset = null;
    const found = weighed(this.ratio(trust, bias), data.draws.chains, data.draws.pace);
    if (nobody(trust)) found.usable = false; // no figure is left
    [this.weight, this.usable, this.ess] = [this.moved ? found.log.map(Math.exp) : null, found.usable, found.ess];
    this.numbers.clear();
    for (const [name, row] of this.rows) this.numbers.set(name, this.moved ? this.read(name, row) : data.rest[name]);
    return found;
  },

  read(name, { amount, order }) {
    const [low, median, high] = quantiles(amount, order, this.weight, this.levels);
    const values = data.densities.find((d) => d.name === name).thresholds;
    const above = values.map((v) => amount.reduce((sum, x, i) => sum + (x > v ? this.weight[i] : 0), 0));
    return { low, median, high, above };
  },

  show(preset) {
    [this.preset, this.moved, this.weight, this.usable] = [preset, true, null, true];
    this.numbers.clear();
    for (const name of this.rows.keys()) this.numbers.set(name, preset.rest[name]);
  },

  /** A refit that was stored for exactly these beliefs. */
  stored(trust, bias) {
    if (bias.some((x) => x !== 0)) return null;
    const moved = [...trust.keys()].filter((i) => trust[i] !== 1);
    const found = moved.length === 1 && data.refits.find((each) => each.source === moved[0] && each.power === trust[moved[0]]);
    return (found && found.rest) ? found : null;
  },

  now: (name) => question.numbers.get(name) ?? data.rest[name],

  /** Density under the beliefs that are set. */
  curve(d, points) {
    if (this.preset) return density(decoded(this.preset.curves[d.name]), null, d, points);
    // Fewer effective draws need a wider kernel: as the fifth root of their number.
    const width = d.width * (data.draws.n / Math.max(1, this.ess)) ** 0.2;
    return density(this.rows.get(d.name).logs, this.weight, { ...d, width }, points);
  },
};

// The page follows

const text = (id, said) => { document.getElementById(id).textContent = said; };

const tellSliders = (trust, bias) => {
  const number = (x) => new Intl.NumberFormat(data.language, { maximumFractionDigits: 2 }).format(x);
  trust.forEach((x, i) => label(`trust-${i}`, x === 0 ? say('question.trust_0')
    : x === 1 ? say('question.trust_1') : say('question.trust_other', { x: number(x) })));
  bias.forEach((x, i) => label(`bias-${i}`, x === 0 ? say('question.bias_0')
    : say(x > 0 ? 'question.bias_more' : 'question.bias_less', { x: number(Math.exp(x)) })));
};

const label = (id, said) => {
  text(`${id}-said`, said);
  document.getElementById(id).setAttribute('aria-valuetext', said);
};

const tellNumbers = () => {
  const set = (box, name, value) => box.querySelectorAll(`[data-now="${name}"]`).forEach((each) => { each.textContent = value; });
  const fill = (box, name) => {
    const found = question.now(name);
    set(box, 'median', whole(found.median));
    set(box, 'range', span(found.low, found.high));
    set(box, 'above', found.above[Number(box.dataset.above)] === undefined ? MISSING : percent(found.above[Number(box.dataset.above)]));
  };
  document.querySelectorAll('.moving tr[data-quantity]').forEach((row) => fill(row, row.dataset.quantity));
  fill(document.querySelector('.pinned .figure'), data.main);
  const outcome = document.getElementById('outcome');
  outcome.classList.toggle('refused', !question.usable);
  // What is struck out for the eye is not read aloud either.
  outcome.querySelectorAll('[data-now]').forEach((each) => each.setAttribute('aria-hidden', String(!question.usable)));
  outcome.querySelectorAll('[data-none]').forEach((each) => { each.hidden = question.usable; });
};

const stateOf = (trust) => {
  if (question.preset) return question.preset.name ? 'exact' : 'exact_refit';
  if (!question.moved) return 'resting';
  if (nobody(trust)) return 'nobody';
  return question.usable ? 'enough' : 'announce_refit';
};

const tellState = (found, trust, bias) => {
  text('state', say(`question.${stateOf(trust)}`));
  text('ess', found ? written(Math.round(found.ess), 0) : MISSING);
  text('khat', found && Number.isFinite(found.khat) ? written(found.khat, 2) : found?.khat === Infinity ? '\u221e' : MISSING);
  const refit = document.getElementById('refit');
  const asked = question.moved && !question.preset?.name ? snippet(trust, bias) : '';
  refit.hidden = !asked;
  text('refit-why', say(question.usable ? 'question.command' : 'question.refit'));
  text('snippet', asked);
  text('refit-command', command());
};

let waiting = 0;
/** Say the outcome to those who hear the page, once the sliders rest. */
const announce = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const found = question.now(data.main);
    const d = data.densities.find((each) => each.name === data.main);
    const said = { quantity: d.label, median: whole(found.median), mass: data.mass_words, low: whole(found.low), high: whole(found.high) };
    const state = document.getElementById('state').textContent;
    address.keep();
    sharing.tell();
    text('announce', question.usable ? say('question.announce', { ...said, state }) : state);
  }, 400);
};

const follow = () => {
  const [trust, bias] = [question.trust(), question.bias()];
  const select = document.getElementById('preset');
  if (select) select.value = '';
  const stored = question.stored(trust, bias);
  if (stored) question.show(stored);
  tell(stored ? null : question.weigh(trust, bias), trust, bias);
};

const tell = (found, trust, bias) => {
  tellSliders(trust, bias);
  tellNumbers();
  tellState(found, trust, bias);
  above.redraw();
  announce();
};

const takePreset = (value) => {
  document.querySelectorAll('#beliefs input[type="range"]').forEach((slider) => { slider.value = slider.defaultValue; });
  if (value === '') return follow();
  question.show(data.presets[Number(value)]);
  return tell(null, question.trust(), question.bias());
};
