// Pictures dropped on the page give their settings back, and code of a picture is fetched when it is unfolded.
(() => {
  // Places that take files themselves; a drop on them is theirs.
  const THEIRS = '.f2-references, .f2-upload, [data-testid="image"], .image-container, .upload-container, input[type="file"], dialog';
  const holdsFile = event => [...(event.dataTransfer?.types ?? [])].includes('Files');
  const isOurs = event => holdsFile(event) && !event.target.closest?.(THEIRS);
  const door = () => document.querySelector('.f2-door');

  function say(text, isBad = false) {
    const said = door()?.querySelector('.f2-said');
    if (!said) return;
    said.textContent = text;
    said.classList.toggle('f2-bad', isBad);
    clearTimeout(say.timer);
    if (text) say.timer = setTimeout(() => { said.textContent = ''; }, isBad ? 12000 : 6000);
  }

  const MOST_BYTES = 64 * 1024 * 1024;

  async function restore(file) {
    if (file.size > MOST_BYTES) return say('The file has more than 64 MB. Choose another picture.', true);
    say('Reading the picture');
    let answer;
    try {
      const reply = await fetch('restore', {method: 'POST', body: file, headers: {'content-type': 'application/octet-stream'}});
      answer = await reply.json();
    } catch {
      answer = {problem: 'The picture could not be sent. Try again.'};
    }
    if (!answer.token) return say(answer.problem ?? answer.detail, true);
    const found = door().querySelector('.f2-found');
    found.dataset.id = answer.token;
    found.click();
    say('The settings of the picture are in the form.');
  }

  let leaving;
  document.addEventListener('dragover', event => {
    const ours = isOurs(event);
    if (ours) event.preventDefault();
    clearTimeout(leaving);
    door()?.classList.toggle('f2-dropping', ours);
    leaving = setTimeout(() => door()?.classList.remove('f2-dropping'), 200);
  });
  document.addEventListener('drop', event => {
    if (!isOurs(event)) return;
    event.preventDefault();
    door()?.classList.remove('f2-dropping');
    const file = event.dataTransfer.files[0];
    if (file) restore(file);
  });
  document.addEventListener('change', event => {
    const input = event.target.closest?.('.f2-from-file input');
    if (!input?.files[0]) return;
    restore(input.files[0]);
    input.value = '';
  });

  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

  function fill(folded, codes) {
    const choice = make('select', {ariaLabel: 'Language'});
    const text = make('pre', {tabIndex: 0});
    const copy = make('button', {type: 'button', className: 'f2-button', textContent: 'Copy'});
    const said = make('span', {role: 'status'});
    const present = () => { text.textContent = codes[choice.selectedIndex].code; said.textContent = ''; };
    for (const one of codes) choice.append(make('option', {textContent: one.label}));
    choice.addEventListener('change', present);
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        said.textContent = 'Copied';
      } catch {  // no clipboard without https: select it for Ctrl+C
        getSelection().selectAllChildren(text);
        said.textContent = 'Selected: press Ctrl+C';
      }
    });
    const line = make('p', {className: 'f2-copy-line'});
    line.append(choice, copy, said);
    folded.append(line, text);
    present();
  }

  // An element with `data-code` holds the address of a picture's code.
  document.addEventListener('toggle', async event => {
    const folded = event.target;
    if (!folded.dataset?.code || !folded.open || folded.dataset.filled) return;
    folded.dataset.filled = 'yes';
    try {
      const reply = await fetch(folded.dataset.code);
      if (!reply.ok) throw new Error(await reply.text());
      fill(folded, await reply.json());
    } catch (error) {
      delete folded.dataset.filled;
      folded.append(make('p', {className: 'f2-problem', textContent: error.message}));
    }
  }, true);
})();
