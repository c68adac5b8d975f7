// An editor for reference images: numbered slots, moved, given roles, cropped and drawn on. Runs inside a gr.HTML whose value
// is a list of objects: the id of a picture, what there is to show of it, and a value for each column.
const MOST_BYTES = 64 * 1024 * 1024;
const DRAWN = 2048;  // longest side in pixels of what is drawn on
const LOST = 'This picture is no longer here: what is put in is kept for a day. Add it again.';

const title = make('p', {className: 'f2-rows-title'}, make('strong'), ' ', make('span'));
const list = make('ol', {className: 'f2-slots'});
const said = make('p', {className: 'f2-slots-said', role: 'status'});
const input = make('input', {type: 'file', multiple: true, accept: 'image/png,image/jpeg,image/webp,image/gif', hidden: true, ariaLabel: 'Choose pictures'});
const add = button('', 'f2-slot-add', () => input.click());
add.append(make('strong', {textContent: 'Add images'}), make('span', {textContent: 'choose, drop or paste'}));
const last = make('li', {className: 'f2-slot-last'}, add);
list.append(last);
const editor = element.querySelector('.f2-slots-editor');
editor.append(title, list, input, said);

let slots = [];
// A slot is waiting, ready or failed; it is lost when the server knew its picture and has it no more.
const isReady = slot => slot.state === 'ready';
const isTold = slot => isReady(slot) || slot.state === 'lost';  // what is lost is told too, so that it is missed there
const pixels = ([width, height]) => `${width} × ${height}`;
const picture = ({id, name, size, before, box}) => ({id, name, size, before, box});

// One slot: its elements are made once, and `label` brings them up to date.
function newSlot(given, file = null) {
  const slot = {...picture(given), file, state: given.error ? 'lost' : file ? 'waiting' : 'ready', problem: given.error ?? '', share: 0};
  slot.grip = make('span', {className: 'f2-slot-number', title: 'Drag to move'});
  slot.measure = make('span', {className: 'f2-slot-size'});
  slot.image = make('img', {draggable: false});
  slot.bar = make('progress', {max: 1});
  slot.trouble = make('p', {className: 'f2-slot-problem', role: 'alert'});
  slot.cells = props.columns.map(column => cell(column, given[column.name] ?? column.default));
  slot.moves = {
    earlier: button('←', 'f2-tool', () => step(slot, -1, 'earlier')),
    later: button('→', 'f2-tool', () => step(slot, 1, 'later')),
    remove: button('Remove', 'f2-tool f2-slot-remove', () => remove(slot)),
  };
  slot.buttons = {
    crop: button('Crop', 'f2-tool', () => crop(slot)),
    draw: button('Draw', 'f2-tool', () => draw(slot)),
    undo: button('Undo', 'f2-tool', () => undo(slot)),
    again: button('Try again', 'f2-tool', () => { waitFor(slot); arrange(); }),
  };
  slot.frame = make('div', {className: 'f2-slot-picture'}, slot.image, slot.bar);
  slot.node = make('li', {className: 'f2-slot'},
    make('div', {className: 'f2-slot-head'}, slot.grip, slot.measure),
    slot.frame, slot.trouble, ...slot.cells.map(one => one.node),
    make('div', {className: 'f2-slot-tools'}, ...Object.values(slot.buttons)),
    make('div', {className: 'f2-slot-moves'}, ...Object.values(slot.moves)));
  for (const part of [slot.grip, slot.frame]) part.addEventListener('pointerdown', event => drag(slot, event));
  slot.image.addEventListener('error', () => check(slot));
  look(slot);
  return slot;
}

function cell(column, value) {
  const chooser = column.choices.length
    ? make('select', {}, ...column.choices.map(([text, choice]) => make('option', {value: choice, textContent: text})))
    : make('input', {placeholder: column.placeholder, dir: 'auto'});
  chooser.value = value ?? '';
  chooser.addEventListener(column.choices.length ? 'change' : 'input', report);
  const name = make('span', {textContent: column.label, ariaHidden: 'true'});
  return {column, chooser, node: make('div', {className: 'f2-cell'}, name, chooser)};
}

