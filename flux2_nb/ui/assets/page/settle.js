// Generate sends what is in sight. While a picture is on its way, a drawing is not yet kept or the form still follows a
// change, a press waits, and is then made once; Esc and Stop take it back. Each press may cost money.
(() => {
  const BEAT = 30;  // milliseconds within which Gradio begins to send what a change brings about (6.31)
  const JUST_NOW = 250;  // milliseconds after a change in which a press waits for that beat
  const PATIENCE = 150;  // milliseconds after which the button says what it waits for
  const FOLLOWS = 'Waiting for the form to follow …';
  const TAKEN_BACK = 'Taken back. Nothing was sent.';

  const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));
  const waits = new Map();  // form -> what takes its press back
  const shown = selector => [...document.querySelectorAll(selector)].find(one => one.offsetParent !== null);

  // Answers of the server that the form may follow.
  const asked = new Set();
  let changed = -Infinity;
  const touch = () => { changed = performance.now(); };
  const send = window.fetch;
  window.fetch = (...given) => {
    const reply = send.apply(window, given);
    if (String(given[0]?.url ?? given[0]).includes('/gradio_api/run/')) {
      const over = () => { asked.delete(answer); touch(); };
      const answer = reply.then(over, over);
      asked.add(answer);
    }
    return reply;
  };
  for (const name of ['input', 'change', 'f2-changed']) {
    document.addEventListener(name, event => {
      touch();
      const form = event.target.closest?.('.f2-form');
      if (form && !waits.has(form)) sayBelow(form, '');
    }, true);
  }

  // An editor of pictures has a method `settle`: it returns null where all that is in sight is kept, else a promise of
  // the reason why it is not, empty once it is. Its property `awaits` is what to say meanwhile.
  const unsettled = form => [...form.querySelectorAll('.f2-settles')]
    .map(editor => ({editor, done: editor.settle?.()}))
    .filter(({done}) => done);
  async function settled(form, say) {
    for (;;) {
      await pause(BEAT);
      const editors = unsettled(form);
      say(editors[0]?.editor.awaits ?? FOLLOWS);
      if (editors.length) {
        const problem = (await Promise.all(editors.map(({done}) => done))).find(Boolean);
        if (problem) return problem;
      } else if (asked.size) await Promise.all(asked);
      else if (performance.now() - changed >= BEAT) return '';
    }
  }

  let isOurs = false;

  function sayBelow(form, text) {
    let said = form.querySelector('.f2-settled');
    if (!said && text) {
      said = Object.assign(document.createElement('p'), {className: 'f2-settled', role: 'status'});
      form.querySelector('.f2-action').append(said);
    }
    if (said && said.textContent !== text) said.textContent = text;
  }

  async function wait(button, form) {
    const stop = form.querySelector('.f2-stop');
    const wasIdle = stop.disabled;
    let words = FOLLOWS, isLong = false, isOver = false;
    const show = () => {
      if (!isLong || isOver) return;
      button.dataset.waiting = words;
      sayBelow(form, words);
    };
    const timer = setTimeout(() => { isLong = true; stop.disabled = false; show(); }, PATIENCE);
    const withdrawn = new Promise(done => waits.set(form, () => done(TAKEN_BACK)));
    const problem = await Promise.race([withdrawn, settled(form, text => { words = text; show(); })]);
    isOver = true;
    clearTimeout(timer);
    waits.delete(form);
    delete button.dataset.waiting;
    if (isLong && wasIdle) stop.disabled = true;
    sayBelow(form, problem);
    if (problem) return;
    isOurs = true;
    button.click();
    isOurs = false;
  }

  document.addEventListener('click', event => {
    if (isOurs) return;
    const form = event.target.closest('.f2-form');
    const button = event.target.closest('.f2-generate');
    if (event.target.closest('.f2-stop') && waits.has(form)) waits.get(form)();
    else if (!button) return touch();
    else if (!waits.has(form)) {
      const isStill = !asked.size && performance.now() - changed >= JUST_NOW;
      if (isStill && !unsettled(form).length) return sayBelow(form, '');
      wait(button, form);
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener('keydown', event => {
    const form = event.key === 'Escape' && shown('.f2-form');
    if (!form || !waits.has(form) || document.querySelector('dialog[open], [role="listbox"]')) return;
    event.stopImmediatePropagation();
    waits.get(form)();
  }, true);
})();
