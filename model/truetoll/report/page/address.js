// The address of a view: what was moved stands behind the #, and who opens it sees the same numbers.
const address = {
  listener: null, // who keeps the address instead of the browser

  /** What is moved or looked at, as the part of the address behind the #; empty at rest. */
  written() {
    const d = data.draws;
    const said = new URLSearchParams();
    const add = (kind, names) => names.forEach((name, i) => {
      const slider = document.getElementById(`${kind}-${i}`);
      if (slider && slider.value !== slider.defaultValue) said.append(`${kind}.${name}`, slider.value);
    });
    add('trust', d.sources);
    add('bias', d.relations);
    if (question.preset?.name) said.append('scenario', question.preset.name);
    const shown = chosen('moved', data.main);
    if (shown !== data.main) said.append('show', shown);
    if (above.sound(above.typed)) said.append('above', above.typed);
    if (![...said].length) return '';
    said.append('run', data.digest);
    return `#question&${said}`;
  },

  /** Set the sliders as an address says; tell whether it says anything, and what of it could not be set. */
  read(hash) {
    const said = new URLSearchParams(hash.startsWith('#question&') ? hash.slice('#question&'.length) : '');
    const found = { moved: false, preset: null, unknown: [], other: false };
    for (const [name, value] of said) {
      const [kind, of] = [name.split('.', 1)[0], name.slice(name.indexOf('.') + 1)];
      if (name === 'run') found.other = value !== data.digest;
      else if (name === 'scenario') this.take(found, data.presets.findIndex((each) => each.name === value), name, value);
      else if (name === 'show') this.choose(value);
      else if (name === 'above' && above.sound(value)) above.typed = value;
      else this.slide(found, kind, of, value, name);
    }
    return found;
  },

  take(found, at, name, value) {
    if (at < 0) found.unknown.push(value);
    else [found.preset, found.moved] = [String(at), true];
  },

  choose(value) {
    const select = document.getElementById('choose-moved');
    if (select && [...select.options].some((each) => each.value === value)) select.value = value;
  },

  slide(found, kind, of, value, name) {
    const names = { trust: data.draws.sources, bias: data.draws.relations }[kind];
    const slider = names?.includes(of) ? document.getElementById(`${kind}-${names.indexOf(of)}`) : null;
    if (!slider || value === '' || !Number.isFinite(Number(value))) {
      found.unknown.push(name);
      return;
    }
    slider.value = value; // the browser keeps it within its ends, and on its steps
    found.moved = true;
  },

  /** Keep the address of the page that of what is shown. */
  keep() {
    const now = this.written();
    if (this.listener) return this.listener(now);
    if (now === window.location.hash || (!now && !window.location.hash.startsWith('#question&'))) return null;
    try {
      window.history.replaceState(null, '', now || '#question');
    } catch { /* a page inside another has no address of its own */ }
    return null;
  },

  /** Show what the address of the page says. */
  follow() {
    const hash = window.location.hash;
    if (!hash.startsWith('#question&') || !this.show(hash)) return;
    document.getElementById('question').scrollIntoView();
  },

  /** Show what an address says, and nothing else; tell whether anything had to be done. */
  show(hash) {
    const form = document.getElementById('beliefs');
    if (!form || hash === this.written()) return false;
    this.choose(data.main);
    above.typed = '';
    form.querySelectorAll('input[type="range"]').forEach((slider) => { slider.value = slider.defaultValue; });
    const found = this.read(hash);
    if (found.preset !== null) {
      document.getElementById('preset').value = found.preset;
      takePreset(found.preset);
    } else follow();
    const notes = [found.other && say('question.address_other'),
      found.unknown.length && say('question.address_unknown', { names: found.unknown.join(', ') })].filter(Boolean);
    text('address-note', notes.join(' '));
    document.getElementById('address-note').hidden = !notes.length;
    return true;
  },
};
