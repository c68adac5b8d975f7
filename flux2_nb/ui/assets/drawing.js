// A drawing on a sheet of its own. Runs inside a gr.HTML: its value is the id of the kept drawing and its size, or null.
const PAUSE = 500;  // milliseconds without a stroke, after which the drawing is kept
const title = make('p', {className: 'f2-rows-title'}, make('strong', {textContent: props.title}), ' ', make('span', {textContent: props.help}));
const trouble = make('p', {className: 'f2-slot-problem', role: 'alert', hidden: true});
const start = button('Start with a blank sheet', 'f2-button', () => { begin(null); report(); });
const place = make('div');
const editor = element.querySelector('.f2-drawing-editor');
editor.append(title, place, trouble);

let pad = null, kept = null, timer = 0, version = 0;
let sending = null;  // a promise of what went wrong with the newest drawing, empty if nothing did, until it is known

function begin(drawing) {
  const [width, height] = drawing?.size ?? props.sheet;
  kept = drawing;
  version += 1;
  clearTimeout(timer);
  timer = 0;
  trouble.hidden = true;
  pad = sketchpad({width, height, label: props.title, changed: later});
  if (drawing) pad.lay(shownAt(drawing.id, 'full'));
  place.replaceChildren(pad.element, ...(drawing ? [start] : []));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
}

function keep() {
  clearTimeout(timer);
  timer = 0;
  const mine = ++version;
  const now = sent(mine).finally(() => { if (sending === now) sending = null; });
  sending = now;
}

async function sent(mine) {
  trouble.hidden = true;
  try {
    const next = pad.isEmpty() ? kept : await send('references?name=drawing.png', await pad.flat(), 'image/png').done;
    if (mine === version) report(next);
    return '';
  } catch (error) {
    if (mine !== version) return '';
    trouble.textContent = error.message;
    trouble.hidden = false;
    return `Nothing was sent: the drawing could not be kept. ${error.message}`;
  }
}

function report(next = null) {
  shown = next?.id;
  props.value = next && {id: next.id, size: next.size};
  trigger('input');
  editor.dispatchEvent(new Event('f2-changed'));
}

// What is drawn is kept at once when it is wanted (see page/settle.js), the last stroke too, and again if that failed.
editor.awaits = 'Waiting for the drawing to arrive …';
editor.settle = () => {
  pad.finish();
  if (timer || !trouble.hidden) keep();
  return sending;
};

// What the server says is laid on the sheet, unless it is what was drawn here.
let shown;
function show() {
  if (pad && props.value?.id === shown) return;
  shown = props.value?.id;
  begin(props.value);
}
watch('value', show);
show();
