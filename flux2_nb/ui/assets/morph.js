// Shows ready markup and changes only what differs, so that pictures do not flicker and menus and focus stay.
// Children with a data-key are found again wherever they went. Runs inside a gr.HTML whose value is the markup.
const root = element.querySelector('.f2-live');
const PERSONS = ['open', 'style'];  // attributes that a person's own doing sets

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = fresh.nodeValue; return; }
  for (const {name} of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !PERSONS.includes(name)) old.removeAttribute(name);
  }
  for (const {name, value} of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  morphChildren(old, fresh);
}

function morphChildren(old, fresh) {
  const keyed = new Map([...old.children].filter(one => one.dataset.key).map(one => [one.dataset.key, one]));
  let here = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const key = child.dataset?.key;
    while (here?.dataset?.key && here.dataset.key !== key && !fresh.querySelector(`:scope > [data-key="${here.dataset.key}"]`)) {
      const gone = here;
      here = here.nextSibling;
      gone.remove();
    }
    const known = key ? keyed.get(key) : here && !here.dataset?.key ? here : null;
    if (!known) { old.insertBefore(child, here); continue; }
    if (known !== here) old.insertBefore(known, here); else here = here.nextSibling;
    morph(known, child);
  }
  while (here) { const gone = here; here = here.nextSibling; gone.remove(); }
}

function show() {
  const template = document.createElement('template');
  template.innerHTML = `<div class="f2-live">${props.value ?? ''}</div>`;
  morphChildren(root, template.content.firstChild);
}

watch('value', show);
show();
