// A surface to draw on: pen, arrow, box, ellipse and words, over a picture or on a blank sheet. All lengths are pixels of
// the picture. Everything works by keyboard too: arrow keys move the pen, Enter puts it down and lifts it.
const TOOLS = [['pen', 'Pen'], ['arrow', 'Arrow'], ['box', 'Box'], ['ellipse', 'Ellipse'], ['words', 'Words']];
const INKS = [['#e0322b', 'red'], ['#ffd21e', 'yellow'], ['#1668dc', 'blue'], ['#ffffff', 'white'], ['#141414', 'black']];
const WIDTHS = [['Thin', 0.004], ['Medium', 0.008], ['Thick', 0.016]];
const LETTERS = 6;  // the height of words, in widths of the pen

const painters = {
  pen(brush, {points}) {
    brush.beginPath();
    brush.moveTo(...points[0]);
    for (const point of points.length > 1 ? points.slice(1) : points) brush.lineTo(...point);
    brush.stroke();
  },
  arrow(brush, {points, width}) {
    const [[x, y], [toX, toY]] = [points[0], points.at(-1)];
    const angle = Math.atan2(toY - y, toX - x);
    const long = Math.min(Math.hypot(toX - x, toY - y), width * 4.5);
    const side = turn => [toX - long * Math.cos(angle + turn), toY - long * Math.sin(angle + turn)];
    brush.beginPath();
    brush.moveTo(x, y);
    brush.lineTo(toX - long * 0.7 * Math.cos(angle), toY - long * 0.7 * Math.sin(angle));
    brush.stroke();
    brush.beginPath();
    brush.moveTo(toX, toY);
    brush.lineTo(...side(0.45));
    brush.lineTo(...side(-0.45));
    brush.closePath();
    brush.fill();
  },
  box(brush, {points}) {
    const [[x, y], [toX, toY]] = [points[0], points.at(-1)];
    brush.strokeRect(x, y, toX - x, toY - y);
  },
  ellipse(brush, {points}) {
    const [[x, y], [toX, toY]] = [points[0], points.at(-1)];
    brush.beginPath();
    brush.ellipse((x + toX) / 2, (y + toY) / 2, Math.abs(toX - x) / 2, Math.abs(toY - y) / 2, 0, 0, 2 * Math.PI);
    brush.stroke();
  },
  words(brush, {points, text, width, ink}) {
    const [red, green, blue] = [1, 3, 5].map(at => parseInt(ink.slice(at, at + 2), 16));
    brush.font = `700 ${width * LETTERS}px "IBM Plex Sans", system-ui, sans-serif`;
    brush.textBaseline = 'middle';
    brush.lineWidth = width;
    brush.strokeStyle = red * 0.3 + green * 0.59 + blue * 0.11 > 140 ? '#141414' : '#ffffff';
    brush.strokeText(text, ...points.at(-1));
    brush.fillText(text, ...points.at(-1));
  },
};

function paint(brush, shape) {
  brush.lineCap = brush.lineJoin = 'round';
  brush.lineWidth = shape.width;
  brush.strokeStyle = brush.fillStyle = shape.ink;
  painters[shape.tool](brush, shape);
}

