// Two pictures in one place: a range says how much of the first is seen.
function render({model, el}) {
  const make = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  const addresses = model.get('pictures').map(data => URL.createObjectURL(new Blob([data], {type: 'image/webp'})));
  const [before, after] = model.get('labels');
  const images = addresses.map((src, index) => make('img', {src, alt: model.get('words')[index]}));
  const range = make('input', {type: 'range', min: 0, max: 100, value: 50, ariaLabel: `${before} to ${after}`});
  const line = make('i', {ariaHidden: 'true'});
  const show = () => {
    images[0].style.clipPath = `inset(0 ${100 - range.value}% 0 0)`;
    line.style.left = `${range.value}%`;
    range.setAttribute('aria-valuetext', `${range.value} % ${before}`);
  };
  range.addEventListener('input', show);
  show();
  el.append(make('div', {className: 'f2-compare'},
    make('div', {className: 'f2-over'}, images[1], images[0], line, range),
    make('p', {}, make('span', {textContent: before}), make('span', {textContent: after}))));
  return () => addresses.forEach(address => URL.revokeObjectURL(address));
}

export default {render};
