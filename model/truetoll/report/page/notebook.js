// A view of a run in a cell of a notebook: what is moved in it is told to Python, and what Python moves is shown.
const DARK = '(prefers-color-scheme: dark)';
const PATIENCE = 4000; // milliseconds that Python may take to say that it heard
const TALLEST = 0.9; // of the window: a longer view scrolls inside itself

/** Whether what lies behind an element is dark: the theme of a notebook is not that of the system. */
const onDark = (el) => {
  for (let at = el; at; at = at.parentElement ?? at.getRootNode().host) {
    const [r, g, b, a = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    if (a > 0.5) return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
  }
  return matchMedia(DARK).matches;
};

/** Give a page one of its two schemes, whatever the system has. */
const colour = (page, dark) => {
  page.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  for (const sheet of page.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule.media?.mediaText.includes(DARK)) rule.media.mediaText = dark ? `${DARK}, all` : `${DARK} and (max-width: 0px)`;
    }
  }
};

const fit = (frame) => {
  const most = Math.max(400, TALLEST * window.innerHeight);
  frame.style.height = `${Math.min(most, frame.contentDocument.body.offsetHeight + 2)}px`;
};

const render = ({ model, el }) => {
  const words = model.get('words');
  const box = el.appendChild(document.createElement('div'));
  box.className = 'truetoll-view';
  const gone = box.appendChild(document.createElement('p'));
  gone.className = 'truetoll-gone';
  gone.textContent = words.gone;
  gone.hidden = true;
  gone.setAttribute('role', 'status');
  const frame = box.appendChild(document.createElement('iframe'));
  frame.title = words.title;

  const inside = () => frame.contentWindow?.truetoll;
  const paint = () => { if (inside()) colour(frame.contentDocument, onDark(box)); };
  const follow = () => inside()?.address.show(model.get('address'));
  const themes = new MutationObserver(paint);
  let waiting = 0;
  const listen = () => {
    clearTimeout(waiting);
    const heard = () => model.get('heard') === model.get('address');
    if (heard()) gone.hidden = true;
    else waiting = setTimeout(() => { gone.hidden = heard(); }, PATIENCE);
  };
  // It loads anew whenever the notebook puts the cell into another place.
  frame.addEventListener('load', () => {
    if (!inside()) return;
    paint();
    follow();
    inside().address.listener = (now) => {
      if (now === model.get('address')) return;
      model.set('address', now);
      model.save_changes();
      listen();
    };
    new frame.contentWindow.ResizeObserver(() => fit(frame)).observe(frame.contentDocument.body);
  });
  frame.srcdoc = model.get('page');
  [document.documentElement, document.body].forEach((each) => themes.observe(each, { attributes: true }));
  model.on('change:address', follow);
  model.on('change:heard', listen);
  return () => {
    clearTimeout(waiting);
    themes.disconnect();
    model.off('change:heard', listen);
    model.off('change:address', follow);
  };
};

export default { render };
