// What Gradio's own parts lack for keyboards and screen readers, mended from outside (found in 6.31).
(() => {
  const shown = selector => [...document.querySelectorAll(selector)].find(one => one.offsetParent !== null);
  const set = (element, name, value) => { if (element.getAttribute(name) !== value) element.setAttribute(name, value); };

  const mend = () => {
    // An empty picture box has a label, which a plain div may not have.
    for (const box of document.querySelectorAll('.empty[aria-label]:not([role])')) set(box, 'role', 'img');
    // Code that cannot be edited scrolls, and no key would reach it; an editor says that one can go into it.
    for (const editor of document.querySelectorAll('.cm-content[contenteditable="true"]')) set(editor, 'tabindex', '0');
    for (const code of document.querySelectorAll('.cm-scroller:has([contenteditable="false"])')) set(code, 'tabindex', '0');
    // A folded section does not say whether it is open.
    for (const fold of document.querySelectorAll('button.label-wrap')) set(fold, 'aria-expanded', String(fold.classList.contains('open')));
  };

  let isDue = false;
  const soon = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => { isDue = false; mend(); });
  };
  new MutationObserver(soon).observe(document, {childList: true, subtree: true, attributeFilter: ['contenteditable']});
  document.addEventListener('click', () => setTimeout(soon));

  document.addEventListener('click', event => {
    if (!event.target.closest('.f2-skip')) return;
    event.preventDefault();
    shown('[role="tabpanel"] :is(textarea, input, button)')?.focus();
  });

  // On a phone the result stands above the form: whoever generates is taken up to it as soon as it is there.
  document.addEventListener('click', event => {
    const results = event.target.closest('.f2-generate') && matchMedia('(max-width: 768px)').matches && shown('.f2-results');
    if (!results) return;
    const awaited = new MutationObserver(() => {
      if (!results.querySelector('.f2-batch, .f2-problem')) return;
      awaited.disconnect();
      const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
      requestAnimationFrame(() => results.scrollIntoView({block: 'start', behavior}));
    });
    awaited.observe(results, {childList: true, subtree: true});
  });
})();
