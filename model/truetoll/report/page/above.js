// The probability of more than a number that the reader chooses.
const above = {
  typed: '', // as it stands in the field; empty until somebody writes there

  sound: (typed) => typed !== '' && Number.isFinite(Number(typed)) && Number(typed) >= 0,
  value: (d) => (above.sound(above.typed) ? Number(above.typed) : d.usual),

  /** Share of the draws above a value: of the run, and with the beliefs that are set. */
  rest: (d, v) => above.stated(data.rest[d.name], d, v) ?? above.share(question.rows.get(d.name).amount, null, v),
  now(d, v) {
    if (!question.usable) return null;
    const { preset, weight } = question;
    if (preset) return this.stated(preset.rest[d.name], d, v) ?? this.between(decoded(preset.curves[d.name]), v);
    return question.moved ? this.share(question.rows.get(d.name).amount, weight, v) : this.rest(d, v);
  },

  /** As it stands in the run, where the case asks for this value. */
  stated: (found, d, v) => found.above[d.thresholds.indexOf(v)],
  share: (amount, weight, v) => amount.reduce((sum, x, i) => sum + (x > v ? (weight ? weight[i] : 1 / amount.length) : 0), 0),

  /** The same from quantiles of the log, evenly spread. */
  between(logs, v) {
    const [x, n] = [Math.log(v), logs.length];
    const i = logs.findIndex((each) => each > x);
    if (i < 0) return 0;
    const part = i === 0 ? 0 : (x - logs[i - 1]) / (logs[i] - logs[i - 1]);
    return 1 - (i === 0 ? 0 : i - 0.5 + part) / n;
  },

  /** Write both beside the field, and into it what it is about, unless somebody is writing there. */
  tell(writing = false) {
    const d = data.densities.find((each) => each.name === chosen('moved', data.main));
    const v = this.value(d);
    if (!writing) document.getElementById('above').value = String(v);
    const now = this.now(d, v);
    text('above-said', say('question.above_said', {
      rest: percent(this.rest(d, v)), now: now === null ? say('question.no_answer') : percent(now),
    }));
  },

  take(typed, writing = false) {
    this.typed = typed;
    this.redraw(writing);
  },

  redraw(writing = false) {
    this.tell(writing);
    draw(document.querySelector('figure[data-chart="moved"]'));
  },
};
