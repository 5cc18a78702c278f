// The view Gestures: all gestures of the corpus as a list, with a player beside it, marks and notes.

/** Replace or remove the condition of one field in a query; an empty value removes it. */
function withCondition(query, key, value) {
  const rest = query.replace(new RegExp(`(^|\\s)-?${key}:("[^"]*"|\\S+)`, 'gi'), ' ').trim();
  return [rest, value && `${key}:${value}`].filter(Boolean).join(' ');
}

function gesturesContent(gestures, query, points) {
  const state = { q: query.get('q') || '', sort: query.get('sort') || '', down: query.get('down') === '1', column: query.get('column') || '', current: undefined, marksChanged: false };
  let fields = gestureFields(gestures, points);
  const lostMarks = lostMarksCard();
  lostMarks.show(marks.match(gestures));
  const problem = h('p', { class: 'error', role: 'alert', hidden: true });
  const count = h('p', { class: 'soft result-count' });
  const advice = h('p', { class: 'soft search-advice', hidden: true });
  const panel = gesturePanel(() => { state.marksChanged = true; list.draw(); });
  const columns = () => columnsWith(state.column, fields);
  const list = virtualList(gestures, columns, (row) => {
    const isLeaving = state.current !== row;
    state.current = row;
    // A gesture that no longer matches leaves the list with the next choice, not while its note is written.
    if (isLeaving && state.marksChanged) show(true);
    panel.show(gestureAt(gestures, row), ownValues(fields, row));
  });
  const head = h('div', { class: 'gesture-head' });
  const box = h('input', { type: 'search', value: state.q, autocomplete: 'off', spellcheck: 'false', placeholder: 'person:anna hand:left length>0.5', oninput: debounce(() => { if (box.isConnected) { state.q = box.value; show(); } }) });
  const showProblem = (message) => { problem.textContent = message; problem.hidden = false; };
  function drawHead() {
    head.replaceChildren(h('span', {}), ...columns().map((column) => [column, column.field || column.key]).map(([column, key]) => h('button', { type: 'button', class: `cell col-${column.key}${column.number ? ' number' : ''}`, 'data-sort': key, 'aria-pressed': String(state.sort === key), title: column.hint,
      onclick: () => {
        state.down = state.sort === key ? !state.down : Boolean(column.number) && key !== 'time';
        state.sort = key;
        show();
        head.querySelector(`.col-${column.key}`).focus();
      } }, column.title, state.sort === key && h('span', { 'aria-hidden': 'true' }, state.down ? ' ↓' : ' ↑'))));
  }
  /** Load the map, whose places the query contains, and show the list again. */
  const loadPoints = memoize(async () => {
    points = await mapPoints();
    if (!points) return showProblem('The file page/gesture_map.js is missing beside this page. Copy the whole folder report.');
    fields = gestureFields(gestures, points);
    show();
  });
  /** Find and draw the rows; `keepsPlace` leaves the chosen row where it is on the screen. */
  function show(keepsPlace = false) {
    state.marksChanged = false;
    history.replaceState(null, '', href(['gestures'], { q: state.q, sort: state.sort, down: state.down ? '1' : '', column: state.column }));
    let test;
    if (!points && needsMap(state.q)) loadPoints();
    try {
      test = compileQuery(state.q, fields);
      problem.hidden = true;
      box.setAttribute('aria-invalid', 'false');
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      showProblem(error.message);
      box.setAttribute('aria-invalid', 'true');
      return;
    }
    const rows = [];
    for (let row = 0; row < gestures.n; row += 1) if (test(row)) rows.push(row);
    const sorted = fields.has(state.sort) ? sortGestures(rows, fields.get(state.sort), state.down) : rows;
    count.textContent = `${countNoun(rows.length, 'gesture')}${rows.length < gestures.n ? ` of ${formatCount(gestures.n)}` : ''}`;
    advice.textContent = rows.length ? '' : emptyResultAdvice(state.q, fields, gestures.n);
    advice.hidden = !advice.textContent;
    announce(`${count.textContent}. ${advice.textContent}`.trim());
    drawHead();
    list.show(sorted, state.current, keepsPlace);
  }
  const choose = (key) => (value) => { state.q = withCondition(box.value, key, value); box.value = state.q; show(); };
  const valueOf = (key) => (new RegExp(`(?:^|\\s)${key}:(\\S+)`, 'i').exec(state.q) || [])[1] || '';
  const select = (label, key, options) => field(label, selectBox([['', 'any'], ...options], valueOf(key), choose(key)));
  registerKeys('Gestures', [
    { keys: ['j', 'ArrowDown'], text: 'Next gesture', run: () => list.move(1) }, { keys: ['k', 'ArrowUp'], text: 'Previous gesture', run: () => list.move(-1) },
    { keys: ['m'], text: 'Mark the gesture', run: panel.toggleMark }, { keys: ['n'], text: 'Write a note', run: panel.focusNote },
  ]);
  whenMarksChange(() => {
    state.marksChanged = true;
    list.draw();
    panel.refresh();
  });
  const element = h('div', { class: 'view-content' },
    h('form', { class: 'filters gesture-filters', role: 'search', 'aria-label': 'Gestures', onsubmit: (event) => event.preventDefault() },
      field('Search', box, ['Words, or conditions such as hand:left, speed>=2, length:0.5..2, ', h('span', { class: 'no-break' }, '-seen:whole'), ', marked:yes, and columns of your own.']),
      select('Hand', 'hand', [['left', 'left'], ['right', 'right']]), select('Seen', 'seen', [['whole', 'whole'], ['cut', 'cut off']]), select('Marked', 'marked', [['yes', 'yes'], ['no', 'no']]),
      field('Column', selectBox([['', 'none'], ...extraColumns(fields).map(([name]) => [name, name])], state.column, (value) => {
        state.column = value;
        list.element.parentElement.classList.toggle('has-extra', Boolean(value));
        show(true);
      }))),
    problem, count, advice,
    h('div', { class: 'gesture-work' }, h('div', { class: `gesture-list${state.column ? ' has-extra' : ''}` }, head, list.element), panel.element),
    marksTools(gestures, (lost) => { lostMarks.show(lost); show(); }, showProblem),
    h('p', { class: 'soft kept-note' }, 'This browser keeps marks and notes. Save them as a file, so that they are not lost with it.'),
    lostMarks.element);
  return { element, start: show, stop: panel.stop };
}

function gesturesView(query) {
  const content = h('div', {}, h('p', { class: 'soft' }, 'Loading.'));
  let stop = () => {};
  let isLeft = false;
  const element = h('div', { class: 'view' }, h('h1', {}, 'Gestures'), gestureViewLinks('gestures'), content);
  Promise.all([allGestures(), pointsForQuery(query.get('q') || '')]).then(([gestures, points]) => {
    if (isLeft) return;
    if (!gestures) return content.replaceChildren(h('p', { class: 'empty' }, 'The file page/gestures.js is missing beside this page. Copy the whole folder report.'));
    if (!gestures.n) return content.replaceChildren(h('p', { class: 'empty' }, 'No gestures were found in this corpus.'));
    const shown = gesturesContent(gestures, query, points);
    stop = shown.stop;
    content.replaceChildren(shown.element);
    shown.start();
  });
  return { title: 'Gestures', element, leave: () => { isLeft = true; stop(); } };
}