// Shows the picture a slot holds: at once from the file that was chosen, else the server's small copy.
function look(slot) {
  if (slot.url) URL.revokeObjectURL(slot.url);
  slot.url = slot.file ? URL.createObjectURL(slot.file) : null;
  const address = slot.url ?? (slot.id && isReady(slot) ? shownAt(slot.id) : '');
  if (address) slot.image.src = address;
  slot.image.hidden = !address;
}

// A small copy that does not load: a file that the browser cannot show may still be fine, one that is gone is not.
async function check(slot) {
  slot.image.hidden = true;
  if (!isReady(slot) || (await fetch(shownAt(slot.id), {method: 'HEAD'})).status !== 404 || !slots.includes(slot)) return;
  Object.assign(slot, {state: 'lost', problem: LOST});
  report();
}

function label() {
  title.firstChild.textContent = props.title;
  title.lastChild.textContent = props.help;
  let number = 0;
  slots.forEach((slot, index) => {
    const counts = slot.state !== 'failed';
    number += counts;
    const name = counts ? `image ${number}` : 'not added';
    const tooMany = counts && number > props.most;
    slot.grip.textContent = name;
    slot.measure.textContent = slot.size ? pixels(slot.size) : '';
    slot.image.alt = counts ? `Reference image ${number}: ${slot.name ?? ''}` : '';
    slot.bar.hidden = slot.state !== 'waiting';
    slot.bar.value = slot.share;
    slot.bar.ariaLabel = `Sending ${name}`;
    slot.trouble.textContent = slot.problem || (tooMany ? tooManySentence() : '');
    slot.trouble.hidden = !slot.trouble.textContent;
    slot.node.classList.toggle('f2-beyond', tooMany);
    for (const one of slot.cells) {
      one.chooser.ariaLabel = `${one.column.label} of ${name}`;
      one.node.hidden = !counts;
    }
    const {crop, draw, undo, again} = slot.buttons;
    const {earlier, later, remove} = slot.moves;
    const names = [[earlier, `Move ${name} earlier`], [later, `Move ${name} later`], [crop, `Crop ${name}`], [draw, `Draw on ${name}`], [undo, `Undo the last change of ${name}`], [again, `Try again to add ${slot.name ?? 'it'}`], [remove, `Remove ${name}`]];
    for (const [one, text] of names) one.ariaLabel = one.title = text;
    earlier.disabled = index === 0;
    later.disabled = index === slots.length - 1;
    earlier.hidden = later.hidden = slots.length < 2;
    crop.hidden = draw.hidden = !isReady(slot);
    undo.hidden = !isReady(slot) || !slot.before;
    again.hidden = !(slot.state === 'failed' && slot.file);
  });
  last.hidden = number >= props.most;
  list.classList.toggle('f2-none', slots.length === 0);
}

const tooManySentence = () => (props.most ? `Too many: this model takes ${props.most}.` : 'This model takes no reference images.');

function report() {
  props.value = slots.filter(isTold).map(slot => ({
    ...picture(slot),
    ...(isReady(slot) ? {} : {error: slot.problem}),
    ...Object.fromEntries(slot.cells.map(({column, chooser}) => [column.name, chooser.value])),
  }));
  label();
  trigger('input');
  editor.dispatchEvent(new Event('f2-changed'));
}

// Puts the slots on the page in their order; those that are there stay as they are, so that nothing flickers.
function arrange() {
  const wanted = slots.map(slot => slot.node);
  for (const node of [...list.children]) if (node !== last && !wanted.includes(node)) node.remove();
  wanted.forEach((node, index) => { if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? last); });
  label();
}

