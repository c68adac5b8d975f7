// Menus under pictures, and two pictures held against each other.
(() => {
  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // A menu closes when something in it was chosen, on a click elsewhere, and on Escape, which then stops no run.
  const closeMenus = except => {
    for (const menu of document.querySelectorAll('.f2-menu[open]')) if (menu !== except) menu.open = false;
  };
  document.addEventListener('click', event => {
    const menu = event.target.closest('.f2-menu');
    closeMenus(event.target.closest('.f2-item') ? null : menu);
  });
  document.addEventListener('keydown', event => {
    const menu = event.key === 'Escape' && document.querySelector('.f2-menu[open]');
    if (!menu) return;
    event.stopImmediatePropagation();
    menu.open = false;
    menu.querySelector('summary').focus();
  }, true);

  const choice = (label, pictures, chosen) => {
    const list = make('select', {ariaLabel: label}, ...pictures.map((one, at) => make('option', {value: at, textContent: one.name})));
    list.value = chosen;
    return list;
  };

  // The right picture lies over the left one and is cut off at the slider; "side by side" shows both whole.
  function compare(pictures) {
    const dialog = make('dialog', {className: 'f2-duel', ariaLabel: 'Compare two pictures'});
    const first = choice('Left picture', pictures, 0);
    const second = choice('Right picture', pictures, pictures.length - 1 || 0);
    const left = make('img', {decoding: 'async'}), right = make('img', {decoding: 'async', className: 'f2-over'});
    const slider = make('input', {type: 'range', min: 0, max: 100, value: 50, step: 1, ariaLabel: 'How much of the left picture is shown'});
    const beside = make('button', {type: 'button', className: 'f2-button', textContent: 'Side by side', ariaPressed: 'false'});
    const close = make('button', {type: 'button', className: 'f2-button', textContent: 'Close'});
    const stage = make('div', {className: 'f2-duel-stage'}, left, right);
    const show = () => {
      for (const [image, list] of [[left, first], [right, second]]) {
        const one = pictures[list.value];
        if (image.getAttribute('src') !== one.src) image.src = one.src;
        image.alt = `${one.name}: ${one.alt}`;
      }
    };
    const slide = () => {
      dialog.style.setProperty('--shown', `${slider.value}%`);
      slider.setAttribute('aria-valuetext', `${slider.value} % of ${pictures[first.value].name}`);
    };
    right.addEventListener('load', () => dialog.style.setProperty('--ratio', right.naturalWidth / right.naturalHeight));
    for (const list of [first, second]) list.addEventListener('change', () => { show(); slide(); });
    slider.addEventListener('input', slide);
    beside.addEventListener('click', () => {
      const both = dialog.classList.toggle('f2-both');
      beside.ariaPressed = String(both);
      slider.disabled = both;
    });
    close.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener('close', () => dialog.remove());
    dialog.append(make('div', {className: 'f2-duel-head'}, first, second, beside, close), stage, slider);
    (document.querySelector('.gradio-container') ?? document.body).append(dialog);
    show();
    slide();
    dialog.showModal();
    slider.focus();
  }

  document.addEventListener('click', event => {
    const chosen = event.target.closest('[data-compare]');
    if (chosen) compare(JSON.parse(chosen.dataset.compare));
  });
})();
