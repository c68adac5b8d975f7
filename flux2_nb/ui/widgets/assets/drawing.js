// A drawing on a sheet of its own, with the sketchpad that the Gradio app has too. It is sent a moment after each stroke.
const PAUSE = 500; // milliseconds

function drawingControl(spec, report, page) {
  const place = make('div');
  const node = make('div', {className: 'f2-drawing'}, make('div', {className: 'f2-drawing-editor'}, place));
  const again = make('button', {type: 'button', className: 'f2-button', textContent: 'Start with a blank sheet'});
  let [pad, timer, ground] = [null, 0, null];
  let key = null; // the drawing that the sheet shows; undefined while our own is on its way
  let [kept, failed] = [null, false]; // a promise of why the newest drawing did not arrive, empty if it did

  const sent = async () => {
    if (pad.isEmpty() && !ground) { key = null; report(''); return ''; }
    key = undefined;
    return page.upload(spec.name, await pad.flat());
  };
  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    failed = false;
    kept = sent();
    kept.then(problem => { failed = Boolean(problem); });
  };
  const begin = (address, [width, height]) => {
    clearTimeout(timer);
    timer = 0;
    ground = address;
    pad = sketchpad({width, height, label: spec.label, changed: () => { clearTimeout(timer); timer = setTimeout(keep, PAUSE); }});
    if (address) pad.lay(address);
    place.replaceChildren(pad.element, ...(address ? [again] : []));
  };
  const blank = () => begin(null, spec.sheet);
  again.addEventListener('click', () => { blank(); key = null; report(''); });
  blank();
  return {
    node,
    settle: () => {
      pad.finish();
      if (timer || failed) keep();
      return kept;
    },
    put: value => {
      const next = value?.image ?? null;
      if (key === undefined) key = next; // what comes back is what we sent
      if (next === key) return;
      key = next;
      if (!value) return blank();
      const image = Object.assign(new Image(), {src: value.preview});
      image.decode().then(() => { if (key === next) begin(value.preview, [image.naturalWidth, image.naturalHeight]); }, blank);
    },
  };
}