// Takes over what the server says; pictures still on their way, and those refused, keep their places.
function show() {
  const known = new Map(slots.filter(isTold).map(slot => [slot.id, slot]));
  const next = (props.value ?? []).map(given => {
    const slot = (given.id && known.get(given.id)) || newSlot(given);
    known.delete(given.id);
    for (const {column, chooser} of slot.cells) chooser.value = given[column.name] ?? column.default ?? '';
    return slot;
  });
  slots.forEach((slot, index) => { if (!isTold(slot)) next.splice(Math.min(index, next.length), 0, slot); });
  for (const slot of known.values()) if (slot.url) URL.revokeObjectURL(slot.url);
  slots = next;
  arrange();
}

// Adding: every file gets its slot at once; they are sent one after the other.
let sending = Promise.resolve();
function addFiles(files) {
  const room = Math.max(0, props.room - slots.filter(slot => slot.state !== 'failed').length);
  const taken = files.slice(0, room);
  said.textContent = files.length > room ? `There is room for ${props.room} pictures: ${files.length - room} left out.` : '';
  for (const file of taken) {
    const slot = newSlot({name: file.name}, file);
    slots.push(slot);
    const problem = unfit(file);
    if (problem) Object.assign(slot, {state: 'failed', problem, file: null});
    else waitFor(slot);
  }
  arrange();
}

function waitFor(slot) {
  Object.assign(slot, {state: 'waiting', problem: '', share: 0});
  sending = sending.then(() => slots.includes(slot) && upload(slot));
}

function unfit(file) {
  if (file.size > MOST_BYTES) return `${file.name} has more than 64 MB, which is the most that is taken.`;
  return file.type && !file.type.startsWith('image/') ? `${file.name} is not a picture. PNG, JPEG, WebP and GIF are taken.` : '';
}

async function upload(slot) {
  const {done, stop} = send(`references?name=${encodeURIComponent(slot.name ?? '')}`, slot.file, 'application/octet-stream', share => {
    slot.share = slot.bar.value = share;
  });
  slot.stop = stop;
  try {
    Object.assign(slot, await done, {state: 'ready', file: null});
    report();
  } catch (error) {
    Object.assign(slot, {state: 'failed', problem: error.message, file: error.again ? slot.file : null});
    label();
  }
}

function remove(slot) {
  const next = slots[slots.indexOf(slot) + 1] ?? slots[slots.indexOf(slot) - 1];
  slots = slots.filter(one => one !== slot);
  if (slot.state === 'waiting') slot.stop?.();
  if (slot.url) URL.revokeObjectURL(slot.url);
  arrange();
  report();
  (next?.moves.remove ?? add).focus();
}

// Moving: by a button, which keeps the focus, or by dragging the number or the picture.
function step(slot, by, name) {
  const from = slots.indexOf(slot);
  slots.splice(from, 1);
  slots.splice(from + by, 0, slot);
  arrange();
  report();
  const pressed = slot.moves[name];
  (pressed.disabled ? slot.moves[name === 'later' ? 'earlier' : 'later'] : pressed).focus();
  said.textContent = `Moved: it is ${slot.grip.textContent} now.`;
}

function drag(slot, down) {
  if (down.button || (down.pointerType === 'touch' && down.currentTarget !== slot.grip)) return;
  down.preventDefault();
  const before = slots;
  let moving = false;
  const follow = event => {
    moving ||= Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > 6;
    if (!moving) return;
    slot.node.classList.add('f2-dragging');
    const over = document.elementsFromPoint(event.clientX, event.clientY).map(one => one.closest('.f2-slot')).find(Boolean);
    const target = slots.find(one => one.node === over);
    if (!target || target === slot) return;
    const to = slots.indexOf(target);
    slots = slots.filter(one => one !== slot);
    slots.splice(to, 0, slot);
    arrange();
  };
  const stop = () => {
    removeEventListener('pointermove', follow);
    removeEventListener('pointerup', stop);
    removeEventListener('pointercancel', stop);
    slot.node.classList.remove('f2-dragging');
    if (slots.some((one, index) => one !== before[index])) report();
  };
  addEventListener('pointermove', follow);
  addEventListener('pointerup', stop);
  addEventListener('pointercancel', stop);
}

