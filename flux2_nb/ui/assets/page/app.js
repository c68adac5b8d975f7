// Keys, running seconds and a closer look; everything else is Gradio's.
(() => {
  const shown = selector => [...document.querySelectorAll(selector)].find(one => one.offsetParent !== null);

  document.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
      event.preventDefault();
      if (!event.repeat) shown('.f2-generate')?.click(); // a key that is held down is one press: each may cost money
    } else if (event.key === 'Escape' && !document.querySelector('dialog[open], [role="listbox"]')) {
      const stop = shown('.f2-stop');
      if (stop && !stop.disabled) stop.click();
    }
  });

  // Gradio's text boxes report a change on key presses only: not what is pasted, cut, deleted or composed (6.31).
  document.addEventListener('input', event => {
    if (event.target.matches('[data-testid="textbox"]')) event.target.dispatchEvent(new KeyboardEvent('keypress'));
  });

  // A run's seconds count on in the browser: the server only speaks when something happens.
  const began = new WeakMap();
  setInterval(() => {
    for (const ticker of document.querySelectorAll('.f2-ticker')) {
      const said = ticker.dataset.seconds;
      const known = began.get(ticker);
      if (!known || known.said !== said) began.set(ticker, {said, at: performance.now() - said * 1000});
      ticker.textContent = `${Math.round((performance.now() - began.get(ticker).at) / 1000)} s`;
    }
  }, 250);

  document.addEventListener('click', event => {
    const link = event.target.closest('a.f2-zoom');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const dialog = document.createElement('dialog');
    dialog.className = 'f2-look';
    const image = document.createElement('img');
    image.src = link.href;
    image.alt = link.querySelector('img').alt;
    dialog.append(image);
    dialog.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => { dialog.remove(); link.focus(); });
    document.body.append(dialog);
    dialog.showModal();
  });
})();
