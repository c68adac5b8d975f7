// A panel: the form on the left, the button under it, the pictures on the right.
const TYPING = 180; // milliseconds without a key until a change is sent
const PATIENCE = 150; // milliseconds after which the button says what it waits for
const WAITING = 'Waiting for the picture to arrive …';
const TAKEN_BACK = 'Taken back. Nothing was sent.';
const shared = new WeakMap(); // model -> what all its views have in common

function pageOf(model) {
  if (shared.has(model)) return shared.get(model);
  const numbers = {}; // field -> number of the newest change by a person
  const waiting = new Map(); // field -> what is typed and not sent yet
  const addresses = new Map(); // picture -> its address in this page, once its bytes came
  const wanted = new Map();
  const answers = new Map(); // upload -> what to do with the kernel's word on it
  const onTheWay = new Set(); // promises of why a file did not arrive
  let sending = Promise.resolve();
  let last = 0;
  const next = name => (numbers[name] = last = Math.max(last + 1, Date.now()));
  const sent = async (name, file) => {
    const what = file.name ?? 'The drawing';
    const bytes = await file.arrayBuffer().catch(() => null);
    if (!bytes?.byteLength) return `${what} ${bytes ? 'is empty' : 'could not be read'}. Add it again.`;
    const [upload, number] = [newId(), next(name)];
    const answer = new Promise(done => answers.set(upload, done));
    for (let start = 0; start < bytes.byteLength; start += PART) {
      const part = bytes.slice(start, start + PART);
      page.send({act: 'upload', name, upload, number, last: start + PART >= bytes.byteLength}, [part]);
    }
    const problem = await answer;
    answers.delete(upload);
    return problem && `${what} was not added. ${problem}`;
  };
  const page = {
    send: (content, buffers) => model.send(content, undefined, buffers),
    isTyping: name => (numbers[name] ?? 0) > model.get('answered'),
    flush: () => {
      for (const [name, {timer, value}] of waiting) {
        clearTimeout(timer);
        waiting.delete(name);
        page.send({act: 'change', name, value, number: numbers[name]});
      }
    },
    change: (name, value) => {
      next(name);
      clearTimeout(waiting.get(name)?.timer);
      waiting.set(name, {value, timer: setTimeout(page.flush, TYPING)});
    },
    // Sends a file in parts, one file after the other; a promise of why it did not arrive, empty if it did.
    upload: (name, file) => {
      const mine = sending.then(() => sent(name, file));
      onTheWay.add(mine);
      sending = mine.finally(() => onTheWay.delete(mine));
      return mine;
    },
    arrived: () => Promise.all(onTheWay),
    picture: (id, act) => {
      if (addresses.has(id)) return act(addresses.get(id));
      wanted.set(id, [...(wanted.get(id) ?? []), act]);
      if (wanted.get(id).length === 1) page.send({act: 'picture', id, what: 'preview'});
    },
    download: (id, what) => page.send({act: 'picture', id, what}),
  };
  model.on('msg:custom', ({upload, problem, id, what, name, type}, buffers) => {
    if (upload !== undefined) return answers.get(upload)?.(problem);
    const [data] = buffers;
    const address = URL.createObjectURL(new Blob([data], {type}));
    if (what === 'preview') {
      addresses.set(id, address);
      (wanted.get(id) ?? []).forEach(act => act(address));
      wanted.delete(id);
      return;
    }
    make('a', {href: address, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
  shared.set(model, page);
  return page;
}

function choiceOf(label, act) {
  const node = make('select', {id: newId()});
  node.addEventListener('change', () => act(node.value));
  return {
    node: make('div', {className: 'f2-field'}, make('label', {htmlFor: node.id, textContent: label}), node),
    put: (choices, value) => {
      node.replaceChildren(...choices.map(([text, name]) => make('option', {value: name, textContent: text})));
      node.value = value;
    },
  };
}

function targetOf(page) {
  const provider = choiceOf('Provider', name => page.send({act: 'target', provider: name}));
  let target = {};
  const model = choiceOf('Model', name => page.send({act: 'target', provider: target.provider, model: name}));
  const ready = make('p', {className: 'f2-ready'});
  const facts = make('dl');
  const notes = make('ul');
  const more = make('details', {}, make('summary', {textContent: 'What to know'}), notes);
  return {
    node: make('div', {className: 'f2-target'}, provider.node, model.node, make('div', {className: 'f2-facts'}, ready, facts, more)),
    put: ({providers, models, target: now, about}) => {
      target = now;
      provider.put(providers, now.provider);
      model.put(models, now.model);
      ready.textContent = about.sentence;
      ready.classList.toggle('f2-no', !about.is_ready);
      facts.replaceChildren(...about.facts.map(([name, value, source]) =>
        make('div', {}, make('dt', {textContent: name}), make('dd', {title: source, textContent: value}))));
      notes.replaceChildren(...about.notes.map(text => make('li', {textContent: text})));
      more.hidden = !about.notes.length;
    },
  };
}

function noteOf(note) {
  const line = cells => make('tr', {}, ...cells);
  const [head, ...rows] = note.table;
  const table = head && make('table', {},
    make('thead', {}, line(head.map(text => make('th', {scope: 'col', textContent: text})))),
    make('tbody', {}, ...rows.map(row => line(row.map(text => make('td', {dir: 'auto', textContent: text}))))));
  const cut = note.cut ? make('s', {dir: 'auto', textContent: note.cut}) : null;
  return make('div', {className: `f2-note f2-${note.level}`}, make('p', {}, note.text, cut ? ' ' : null, cut), table);
}

function codeOf(page) {
  const body = make('div');
  const node = make('details', {className: 'f2-section'}, make('summary', {textContent: 'Code'}), body);
  node.addEventListener('toggle', () => { if (node.open) page.send({act: 'code'}); });
  let chosen = 'Python';
  const put = texts => {
    const tabs = texts.map(({language}) => button(language, () => { chosen = language; put(texts); },
      {className: 'f2-tab', ariaPressed: String(language === chosen)}));
    const text = texts.find(({language}) => language === chosen)?.text ?? '';
    const copy = button('Copy', () => navigator.clipboard?.writeText(text), {className: 'f2-link'});
    body.replaceChildren(...(texts.length ? [make('p', {className: 'f2-tabs'}, ...tabs, copy), make('pre', {tabIndex: 0, textContent: text})] : []));
  };
  return {node, put};
}

function formOf(model, page) {
  const node = make('div', {className: 'f2-groups'});
  const more = make('div', {className: 'f2-more'});
  const fields = new Map();
  const open = new Set();
  const group = ({name, fields: members}) => {
    const grid = make('div', {className: 'f2-grid'}, ...members.map(spec => fields.get(spec.name).node));
    if (name === 'main') return grid;
    const title = name.charAt(0).toUpperCase() + name.slice(1);
    const section = make('details', {className: 'f2-section', open: open.has(name)}, make('summary', {textContent: title}), grid);
    section.hidden = members.every(spec => spec.hidden);
    section.addEventListener('toggle', () => (section.open ? open.add(name) : open.delete(name)));
    return section;
  };
  return {
    node,
    more,
    build: groups => {
      for (const spec of groups.flatMap(one => one.fields)) {
        if (!same(fields.get(spec.name)?.spec, spec)) fields.set(spec.name, fieldOf(spec, value => page.change(spec.name, value), page));
      }
      const built = groups.map(group);
      node.replaceChildren(...built.filter((_, index) => groups[index].name === 'main'));
      more.replaceChildren(...built.filter((_, index) => groups[index].name !== 'main'));
    },
    // Sends what is drawn and not sent yet; promises of why something in sight did not arrive.
    settle: () => [...fields.values()].map(field => field.settle?.()).filter(Boolean),
    put: values => {
      for (const [name, field] of fields) if (!page.isTyping(name)) field.put(values[name]);
    },
  };
}

function render({model, el}) {
  const page = pageOf(model);
  const [target, form, board, code] = [targetOf(page), formOf(model, page), boardOf(page), codeOf(page)];
  const title = make('h3');
  const summary = make('p', {className: 'f2-summary'});
  const examples = make('p', {className: 'f2-examples'});
  const notes = make('div', {className: 'f2-notes', attributes: {'aria-live': 'polite'}});
  const plan = make('p', {className: 'f2-plan', attributes: {'aria-live': 'polite'}});
  const said = make('p', {className: 'f2-said', attributes: {role: 'status'}});
  let withdraw = null; // takes a press back that waits for what is in sight to arrive
  const settled = async () => {
    page.flush();
    const problem = [...await Promise.all(form.settle()), ...await page.arrived()].find(Boolean);
    return problem ? `Nothing was sent. ${problem}` : '';
  };
  const press = async () => {
    if (withdraw) return;
    const back = new Promise(done => { withdraw = () => done(TAKEN_BACK); });
    const timer = setTimeout(() => { run.textContent = WAITING; run.ariaBusy = 'true'; stop.disabled = false; }, PATIENCE);
    const problem = await Promise.race([back, settled()]);
    clearTimeout(timer);
    withdraw = null;
    run.ariaBusy = 'false';
    said.textContent = problem;
    said.classList.toggle('f2-wrong', problem !== TAKEN_BACK);
    showPlan();
    showBoard();
    if (problem) return;
    page.flush();
    page.send({act: 'run'});
    board.node.scrollIntoView({block: 'nearest'}); // a long form has its button far below its pictures
  };
  // The second click of a double click is none of its own: each press may cost money.
  const run = button('', event => { if (event.detail < 2) press(); }, {className: 'f2-run'});
  const stop = button('Stop all', () => (withdraw ? withdraw() : page.send({act: 'stop'})), {className: 'f2-add f2-stop'});

  const showPage = () => {
    const now = model.get('page');
    title.textContent = now.title;
    summary.textContent = now.summary;
    examples.hidden = !now.examples.length;
    examples.replaceChildren('Examples: ', ...now.examples.map(({label, needs}, index) =>
      button(label, () => page.send({act: 'example', index}), {className: 'f2-chip', title: needs})));
    target.put(now);
    form.build(now.groups);
    form.put(model.get('shown'));
  };
  const showPlan = () => {
    const now = model.get('plan');
    if (run.ariaBusy !== 'true') run.textContent = now.button;
    plan.textContent = now.text;
    notes.replaceChildren(...now.notes.map(noteOf));
  };
  const showBoard = () => {
    const now = model.get('board');
    board.put(now);
    stop.disabled = run.ariaBusy !== 'true' && now.batches.flat().every(shot => shot.is_over);
  };
  const bound = {
    'change:page': showPage,
    'change:shown': () => form.put(model.get('shown')),
    'change:answered': () => form.put(model.get('shown')),
    'change:plan': showPlan,
    'change:board': showBoard,
    'change:code': () => code.put(model.get('code')),
  };
  for (const [name, act] of Object.entries(bound)) model.on(name, act);

  const left = make('div', {className: 'f2-form'}, title, summary, examples, form.node,
    make('p', {className: 'f2-action'}, run, stop), said, plan, notes, form.more, code.node);
  // What is typed here is no keyboard command of the notebook.
  const root = make('div', {className: 'f2-panel', attributes: {'data-lm-suppress-shortcuts': 'true'}}, target.node,
    make('div', {className: 'f2-body'}, left, board.node));
  root.addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!event.repeat) run.click(); }
    if (event.key === 'Escape') withdraw?.();
    event.stopPropagation();
  });
  el.append(root);
  showPage();
  showPlan();
  showBoard();
  code.put(model.get('code'));
  return () => {
    board.stop();
    for (const [name, act] of Object.entries(bound)) model.off(name, act);
  };
}

export default {render};
