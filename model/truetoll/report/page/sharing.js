// What may be taken away: a sentence with its interval and reference, and the headline chart with its caption.
const shownNow = () => (question.preset || question.moved ? question.now(data.main) : data.rest[data.main]);

/** What was moved, in words: names as they stand beside the sliders. */
const beliefs = () => {
  if (question.preset?.name) return question.preset.title;
  const named = (kind, i) => document.querySelector(`label[for="${kind}-${i}"]`).firstChild.textContent.trim();
  return ['trust', 'bias'].flatMap((kind) => question[kind]().map((x, i) => (x === (kind === 'trust' ? 1 : 0) ? ''
    : `${named(kind, i)}: ${document.getElementById(`${kind}-${i}-said`).textContent}`))).filter(Boolean).join('; ');
};

/** The answer that is shown as one sentence that can stand alone; empty where there is none. */
const quotable = () => {
  if (!question.usable) return '';
  const found = shownNow();
  const values = { ...data.quote.values, median: whole(found.median), low: whole(found.low), high: whole(found.high) };
  const parts = [`${data.quote.title}.`, say('answer.sentence', values)];
  parts.push(question.moved ? say('question.under', { beliefs: beliefs() }) : data.quote.rests);
  return [...parts, data.quote.reference].join(' ');
};

const COLOURS = { '--prior': '#8c8c8c', '--posterior': '#0072b2', '--paper': '#ffffff' };

/** The chart of the main quantity as a picture that needs nothing: no script, no style, no font, no address. */
const picture = () => {
  const d = data.densities.find((each) => each.name === data.main);
  const x = xs(d, d.before.length);
  const after = question.moved ? question.curve(d, x.length) : density(question.rows.get(d.name).logs, null, d, x.length);
  const top = Math.max(d3.max(d.before), d3.max(after));
  const svg = plotted(640, 220, {
    x: logAxis(x, 640), y: { axis: null, domain: [-0.2, 1.05] },
    style: { fontSize: '13px', fontFamily: 'sans-serif', background: '#ffffff', color: '#1f1f1c' },
    marks: [...area(curve(x, d.before, top), PRIOR, true), ...area(curve(x, after, top), POSTERIOR, false),
      ...interval(three(shownNow()), -0.11, POSTERIOR), Plot.ruleY([-0.02], { stroke: INK, strokeOpacity: 0.25 })],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(svg)
    .replace(/var\((--\w+)\)/g, (all, name) => COLOURS[name] ?? all).replaceAll('currentColor', '#1f1f1c');
};

const escaped = (said) => said.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A figure to be put into another page as it stands. */
const embed = () => {
  const said = quotable();
  if (!said) return '';
  const bytes = new TextEncoder().encode(picture());
  const packed = btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
  const tag = 'img'; // in parts, as the page itself holds no picture that is loaded
  return `<figure lang="${data.language}"><${tag} src="data:image/svg+xml;base64,${packed}" width="640" height="220" alt="${escaped(said)}">`
    + `<figcaption>${escaped(said)} ${escaped(say('question.embed_key'))}</figcaption></figure>`;
};

const copied = async (said) => {
  try {
    await navigator.clipboard.writeText(said);
    return true;
  } catch { return false; }
};

const sharing = {
  listen() {
    const box = document.getElementById('share');
    if (!box) return;
    box.querySelectorAll('[data-copy]').forEach((button) => button.addEventListener('click', () => this.copy(button.dataset.copy)));
    this.tell();
  },

  /** Keep what may be copied that of what is shown. */
  tell() {
    if (!document.getElementById('share')) return;
    const said = quotable();
    text('quote', said || say('question.no_answer'));
    document.getElementById('embed').value = said ? embed() : '';
    document.querySelectorAll('[data-copy]').forEach((button) => { button.disabled = !said; });
    text('copied', '');
  },

  async copy(what) {
    const box = document.getElementById(what);
    if (await copied(what === 'quote' ? box.textContent : box.value)) return text('copied', say('question.copied'));
    box.closest('details')?.setAttribute('open', '');
    window.getSelection().selectAllChildren(box); // where the browser forbids it, the text is marked for the reader
    box.select?.();
    return text('copied', say('question.copy_yourself'));
  },
};
