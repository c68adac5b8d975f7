// A frame over a picture, moved and resized with the pointer or the arrow keys. The cutting itself is the server's work.
const RATIOS = [['Free', 0], ['1:1', 1], ['4:5', 4 / 5], ['3:2', 3 / 2], ['16:9', 16 / 9]];
const LONGEST = [2048, 1536, 1024, 768, 512];
const SMALLEST = 64;  // pixels; the models take nothing smaller

// `size` is the picture's, in pixels; `start` the frame to begin with, as left, top, width and height.
function cropper({address, size, start, output}) {
  const [wide, high] = size;
  const least = Math.min(SMALLEST, wide, high);
  let [left, top, width, height] = start ?? [0, 0, wide, high];
  let ratio = 0;
  const picture = make('img', {src: address, alt: 'The picture to crop', draggable: false});
  const corners = ['nw', 'ne', 'sw', 'se'].map(name => make('i', {className: `f2-corner f2-${name}`}));
  const frame = make('div', {className: 'f2-frame-crop', tabIndex: 0}, ...corners);
  frame.setAttribute('role', 'group');
  const stage = make('div', {className: 'f2-stage'}, picture, frame);
  stage.style.setProperty('--ratio', wide / high);
  const outcome = make('output', {className: 'f2-outcome'});

  const clamp = (value, low, most) => Math.min(Math.max(value, low), Math.max(low, most));
  function show() {
    const percent = (value, of) => `${(100 * value) / of}%`;
    Object.assign(frame.style, {left: percent(left, wide), top: percent(top, high), width: percent(width, wide), height: percent(height, high)});
    const [boxWidth, boxHeight] = box().slice(2);
    const factor = Math.min(1, (longest() ?? Infinity) / Math.max(boxWidth, boxHeight));
    outcome.textContent = `${Math.round(boxWidth * factor)} × ${Math.round(boxHeight * factor)} pixels`;
    frame.ariaLabel = `The part to keep: ${boxWidth} × ${boxHeight} pixels, ${Math.round(left)} from the left, ${Math.round(top)} from the top. Arrow keys move it, with Shift they resize it.`;
  }
  // Gives the frame a size with its corner `anchor` (0 or 1 to the right and down) left where it is.
  function resize(newWidth, newHeight, anchor) {
    const fixedX = left + anchor[0] * width, fixedY = top + anchor[1] * height;
    const roomX = anchor[0] ? fixedX : wide - fixedX, roomY = anchor[1] ? fixedY : high - fixedY;
    let [w, h] = [clamp(newWidth, least, roomX), clamp(newHeight, least, roomY)];
    if (ratio) {
      w = Math.min(Math.max(newWidth, newHeight * ratio, least, least * ratio), roomX, roomY * ratio);
      h = w / ratio;
    }
    [width, height] = [w, h];
    [left, top] = [fixedX - anchor[0] * w, fixedY - anchor[1] * h];
    show();
  }
  function move(x, y) {
    left = clamp(x, 0, wide - width);
    top = clamp(y, 0, high - height);
    show();
  }
  function choose(value) {
    ratio = value;
    if (!ratio) return show();
    const w = Math.min(wide, high * ratio, Math.max(width, height * ratio));
    const middle = [left + width / 2, top + height / 2];
    [width, height] = [w, w / ratio];
    move(middle[0] - width / 2, middle[1] - height / 2);
  }

  stage.addEventListener('pointerdown', event => {
    const corner = corners.indexOf(event.target);
    if (event.button || (corner < 0 && event.target !== frame)) return;
    event.preventDefault();
    frame.focus();
    stage.setPointerCapture(event.pointerId);
    const scale = wide / stage.clientWidth;
    const from = {x: event.clientX, y: event.clientY, left, top, width, height};
    const anchor = [corner % 2 ? 0 : 1, corner > 1 ? 0 : 1];
    const follow = to => {
      const [x, y] = [(to.clientX - from.x) * scale, (to.clientY - from.y) * scale];
      if (corner < 0) move(from.left + x, from.top + y);
      else resize(from.width + (anchor[0] ? -x : x), from.height + (anchor[1] ? -y : y), anchor);
    };
    stage.addEventListener('pointermove', follow);
    stage.addEventListener('lostpointercapture', () => stage.removeEventListener('pointermove', follow), {once: true});
  });
  const STEPS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  frame.addEventListener('keydown', event => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const far = Math.max(1, Math.round(Math.max(wide, high) / 100));
    if (!event.shiftKey) move(left + step[0] * far, top + step[1] * far);
    else if (ratio) resize(width + (step[0] + step[1]) * far, 0, [0, 0]);
    else resize(width + step[0] * far, height + step[1] * far, [0, 0]);
  });

  const labelled = (text, input) => make('label', {className: 'f2-cell'}, make('span', {textContent: text}), input);
  const choices = output ? [RATIOS[0], ['As output', output], ...RATIOS.slice(1)] : RATIOS;
  const shape = make('select', {}, ...choices.map(([text, value]) => make('option', {textContent: text, value})));
  shape.addEventListener('change', () => choose(Number(shape.value)));
  const sides = LONGEST.filter(side => side < Math.max(wide, high));
  const side = make('select', {}, make('option', {textContent: 'as it is', value: ''}),
    ...sides.map(one => make('option', {textContent: `at most ${one} pixels`, value: one})));
  side.addEventListener('change', show);
  const longest = () => Number(side.value) || null;
  const box = () => [Math.round(left), Math.round(top), Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
  show();
  return {
    element: make('div', {className: 'f2-cropper'},
      make('div', {className: 'f2-toolbar'}, labelled('Shape', shape), labelled('Longest side', side), outcome), stage),
    order: () => JSON.stringify({box: box(), longest: longest()}),
  };
}
