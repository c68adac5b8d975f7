// An editor for a list of rows. Runs inside a gr.HTML: its value is a list of objects, `columns` says what a row holds.
const list = element.querySelector('.f2-list');
const add = element.querySelector('.f2-add');
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

const editors = {
  choice: column => {
    const select = make('select');
    for (const [label, value] of column.choices) select.append(make('option', {value, textContent: label}));
    return select;
  },
  colour: () => make('input', {type: 'color'}),
  number: () => make('input', {type: 'number', step: 'any'}),
  switch: () => make('input', {type: 'checkbox'}),
  text: column => make('textarea', {rows: column.lines, placeholder: column.placeholder, dir: 'auto', spellcheck: false}),
};

const get = input => (input.type === 'checkbox' ? input.checked : input.value);
const put = (input, value) => {
  const text = input.type === 'color' ? String(value ?? '').toLowerCase() : String(value ?? '');
  if (input.type === 'checkbox') input.checked = Boolean(value);
  else if (input.value !== text) input.value = text;
};

function report() {
  props.value = [...list.children].map(row =>
    Object.fromEntries([...row.querySelectorAll('[data-name]')].map(input => [input.dataset.name, get(input)])));
  add.hidden = list.children.length >= props.most;
  trigger('input');
}

function newRow() {
  const row = make('div', {className: 'f2-row'});
  for (const column of props.columns) {
    const label = make('label', {className: `f2-cell f2-${column.kind}`});
    const input = editors[column.kind](column);
    input.dataset.name = column.name;
    input.addEventListener('input', report);
    put(input, column.default);
    label.append(make('span', {textContent: column.label}), input);
    row.append(label);
  }
  const remove = make('button', {type: 'button', className: 'f2-remove', textContent: 'Remove'});
  remove.addEventListener('click', () => { row.remove(); report(); });
  row.append(remove);
  return row;
}

// Cells are changed in place, so that a person who is typing keeps the cursor.
function show() {
  const rows = props.value ?? [];
  while (list.children.length > rows.length) list.lastElementChild.remove();
  while (list.children.length < rows.length) list.append(newRow());
  rows.forEach((value, index) => {
    for (const input of list.children[index].querySelectorAll('[data-name]')) put(input, value[input.dataset.name]);
  });
  add.hidden = rows.length >= props.most;
}

add.addEventListener('click', () => {
  const row = newRow();
  list.append(row);
  row.querySelector('[data-name]').focus();
  report();
});
element.querySelector('strong').textContent = props.title;
element.querySelector('.f2-rows-title span').textContent = props.help;
add.textContent = `Add ${props.noun}`;
watch('value', show);
show();
