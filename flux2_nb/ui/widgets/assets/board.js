// The runs of a panel: what comes, what came, and what may be done with it.
function boardOf(page) {
  const status = make('p', {className: 'f2-live', attributes: {role: 'status', 'aria-live': 'polite'}});
  const problem = make('p', {className: 'f2-problem', attributes: {role: 'alert'}, hidden: true});
  const reminder = make('p', {className: 'f2-reminder', hidden: true});
  const empty = make('p', {className: 'f2-empty', textContent: 'Your pictures appear here.'});
  const list = make('div', {className: 'f2-batches'});
  const node = make('section', {className: 'f2-board', ariaLabel: 'Results'}, problem, reminder, status, empty, list);
  const figures = new Map(); // run id -> its figure, so that only what changed is made anew

  const picture = one => {
    const image = make('img', {alt: one.alt, width: one.width, height: one.height, data: {picture: one.id}});
    page.picture(one.id, address => { image.src = address; });
    const download = (text, what) => button(text, () => page.download(one.id, what), {className: 'f2-link'});
    const rewritten = one.prompt_used
      ? make('details', {}, make('summary', {textContent: 'The prompt as the provider rewrote it'}), make('p', {textContent: one.prompt_used}))
      : null;
    const missing = one.missing ? make('p', {className: 'f2-caption', textContent: one.missing}) : null;
    return [image, make('p', {className: 'f2-caption', textContent: one.caption}), missing, rewritten,
      make('p', {className: 'f2-links'}, download('Download original', 'original'), download('with settings inside', 'settings'))];
  };
  const waiting = shot => {
    const bar = make('progress', {ariaLabel: shot.label ? `Progress, ${shot.label}` : 'Progress', max: 1});
    const ticker = make('span', {ariaHidden: 'true'});
    const began = performance.now() / 1000 - shot.seconds;
    const tick = () => {
      const now = performance.now() / 1000 - began;
      ticker.textContent = `${seconds(now)} ${shot.usual_text}`.trim();
      const part = shot.progress ?? (shot.usual && shot.stage === 'running' ? Math.min(0.95, now / shot.usual) : null);
      if (part !== null) bar.value = part;
    };
    tick();
    const frame = make('div', {className: 'f2-waiting'}, make('span', {textContent: `${shot.width} × ${shot.height}`}));
    frame.style.aspectRatio = `${shot.width} / ${shot.height}`;
    const name = shot.label ? `Stop ${shot.label}` : 'Stop this one';
    const stop = button('Stop this one', () => page.send({act: 'stop', id: shot.run_id}), {className: 'f2-link', ariaLabel: name});
    return {tick, parts: [frame, bar, make('p', {className: 'f2-status'}, `${shot.words} `, ticker, ' ', stop)]};
  };
  const figureOf = shot => {
    const known = figures.get(shot.run_id);
    if (known && same(known.shot, shot)) return known;
    const label = shot.label ? make('b', {textContent: shot.label}) : null;
    if (shot.is_over) {
      const said = make('p', {className: `f2-status f2-${shot.tone}`, textContent: shot.words});
      return {shot, tick: null, node: make('figure', {className: 'f2-shot'}, label, ...shot.pictures.flatMap(picture), said)};
    }
    const {tick, parts} = waiting(shot);
    return {shot, tick, node: make('figure', {className: 'f2-shot'}, label, ...parts)};
  };
  const summary = shots => {
    const open = shots.filter(shot => !shot.is_over);
    if (open.length) return open.length === 1 ? open[0].words : `${open.length} under way. ${open[0].words}`;
    return shots.map(shot => shot.words).filter((words, index, all) => all.indexOf(words) === index).slice(0, 3).join('. ');
  };
  const timer = setInterval(() => figures.forEach(figure => figure.tick?.()), 500);
  return {
    node,
    put: board => {
      problem.hidden = !board.problem;
      problem.textContent = board.problem;
      reminder.hidden = !board.reminder;
      reminder.textContent = board.reminder ?? '';
      const batches = board.batches.map(batch => batch.map(shot => {
        const figure = figureOf(shot);
        figures.set(shot.run_id, figure);
        return figure;
      }));
      const here = new Set(batches.flat());
      for (const [id, figure] of figures) if (!here.has(figure)) figures.delete(id);
      empty.hidden = batches.length > 0;
      list.replaceChildren(...batches.map((batch, index) => make('div',
        {className: `f2-batch${index ? ' f2-earlier' : ''}${batch.length === 1 ? ' f2-single' : ''}`}, ...batch.map(one => one.node))));
      const words = board.batches.length ? summary(board.batches[0]) : '';
      if (status.textContent !== words) status.textContent = words;
    },
    stop: () => clearInterval(timer),
  };
}
