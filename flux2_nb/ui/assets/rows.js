// An editor for a list of rows. Runs inside a gr.HTML: its value is a list of objects, `columns` says what a row holds.
// Used by the Gradio app and by notebook panels alike.
const list = element.querySelector('.f2-list');
const add = element.querySelector('.f2-add');
const make = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};
const single = props.most === 1;                                      // a group of fields: one row that is always there
const made = props.columns.some(column => column.kind === 'locked');  // rows that follow from other fields
const ordered = !single && !made && props.columns[0].kind !== 'colour';

// Colours: a code or a name beside its picker, and a picker for every code that stands in a text.
const CODES = /#(?:[0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-z])/gi;
const whole = code => `#${code.length === 4 ? [...code.slice(1)].map(digit => digit + digit).join('') : code.slice(1)}`;
const known = (text, names) => {
  const code = text.trim().replace(/^#?(?=[0-9a-f]{3,6}$)/i, '#');
  const name = text.trim().toLowerCase();
  return code.match(CODES)?.[0] === code ? whole(code) : names[name] ?? named(name);
};
const named = name => {
  if (!name || !CSS.supports('color', name) || /[^a-z]/.test(name)) return null;
  const brush = document.createElement('canvas').getContext('2d');
  brush.fillStyle = name;
  return /^#[0-9a-f]{6}$/.test(brush.fillStyle) ? brush.fillStyle : null;
};

function swatches(input) {
  const pickers = (input.value.match(CODES) ?? []).map((code, place) => {
    const picker = make('input', {type: 'color', value: whole(code).toLowerCase(), ariaLabel: `Change ${code}`});
    picker.addEventListener('input', () => {
      let seen = 0;
      input.value = input.value.replace(CODES, old => (seen++ === place ? picker.value.toUpperCase() : old));
      report();
    });
    return picker;
  });
  input.parentElement.querySelector('.f2-swatches').replaceChildren(...pickers);
}

const editors = {
  choice: column => [make('select', {}, ...options(column.choices))],
  colour: column => {
    const picker = make('input', {type: 'color'});
    const code = make('input', {className: 'f2-code', maxLength: 40, autocomplete: 'off', spellcheck: false});
    code.addEventListener('input', () => {
      const colour = known(code.value, column.names);
      if (colour) { picker.value = colour.toLowerCase(); report(); }
    });
    code.addEventListener('change', () => { code.value = picker.value.toUpperCase(); });
    picker.addEventListener('input', () => { code.value = picker.value.toUpperCase(); });
    return [picker, code];
  },
  number: () => [make('input', {type: 'number', step: 'any'})],
  switch: () => [make('input', {type: 'checkbox'})],
  text: column => {
    const input = make('textarea', {rows: column.lines, placeholder: column.placeholder, dir: 'auto', spellcheck: false});
    input.addEventListener('input', () => swatches(input));
    return [input, make('span', {className: 'f2-swatches'})];
  },
  locked: () => [make('output', {})],
};
const options = choices => choices.map(([label, value]) => make('option', {value, textContent: label}));

const inputs = row => row.querySelectorAll('[data-name]');
const get = input => (input.type === 'checkbox' ? input.checked : input.value);
const put = (input, value) => {
  const text = input.type === 'color' ? String(value ?? '').toLowerCase() : String(value ?? '');
  if (input.type === 'checkbox') input.checked = Boolean(value);
  else if (input.value !== text) input.value = text;
  if (input.type === 'color' && document.activeElement !== input.nextSibling) input.nextSibling.value = text.toUpperCase();
  if (input.tagName === 'TEXTAREA') swatches(input);
};

function newCell(column) {
  const [input, ...beside] = editors[column.kind](column);
  input.dataset.name = column.name;
  input.dataset.label = column.label;
  input.title = column.help;
  input.addEventListener('input', report);
  const label = make('span', {textContent: column.label, ariaHidden: 'true'});
  return make('div', {className: `f2-cell f2-cell-${column.kind}`}, label, input, ...beside);
}

const button = (sign, className, act) => {
  const node = make('button', {type: 'button', className, textContent: sign});
  node.addEventListener('click', act);
  return node;
};

function newRow() {
  const row = make('div', {className: 'f2-row'});
  const cells = more => props.columns.filter(column => column.more === more).map(newCell);
  row.append(...cells(false));
  const folded = cells(true);
  if (folded.length) row.append(make('details', {className: 'f2-fold'}, make('summary'), make('div', {}, ...folded)));
  for (const column of props.columns) put(row.querySelector(`[data-name="${column.name}"]`), column.default);
  if (!single && !made) row.append(controls(row));
  return row;
}

function controls(row) {
  const node = make('div', {className: 'f2-controls'});
  if (ordered) {
    const number = make('span', {className: 'f2-number', draggable: true, title: 'Drag to move'});
    number.addEventListener('dragstart', event => { dragged = row; event.dataTransfer.setDragImage(row, 10, 10); });
    number.addEventListener('dragend', () => { dragged = null; report(); });
    row.prepend(number);
    node.append(
      button('↑', 'f2-up', event => move(row, row.previousElementSibling, event.target)),
      button('↓', 'f2-down', event => move(row.nextElementSibling, row, event.target)),
    );
  }
  node.append(button('×', 'f2-remove', () => remove(row)));
  return node;
}

// The lower of two neighbours goes above the other; the button that was pressed, or its twin at an end, keeps the focus.
function move(lower, upper, pressed) {
  list.insertBefore(lower, upper);
  report();
  (pressed.disabled ? pressed.parentElement.querySelector(':enabled') : pressed).focus();
}

function remove(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  report();
  (next?.querySelector('.f2-remove') ?? add).focus();
}

let dragged = null;
list.addEventListener('dragover', event => {
  const over = event.target.closest('.f2-row');
  if (!dragged || !over || over.parentElement !== list) return;
  event.preventDefault();
  const {top, height} = over.getBoundingClientRect();
  if (over !== dragged) over[event.clientY < top + height / 2 ? 'before' : 'after'](dragged);
});
list.addEventListener('drop', event => event.preventDefault());

// Numbers and accessible names follow the order of the rows.
function name() {
  const rows = [...list.children];
  rows.forEach((row, index) => {
    const which = single ? '' : `${props.noun} ${index + 1}`;
    for (const input of inputs(row)) {
      input.ariaLabel = which ? `${which}: ${input.dataset.label}` : input.dataset.label;
      if (input.type === 'color') input.nextSibling.ariaLabel = `${which}: code or name`;
    }
    const filled = [...row.querySelectorAll('.f2-fold [data-name]')].filter(get).length;
    const fold = row.querySelector('.f2-fold summary');
    if (fold) fold.textContent = filled ? `More (${filled} filled in)` : 'More';
    const [number, up, down, gone] = ['.f2-number', '.f2-up', '.f2-down', '.f2-remove'].map(one => row.querySelector(one));
    if (gone) gone.ariaLabel = gone.title = `Remove ${which}`;
    if (!number) return;
    number.textContent = index + 1;
    up.ariaLabel = up.title = `Move ${which} up`;
    down.ariaLabel = down.title = `Move ${which} down`;
    up.disabled = index === 0;
    down.disabled = index === rows.length - 1;
  });
  add.hidden = single || made || rows.length >= props.most;
}

function report() {
  props.value = [...list.children].map(row => ({
    ...(row.choices && {choices: row.choices}),
    ...Object.fromEntries([...inputs(row)].map(input => [input.dataset.name, get(input)])),
  }));
  name();
  trigger('input');
}

// Cells are changed in place, so that a person who is typing keeps the cursor.
function show() {
  const rows = props.value ?? [];
  while (list.children.length > rows.length) list.lastElementChild.remove();
  while (list.children.length < rows.length) list.append(newRow());
  rows.forEach((value, index) => {
    const row = list.children[index];
    if (value.choices && JSON.stringify(value.choices) !== JSON.stringify(row.choices)) {
      row.choices = value.choices;
      row.querySelector('select').replaceChildren(...options(value.choices));
    }
    for (const input of inputs(row)) put(input, value[input.dataset.name]);
  });
  name();
}

add.addEventListener('click', () => {
  const row = newRow();
  list.append(row);
  row.querySelector('[data-name]').focus();
  report();
});
element.querySelector('strong').textContent = props.title;
element.querySelector('.f2-rows-title span').textContent = props.help;
element.querySelector('.f2-rows-title').hidden = !props.title && !props.help;
add.textContent = `Add ${props.noun}`;
watch('value', show);
show();
