// The pictures of the history. What is selected is kept here, so that it survives a change of page.
const selected = new Set();
const all = selector => [...element.querySelectorAll(selector)];
const one = selector => element.querySelector(selector);
let selecting = false;
let last = null;     // where a range begins
let returning = '';  // what had the focus when the markup was exchanged

function show() {
  const bar = one('.f2-selection');
  if (!bar) return;
  one('.f2-pictures').classList.toggle('f2-selecting', selecting);
  one('.f2-select')?.setAttribute('aria-pressed', selecting);
  bar.hidden = !selecting;
  for (const box of all('.f2-check')) box.checked = selected.has(box.dataset.id);
  const count = selected.size;
  const here = all('.f2-check').filter(box => box.checked).length;
  const elsewhere = count > here ? `, ${count - here} of them not on this page` : '';
  one('.f2-chosen').textContent = count ? `${count} selected${elsewhere}` : 'Nothing selected';
  for (const name of ['zip', 'ask', 'none']) one(`[data-do=${name}]`).disabled = !count;
  if (!count) sure(false);
}

function sure(asking) {
  one('.f2-sure').hidden = !asking;
  one('[data-do=ask]').hidden = asking;
}

function mark(box, extend) {
  const boxes = all('.f2-check');
  const from = extend ? boxes.findIndex(each => each.dataset.id === last) : -1;
  const to = boxes.indexOf(box);
  const range = from < 0 ? [box] : boxes.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const each of range) selected[box.checked ? 'add' : 'delete'](each.dataset.id);
  last = box.dataset.id;
  show();
}

const deeds = {
  all: () => { for (const box of all('.f2-check')) selected.add(box.dataset.id); show(); },
  none: () => { selected.clear(); show(); },
  zip: () => { one('.f2-selection [name=ids]').value = [...selected].join(' '); },
  ask: () => { sure(true); one('[data-do=keep]').focus(); },
  keep: () => { sure(false); one('[data-do=ask]').focus(); },
  delete: () => { trigger('pick', {act: 'delete', ids: [...selected].join(' ')}); selected.clear(); selecting = false; },
  everything: () => { trigger('pick', {act: 'everything', word: one('.f2-word').value}); selected.clear(); selecting = false; },
};

element.addEventListener('click', event => {
  const box = event.target.closest('.f2-check');
  if (box) return mark(box, event.shiftKey);
  const deed = event.target.closest('[data-do]');
  if (deed) return deeds[deed.dataset.do]();
  if (event.target.closest('.f2-select')) { selecting = !selecting; if (!selecting) selected.clear(); return show(); }
  const chosen = event.target.closest('[data-act]');
  if (!chosen) return;
  if (selecting && chosen.dataset.act === 'show') {
    const own = chosen.parentElement.querySelector('.f2-check');
    own.checked = !own.checked;
    return mark(own, event.shiftKey);
  }
  returning = chosen.dataset.act === 'go' ? '.f2-tile' : `[data-id="${chosen.dataset.id}"]`;
  trigger('pick', {...chosen.dataset});
  if (chosen.dataset.act === 'show') current(chosen.dataset.id);
});

element.addEventListener('input', event => {
  if (event.target.matches('.f2-word')) one('[data-do=everything]').disabled = event.target.value.trim() !== 'DELETE';
});

// Arrows walk from picture to picture; up and down keep the column. Escape ends selecting.
element.addEventListener('keydown', event => {
  if (event.key === 'Escape' && selecting) {
    event.stopPropagation();
    selecting = false;
    selected.clear();
    show();
    return one('.f2-select')?.focus();
  }
  const tile = event.target.closest('.f2-tile');
  const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
  if (!tile || !(step || ['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key))) return;
  event.preventDefault();
  const tiles = all('.f2-tile');
  const at = tiles.indexOf(tile);
  if (step) return tiles[at + step]?.focus();
  if (event.key === 'Home' || event.key === 'End') return tiles.at(event.key === 'Home' ? 0 : -1).focus();
  const down = event.key === 'ArrowDown';
  const box = tile.getBoundingClientRect();
  const rows = tiles.filter(each => down ? each.getBoundingClientRect().top > box.top + 4 : each.getBoundingClientRect().top < box.top - 4);
  const top = (down ? rows[0] : rows.at(-1))?.getBoundingClientRect().top;
  const row = rows.filter(each => Math.abs(each.getBoundingClientRect().top - top) < 4);
  const away = each => Math.abs(each.getBoundingClientRect().left - box.left);
  row.sort((a, b) => away(a) - away(b))[0]?.focus();
});

function current(id) {
  for (const tile of all('.f2-tile')) {
    if (tile.dataset.id === id) tile.setAttribute('aria-current', 'true');
    else tile.removeAttribute('aria-current');
  }
}

// After an exchange of the markup the selection is shown again, and the focus goes back to where it was.
watch('value', () => {
  show();
  current(document.querySelector('.f2-detail')?.dataset.id);
  if (document.activeElement === document.body && returning) (one(returning) ?? one('.f2-count'))?.focus({preventScroll: true});
  if (returning === '.f2-tile') element.scrollIntoView({block: 'start'});
  returning = '';
});
show();
