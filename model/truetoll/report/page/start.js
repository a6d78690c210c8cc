// Draw, then listen.
if (data.converged) question.load();

let width = 0;
const redraw = () => {
  if (data.converged && window.innerWidth !== width) {
    width = window.innerWidth;
    drawAll();
  }
};

const listen = () => {
  const form = document.getElementById('beliefs');
  if (!form) return;
  let frame = 0;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', (event) => {
    if (event.target.id === 'preset') return;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(follow);
  });
  form.addEventListener('change', (event) => { if (event.target.id === 'preset') takePreset(event.target.value); });
  form.addEventListener('reset', () => setTimeout(follow));
  document.getElementById('choose-moved').addEventListener('change', () => { above.take(''); address.keep(); });
  const field = document.getElementById('above');
  field.addEventListener('input', () => above.take(field.value, true));
  field.addEventListener('change', () => address.keep());
  window.addEventListener('hashchange', () => address.follow());
};

const PAPER = 640; // pixels of text on a page of paper
window.addEventListener('beforeprint', () => {
  document.querySelectorAll('details').forEach((each) => { each.dataset.was = each.open ? 'open' : ''; each.open = true; });
  if (data.converged) drawAll(PAPER);
});
window.addEventListener('afterprint', () => {
  document.querySelectorAll('details').forEach((each) => { each.open = each.dataset.was === 'open'; });
  if (data.converged) drawAll();
});

document.querySelectorAll('[data-choose]').forEach((select) =>
  select.addEventListener('change', () => draw(select.closest('figure'))));
window.addEventListener('resize', redraw);
listen();
redraw();
if (data.converged) {
  if (document.getElementById('beliefs')) above.tell();
  address.follow();
  sharing.listen();
}
window.truetoll = { question, above, read: question.now, address, snippet, data, quotable, embed, decoded }; // for those who look behind the page, as its tests do
document.documentElement.dataset.ready = 'yes';