// Changes of a picture are made by the server, from the bytes that were put in, and can be taken back.
function become(slot, next) {
  Object.assign(slot, picture(next), {file: null});
  look(slot);
  report();
}
// A picture that was chosen here is at hand; any other comes from the server.
const largeOf = slot => slot.url ?? shownAt(slot.id, 'large');
const undo = slot => { become(slot, slot.before); (slot.buttons.undo.hidden ? slot.buttons.crop : slot.buttons.undo).focus(); };

function crop(slot) {
  const source = slot.box && slot.before ? slot.before : slot;
  const plan = element.closest('.f2-form')?.querySelector('.f2-plan')?.textContent.match(/(\d+) × (\d+)/);
  const tool = cropper({address: largeOf(source), size: source.size, start: source === slot ? null : slot.box, output: plan && plan[1] / plan[2]});
  openDialog({
    title: `Crop ${slot.grip.textContent}`,
    hint: 'Drag the frame or its corners. With the keyboard, arrow keys move it and Shift with them resizes it.',
    content: tool.element,
    label: 'Crop',
    opener: slot.buttons.crop,
    apply: async () => become(slot, await send(`references/${source.id}/crop`, tool.order(), 'application/json').done),
  });
}

function draw(slot) {
  const scale = Math.min(1, DRAWN / Math.max(...slot.size));
  const [width, height] = slot.size.map(side => Math.round(side * scale));
  const pad = sketchpad({width, height, label: `Drawing on ${slot.grip.textContent}`});
  pad.lay(largeOf(slot));
  openDialog({
    title: `Draw on ${slot.grip.textContent}`,
    hint: 'Mark what is to change, and say in the prompt what the marks mean.',
    content: pad.element,
    label: 'Use drawing',
    opener: slot.buttons.draw,
    apply: async () => {
      if (pad.isEmpty()) return;
      become(slot, await send(`references/${slot.id}/draw`, await pad.drawing(), 'image/png').done);
    },
  });
}

// What is in sight is what is sent (see page/settle.js): pictures under way are waited for, one that failed is said.
editor.awaits = 'Waiting for the picture to arrive …';
editor.settle = () => {
  if (slots.some(slot => slot.state === 'waiting')) return sending.then(() => '');
  const failed = slots.find(slot => slot.state === 'failed');
  if (failed) return Promise.resolve(`Nothing was sent. ${failed.problem} Remove it or add it again, then press once more.`);
  const order = given => given.filter(({id}) => id).map(({id}) => id).join();
  if (order(slots.filter(isTold)) !== order(props.value ?? [])) report();  // one is being dragged
  return null;
};

// Files that are chosen, dropped or pasted.
input.addEventListener('change', () => { addFiles([...input.files]); input.value = ''; });
const hasFiles = event => [...event.dataTransfer.types].includes('Files');
element.addEventListener('dragover', event => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  element.classList.add('f2-dropping');
});
element.addEventListener('dragleave', event => {
  if (!element.contains(event.relatedTarget)) element.classList.remove('f2-dropping');
});
element.addEventListener('drop', event => {
  element.classList.remove('f2-dropping');
  if (!hasFiles(event)) return;
  event.preventDefault();
  event.stopPropagation();
  addFiles([...event.dataTransfer.files]);
});
document.addEventListener('paste', event => {
  const files = [...(event.clipboardData?.files ?? [])].filter(file => file.type.startsWith('image/'));
  const isText = event.target.matches?.('input, textarea, [contenteditable]') && event.clipboardData.types.includes('text/plain');
  if (!files.length || isText || !element.offsetParent || !props.most || document.querySelector('dialog[open]')) return;
  event.preventDefault();
  addFiles(files);
});

watch(['value', 'most', 'help', 'title'], show);
show();
