// One picture of the history: its buttons, the way to its neighbours, and its place on a phone, where it covers the page.
const tileOf = id => document.querySelector(`.f2-tile[data-id="${id}"]`);
let shown = '';

element.addEventListener('click', event => {
  const step = event.target.closest('[data-step]');
  if (step) {
    const tiles = [...document.querySelectorAll('.f2-tile')];
    return tiles[tiles.indexOf(tileOf(shown)) + Number(step.dataset.step)]?.click();
  }
  const chosen = event.target.closest('[data-act]');
  if (!chosen) return;
  event.preventDefault();
  trigger(chosen.dataset.act === 'use' ? 'use' : 'pick', {...chosen.dataset});
});

element.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || !element.querySelector('.f2-detail')) return;
  event.stopPropagation();
  element.querySelector('[data-act=close]').click();
});

watch('value', () => {
  const detail = element.querySelector('.f2-detail');
  const before = shown;
  shown = detail?.dataset.id ?? '';
  for (const tile of document.querySelectorAll('.f2-tile')) tile.toggleAttribute('aria-current', tile.dataset.id === shown);
  if (!detail) return before && tileOf(before)?.focus();
  const tiles = [...document.querySelectorAll('.f2-tile')];
  const at = tiles.indexOf(tileOf(shown));
  for (const step of detail.querySelectorAll('[data-step]')) step.disabled = !tiles[at + Number(step.dataset.step)] || at < 0;
  if (before === shown) detail.querySelector('[data-act=star]')?.focus();
  else if (matchMedia('(max-width: 768px)').matches) detail.focus();
});
