// Helpers that every script of a panel uses. Text goes in with textContent: markup in a prompt stays text.
const make = (tag, properties = {}, ...children) => {
  const {data = {}, attributes = {}, ...plain} = properties;
  const node = Object.assign(document.createElement(tag), plain);
  Object.assign(node.dataset, data);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter(child => child !== null && child !== undefined && child !== ''));
  return node;
};
const button = (text, act, properties = {}) => {
  const node = make('button', {type: 'button', textContent: text, ...properties});
  node.addEventListener('click', act);
  return node;
};
// As the sketchpad makes its buttons.
const toolButton = (label, className, act, title = '') => button(label, act, title ? {className, title, ariaLabel: title} : {className});
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const seconds = value => (value < 60 ? `${Math.floor(value)} s` : `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`);

let made = 0;
const newId = () => `f2-${++made}-${Math.random().toString(36).slice(2, 8)}`;
