// Making elements, and sending a picture to the server. Shared by the editors of pictures; runs before their own script.
const make = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
const button = (label, className, act, title = '') => {
  const made = make('button', {type: 'button', className, textContent: label, title});
  if (title) made.ariaLabel = title;
  made.addEventListener('click', act);
  return made;
};

const NOT_SENT = 'The picture did not reach the server. Check the connection and try again.';

// Returns a promise of the answer, and a way to stop. It is rejected with a sentence; `again` says that trying again may help.
function send(address, body, type, progress = () => {}) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    const fail = (sentence, again) => reject(Object.assign(new Error(sentence), {again}));
    request.upload.addEventListener('progress', event => progress(event.loaded / (event.total || 1)));
    request.addEventListener('load', () => {
      const isOurs = (request.getResponseHeader('content-type') ?? '').startsWith('text/plain');
      if (request.status === 200) resolve(JSON.parse(request.response));
      else if (isOurs && request.response.length < 500) fail(request.response, request.status >= 500);
      else fail(NOT_SENT, true);
    });
    for (const name of ['error', 'abort', 'timeout']) request.addEventListener(name, () => fail(NOT_SENT, true));
    request.open('POST', address);
    request.setRequestHeader('content-type', type);
    request.send(body);
  });
  return {done, stop: () => request.abort()};
}

const shownAt = (id, copy = 'preview') => `references/${id}/${copy}`;
