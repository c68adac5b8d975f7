// A control for each kind of field. Each is made with its field and a `report`, and has a `node` and a `put`.
const options = choices => choices.map((label, index) => make('option', {value: String(index), textContent: label}));

const typed = (node, report, event = 'input') => {
  node.addEventListener(event, () => report(node.value));
  return {node, focus: node, put: value => { if (node.value !== String(value ?? '')) node.value = String(value ?? ''); }};
};

const writing = (spec, report) =>
  typed(make('textarea', {rows: spec.lines, placeholder: spec.placeholder, dir: 'auto', spellcheck: false}), report);

const CONTROLS = {
  text: (spec, report) =>
    spec.lines > 1 ? writing(spec, report) : typed(make('input', {type: 'text', placeholder: spec.placeholder, dir: 'auto'}), report),
  code: (spec, report) => {
    const control = writing(spec, report);
    control.node.classList.add('f2-editor');
    return control;
  },
  choice: (spec, report) => {
    const node = make('select', {}, ...options(spec.choices));
    node.addEventListener('change', () => report(node.selectedIndex));
    return {node, focus: node, put: value => { node.selectedIndex = value ?? -1; }};
  },
  number: (spec, report) => {
    const bounds = Object.fromEntries(Object.entries({min: spec.minimum, max: spec.maximum}).filter(([, value]) => value !== null));
    return typed(make('input', {type: 'number', step: spec.step, ...bounds}), report);
  },
  optional: (spec, report) => typed(make('input', {type: 'text', inputMode: 'decimal', placeholder: spec.placeholder}), report),
  slider: (spec, report) => {
    const range = make('input', {type: 'range', min: spec.minimum, max: spec.maximum, step: spec.step});
    const output = make('output');
    range.addEventListener('input', () => { output.value = range.value; report(range.value); });
    return {
      node: make('div', {className: 'f2-range'}, range, output),
      focus: range,
      put: value => { range.value = value; output.value = value; },
    };
  },
  switch: (spec, report) => {
    const node = make('input', {type: 'checkbox'});
    node.addEventListener('change', () => report(node.checked));
    return {node, focus: node, put: value => { node.checked = Boolean(value); }};
  },
  rows: (spec, report) => rowsControl(spec, report),
  palette: (spec, report) => rowsControl(spec, report),
  references: (spec, report, page) => referencesControl(spec, report, page),
  drawing: (spec, report, page) => drawingControl(spec, report, page),
};
const OF_SEVERAL = ['rows', 'palette', 'references', 'drawing'];
const SMALL = ['choice', 'number', 'optional', 'slider', 'switch'];
const isSmall = spec => SMALL.includes(spec.kind) || (spec.kind === 'text' && spec.lines === 1);

function rowsControl(spec, report) {
  const node = make('div');
  node.append(
    make('p', {className: 'f2-rows-title', hidden: true}, make('strong'), make('span')),
    make('div', {className: 'f2-list'}),
    make('button', {type: 'button', className: 'f2-add'}),
  );
  const watchers = [];
  const props = {value: [], columns: spec.columns, most: spec.most, noun: spec.noun, title: '', help: ''};
  rowsEditor(node, props, () => report(props.value), (name, act) => watchers.push(act));
  return {node, put: value => { props.value = value; watchers.forEach(act => act()); }};
}

// What a list of rows is, for the style sheet that it shares with the Gradio app.
const looks = spec => {
  if (!spec.columns || spec.kind === 'references') return '';
  const named = {'f2-group': spec.most === 1, 'f2-made': spec.columns.some(column => column.kind === 'locked')};
  return ['', 'f2-rows', `f2-${spec.kind}`, ...Object.keys(named).filter(name => named[name])].join(' ');
};

// A field: label, control, and under it its help, or the reason why the target does not take it.
function fieldOf(spec, report, page) {
  const several = OF_SEVERAL.includes(spec.kind);
  const node = make(several ? 'fieldset' : 'div', {
    className: `f2-field f2-kind-${spec.kind}${spec.off ? ' f2-off' : ''}${isSmall(spec) ? '' : ' f2-wide'}${looks(spec)}`,
    hidden: spec.hidden,
    data: {field: spec.name},
  });
  const help = make('p', {className: 'f2-help', id: newId(), textContent: spec.off || spec.help});
  if (several && spec.off) {
    node.append(make('legend', {textContent: spec.label}), help);
    return {node, spec, put: () => {}};
  }
  const control = CONTROLS[spec.kind](spec, report, page);
  if (several) {
    node.append(make('legend', {textContent: spec.label}), help, control.node);
  } else {
    control.focus.id = newId();
    control.focus.disabled = Boolean(spec.off);
    if (help.textContent) control.focus.setAttribute('aria-describedby', help.id);
    node.append(make('label', {htmlFor: control.focus.id, textContent: spec.label}), control.node, help);
  }
  help.hidden = !help.textContent;
  return {node, spec, put: control.put, settle: control.settle};
}