function sketchpad({width, height, label, changed = () => {}}) {
  const long = Math.max(width, height);
  const canvas = make('canvas', {width, height, tabIndex: 0});
  canvas.setAttribute('role', 'application');
  canvas.ariaLabel = `${label}. Arrow keys move the pen, Enter puts it down and lifts it.`;
  const ground = make('img', {alt: '', hidden: true, draggable: false});
  const stage = make('div', {className: 'f2-stage'}, ground, canvas);
  stage.style.setProperty('--ratio', width / height);
  const brush = canvas.getContext('2d');
  let shapes = [], past = [], open = null, pen = null;
  const chosen = {tool: 'pen', ink: INKS[0][0], width: WIDTHS[1][1]};

  function redraw() {
    brush.clearRect(0, 0, width, height);
    for (const shape of open ? [...shapes, open] : shapes) paint(brush, shape);
    undo.disabled = past.length === 0;
    clear.disabled = shapes.length === 0;
  }
  function become(next) {
    past.push(shapes);
    shapes = next;
    redraw();
    changed();
  }
  function begin(point) {
    if (chosen.tool === 'words') {
      const text = words.value.trim();
      if (!text) words.focus();
      else become([...shapes, {...chosen, width: chosen.width * long, text, points: [point]}]);
      return;
    }
    open = {...chosen, width: chosen.width * long, points: [point]};
    redraw();
  }
  function go(point) {
    if (!open) return;
    open.points = open.tool === 'pen' ? [...open.points, point] : [open.points[0], point];
    redraw();
  }
  function end() {
    if (!open) return;
    const shape = open;
    open = null;
    if (shape.points.length > 1 || shape.tool === 'pen') become([...shapes, shape]);
    else redraw();
  }

  const at = event => {
    const {left, top, width: wide, height: high} = canvas.getBoundingClientRect();
    return [(event.clientX - left) * width / wide, (event.clientY - top) * height / high];
  };
  canvas.addEventListener('pointerdown', event => {
    if (event.button) return;
    pen = null;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    begin(at(event));
  });
  canvas.addEventListener('pointermove', event => {
    for (const one of event.getCoalescedEvents?.() ?? [event]) go(at(one));
  });
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);

  const STEPS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  canvas.addEventListener('keydown', event => {
    const step = STEPS[event.key];
    if (!step && event.key !== 'Enter' && event.key !== ' ' || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    pen ??= [width / 2, height / 2];
    if (step) {
      const far = long * (event.shiftKey ? 0.05 : 0.01);
      pen = [Math.min(width, Math.max(0, pen[0] + step[0] * far)), Math.min(height, Math.max(0, pen[1] + step[1] * far))];
      go(pen);
    } else if (open) end();
    else begin(pen);
    redraw();
    brush.lineWidth = long / 400;
    brush.strokeStyle = '#141414';
    brush.strokeRect(pen[0] - long / 80, pen[1] - long / 80, long / 40, long / 40);
    brush.strokeStyle = '#ffffff';
    brush.strokeRect(pen[0] - long / 90, pen[1] - long / 90, long / 45, long / 45);
  });
  canvas.addEventListener('blur', () => { pen = null; redraw(); });

  // The bar of tools.
  const words = make('input', {className: 'f2-words', placeholder: 'Write, then click where', hidden: true, maxLength: 120, dir: 'auto'});
  words.ariaLabel = 'Words to put on the picture';
  const choose = (name, value) => {
    chosen[name] = value;
    for (const one of bar.querySelectorAll(`[data-choice="${name}"]`)) one.ariaPressed = String(one.dataset.value === String(value));
    words.hidden = chosen.tool !== 'words';
  };
  const option = (name, value, text, title = '') => {
    const made = button(text, 'f2-choice', () => { choose(name, value); if (value === 'words') words.focus(); }, title);
    Object.assign(made.dataset, {choice: name, value});
    return made;
  };
  const group = (name, ...members) => {
    const made = make('div', {className: 'f2-tools', role: 'group'}, ...members);
    made.ariaLabel = name;
    return made;
  };
  const inks = INKS.map(([ink, name]) => {
    const made = option('ink', ink, '', `Draw in ${name}`);
    made.classList.add('f2-ink');
    made.style.setProperty('--ink', ink);
    return made;
  });
  const own = make('input', {type: 'color', value: INKS[0][0], title: 'Another colour', className: 'f2-own-ink'});
  own.ariaLabel = 'Another colour';
  own.addEventListener('input', () => choose('ink', own.value));
  const undo = button('Undo', 'f2-button', () => { shapes = past.pop() ?? shapes; redraw(); changed(); });
  const clear = button('Clear', 'f2-button', () => become([]));
  const bar = make('div', {className: 'f2-toolbar'},
    group('Tool', ...TOOLS.map(([tool, name]) => option('tool', tool, name))),
    words,
    group('Colour', ...inks, own),
    group('Thickness', ...WIDTHS.map(([name, share]) => option('width', share, name))),
    group('Changes', undo, clear));
  choose('tool', 'pen');
  choose('ink', INKS[0][0]);
  choose('width', WIDTHS[1][1]);
  redraw();

  const file = from => new Promise(resolve => from.toBlob(resolve, 'image/png'));
  const whole = make('div', {className: 'f2-pad'}, bar, stage);
  whole.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'z' && event.target !== words) {
      event.preventDefault();
      undo.click();
    }
  });
  return {
    element: whole,
    isEmpty: () => shapes.length === 0,
    // Puts the pen up: what is under way is part of the drawing.
    finish: end,
    // The picture under the drawing; an empty address is a blank sheet.
    lay(address) { ground.src = address; ground.hidden = !address; },
    restart() { shapes = []; past = []; redraw(); },
    // The drawing alone, transparent; and on its ground, on white.
    drawing() { pen = null; redraw(); return file(canvas); },
    async flat() {
      const sheet = make('canvas', {width, height});
      const onto = sheet.getContext('2d');
      onto.fillStyle = '#ffffff';
      onto.fillRect(0, 0, width, height);
      if (!ground.hidden) { await ground.decode(); onto.drawImage(ground, 0, 0, width, height); }
      for (const shape of shapes) paint(onto, shape);
      return file(sheet);
    },
  };
}
