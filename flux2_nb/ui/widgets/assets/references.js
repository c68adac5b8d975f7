// Reference images: an ordered list, numbered as the prompt counts them, each with its role.
const PART = 1 << 20; // bytes of one message
const MOST_BYTES = 64 * 1024 * 1024;

function cellOf(column, value, report) {
  const node = column.kind === 'choice'
    ? make('select', {}, ...column.choices.map(([label, choice]) => make('option', {value: choice, textContent: label})))
    : make('input', {type: 'text', placeholder: column.placeholder, dir: 'auto'});
  node.value = value ?? column.default ?? '';
  node.addEventListener(column.kind === 'choice' ? 'change' : 'input', () => report(node.value));
  return make('label', {className: 'f2-cell'}, make('span', {textContent: column.label}), node);
}

function referencesControl(spec, report, page) {
  const list = make('ol', {className: 'f2-slots'});
  const input = make('input', {type: 'file', accept: 'image/*', multiple: true, className: 'f2-hidden', tabIndex: -1, ariaHidden: 'true'});
  const add = button('Add images', () => input.click(), {className: 'f2-add'});
  const hint = make('span', {className: 'f2-hint', textContent: 'or drop or paste them here'});
  const said = make('p', {className: 'f2-said', attributes: {role: 'status'}});
  const node = make('div', {className: 'f2-references', tabIndex: -1}, list, make('p', {className: 'f2-adding'}, add, hint, input), said);
  let value = [];

  const unfit = file => {
    if (!file.type.startsWith('image/')) return `${file.name} is not a picture, and was left out.`;
    return file.size > MOST_BYTES ? `${file.name} has more than 64 MB, which is the most that is taken, and was left out.` : '';
  };
  const send = async files => {
    const problems = files.map(unfit).filter(Boolean);
    const onTheWay = files.filter(file => !unfit(file)).map(file => page.upload(spec.name, file));
    const say = (sentences, isWrong) => {
      said.textContent = sentences.join(' ');
      said.classList.toggle('f2-wrong', isWrong);
    };
    say([...problems, ...(onTheWay.length ? ['Sending …'] : [])], problems.length > 0);
    problems.push(...(await Promise.all(onTheWay)).filter(Boolean));
    say(problems, true);
  };
  input.addEventListener('change', () => { send([...input.files]); input.value = ''; });
  node.addEventListener('dragover', event => { event.preventDefault(); event.stopPropagation(); });
  node.addEventListener('drop', event => { event.preventDefault(); event.stopPropagation(); send([...event.dataTransfer.files]); });
  node.addEventListener('paste', event => send([...event.clipboardData.files]));

  const changed = (next, focus) => {
    value = next;
    show();
    if (focus !== undefined) list.children[focus]?.querySelector('button')?.focus();
    report(value.map(({preview, ...one}) => one));
  };
  const move = (from, to) => {
    const next = [...value];
    next.splice(to, 0, ...next.splice(from, 1));
    changed(next, to);
  };
  const slot = (one, index) => {
    const name = `image ${index + 1}`;
    const small = (text, act, label, disabled = false) => button(text, act, {className: 'f2-link', ariaLabel: label, disabled});
    return make('li', {className: index < spec.most ? 'f2-slot' : 'f2-slot f2-too-many'},
      one.preview
        ? make('img', {src: one.preview, alt: `Reference ${name}`})
        : make('p', {className: 'f2-broken', textContent: 'This file cannot be shown.'}),
      make('b', {textContent: name}),
      ...spec.columns.map(column => cellOf(column, one[column.name], text => {
        value[index] = {...one, [column.name]: text};
        changed([...value]);
      })),
      make('span', {className: 'f2-moves'},
        small('Earlier', () => move(index, index - 1), `Move ${name} earlier`, index === 0),
        small('Later', () => move(index, index + 1), `Move ${name} later`, index === value.length - 1),
        small('Remove', () => changed(value.filter((_, other) => other !== index)), `Remove ${name}`)));
  };
  // An open list of roles or a focused button keeps its place: what did not change is not made anew.
  let seen = null;
  function show() {
    if (same(seen, value)) return;
    seen = structuredClone(value);
    list.replaceChildren(...value.map(slot));
    add.disabled = value.length >= spec.most;
  }
  return {node, put: next => { value = next ?? []; show(); }};
}
