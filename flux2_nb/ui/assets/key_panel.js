// A visitor's own key on its way to the server. Runs inside a gr.HTML, whose value never holds what is typed here.
let focusAgain = false;
let isBusy = false;

const say = sentence => { element.querySelector('.f2-key-said').textContent = sentence; };

async function send(provider, act, values) {
  const reply = await fetch(`keys/${encodeURIComponent(provider)}${act === 'check' ? '/check' : ''}`, {
    method: act === 'forget' ? 'DELETE' : 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(values),
    cache: 'no-store',
  });
  return {ok: reply.ok, sentence: (await reply.json()).sentence};
}

// The boxes are emptied before anything is sent: nothing is left in the page that could be read or saved.
function taken() {
  const values = {};
  for (const input of element.querySelectorAll('[data-variable]')) {
    values[input.dataset.variable] = input.value;
    input.value = '';
  }
  return values;
}

async function act(button) {
  const {provider} = element.querySelector('.f2-key').dataset;
  const name = button.dataset.key;
  if (isBusy) return;
  isBusy = true;
  say(name === 'check' ? 'Checking …' : '');
  try {
    const answer = await send(provider, name, name === 'use' ? taken() : {});
    say(answer.sentence);
    focusAgain = answer.ok && name !== 'check';
    if (focusAgain) trigger('changed', {provider});
  } catch {
    say('The server could not be reached, and nothing was changed.');
  } finally {
    isBusy = false;
  }
}

element.addEventListener('click', event => {
  const button = event.target.closest('[data-key]');
  if (button) act(button);
});
element.addEventListener('keydown', event => {
  if (event.key === 'Enter' && event.target.matches('[data-variable]')) {
    event.preventDefault();
    event.stopPropagation();
    act(element.querySelector('[data-key="use"]'));
  }
});
watch('value', () => {
  for (const warning of element.querySelectorAll('.f2-key-open')) warning.hidden = window.isSecureContext;
  if (!focusAgain) return;
  focusAgain = false;
  requestAnimationFrame(() => element.querySelector('button, summary')?.focus());
});
