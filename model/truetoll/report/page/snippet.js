// What to write into scenarios.toml of the case to have beliefs computed exactly.
const VIEW = 'my_view';

/** A name that no scenario of the case has yet. */
const viewName = () => {
  let name = VIEW;
  for (let i = 2; data.taken.includes(name); i += 1) name = `${VIEW}_${i}`;
  return name;
};

/** A value as TOML writes it, on one line. JSON has its texts, numbers and lists. */
const toml = (value) => (typeof value !== 'object' || value === null || Array.isArray(value) ? JSON.stringify(value)
  : `{ ${Object.entries(value).map(([key, each]) => `${key} = ${toml(each)}`).join(', ')} }`);

const twelve = (x) => Number(x.toPrecision(12));

/** Whether no source is left that anything could be learned from. */
const nobody = (trust) => trust.every((x) => x === 0);

/** Changes by source: how far it is trusted, and the mean of its bias on each force. What is left out is not changed. */
const bySource = (trust, bias) => {
  const d = data.draws;
  const found = new Map();
  const of = (name) => found.get(name) ?? found.set(name, { bias: new Map() }).get(name);
  d.sources.forEach((name, i) => {
    // A slider is held against the run, which may trust the source more or less already; the file says how far in all.
    if (trust[i] !== 0 && trust[i] !== 1) of(name).trust = twelve(trust[i] * d.trust[i]);
  });
  d.relations.forEach((relation, r) => {
    if (!bias[r]) return;
    for (const voice of d.voices[relation]) {
      const [source, force] = voice.split(':');
      if (trust[d.sources.indexOf(source)] !== 0) of(source).bias.set(force, twelve(d.mean[voice] + bias[r]));
    }
  });
  return found;
};

/** A scenario, or nothing where it would change nothing, or leave nothing to learn from. */
const snippet = (trust, bias) => {
  const [d, view] = [data.draws, viewName()];
  const out = d.sources.filter((_, i) => trust[i] === 0);
  const changes = bySource(trust, bias);
  if (nobody(trust) || (!out.length && !changes.size)) return '';
  const lines = [];
  if (data.generated) { // the file does not hold what the run was made with
    lines.push(`[${data.scenario}]`, ...Object.entries(data.generated).map(([key, each]) => `${key} = ${toml(each)}`), '');
  }
  lines.push(`[${view}]`, `title = ${toml(say('question.title_of_scenario'))}`, `why = ${toml(say('question.why_of_scenario'))}`);
  if (data.scenario !== 'base') lines.push(`builds_on = "${data.scenario}"`);
  if (out.length) lines.push(`exclude.sources = ${toml(out)}`);
  for (const [name, { trust: power, bias: means }] of changes) {
    if (power !== undefined) lines.push('', `[${view}.sources.${name}]`, `trust = ${power}`);
    for (const [force, mu] of means) lines.push('', `[${view}.sources.${name}.bias.${force}]`, `mu = ${mu}`);
  }
  return lines.join('\n');
};

/** In Python: `view` is what `explore` gave. */
const inPython = () => {
  const fitted = data.known_on ? `tt.as_of(tt.apply_change(case, view.scenario, "${viewName()}"), "${data.known_on}")` : 'case, scenario=view.scenario';
  return `tt.fit(${fitted})${data.known_on ? '' : `\ntt.compare(case, {"${viewName()}": view.scenario})`}`;
};

const command = () => (data.notebook ? inPython()
  : ['truetoll fit', data.case, '--scenario', viewName(), ...(data.known_on ? ['--as-of', data.known_on] : []), '--report'].join(' '));
