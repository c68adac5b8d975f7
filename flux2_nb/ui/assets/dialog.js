// A dialog with something to do in it. Escape and Cancel close it; Ctrl+Enter does it; the focus goes back to what opened it.
function openDialog({title, hint, content, label, apply, opener}) {
  const problem = make('p', {className: 'f2-slot-problem', role: 'alert', hidden: true});
  const go = button(label, 'f2-button f2-strong', async () => {
    go.disabled = true;
    go.textContent = 'Working …';
    problem.hidden = true;
    try {
      await apply();
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
    go.disabled = false;
    go.textContent = label;
  });
  const heading = make('h2', {textContent: title});
  const dialog = make('dialog', {className: 'f2-dialog'},
    make('header', {}, heading, make('p', {textContent: hint})), content, problem,
    make('footer', {}, button('Cancel', 'f2-button', () => dialog.close()), go));
  dialog.ariaLabel = title;
  dialog.addEventListener('keydown', event => {
    event.stopPropagation();
    if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') go.click();
  });
  dialog.addEventListener('close', () => { dialog.remove(); opener.focus(); });
  // Gradio's own rules for buttons and inputs give way to ours inside `.contain` only (6.31).
  element.closest('.contain').append(dialog);
  dialog.showModal();
  return dialog;
}
