// The view Gestures: all gestures of the corpus as a list, with a player beside it, marks and notes.

/** The choice of a field beside the search. The search can say more than a choice: `update(query)` then shows “in the search”. */
function conditionChoice(label, key, options, onchoose) {
  const box = selectBox([['', 'any'], ...options, ['search', 'in the search']], '', (value) => onchoose(key, value));
  const other = box.lastElementChild;
  return {
    element: field(label, box),
    update(query) {
      const chosen = chosenCondition(query, key);
      const isOption = chosen && (!chosen.value || options.some(([value]) => value === chosen.value));
      other.hidden = Boolean(isOption);
      other.disabled = true;
      box.value = isOption ? chosen.value : 'search';
    },
  };
}

/** The row of the gesture that the address names by `at`, or undefined. */
function rowInAddress(gestures, query) {
  const [id, number] = (query.get('at') || '').split('/');
  const video = videoById.get(id);
  const row = video ? gestures.find(video, Number(number)) : -1;
  return row < 0 ? undefined : row;
}

/** Scroll the window so that a row is not behind the player, which stays at the lower edge of narrow windows. */
function showAbove(row, stage) {
  if (!row || !stage || getComputedStyle(stage).position !== 'sticky') return;
  const hidden = row.getBoundingClientRect().bottom - stage.getBoundingClientRect().top;
  if (hidden > 0) window.scrollBy({ top: hidden, behavior: 'instant' });
}

function gesturesContent(gestures, query, points) {
  const state = { q: query.get('q') || '', sort: query.get('sort') || '', down: query.get('down') === '1', current: rowInAddress(gestures, query), marksChanged: false };
  const [cameBack, place] = [history.state !== null, history.state || {}];
  let fields = gestureFields(gestures, points);
  const lostMarks = lostMarksCard(gestures);
  lostMarks.show(marks.match(gestures));
  const problem = h('p', { class: 'error', role: 'alert', hidden: true });
  const count = h('p', { class: 'soft result-count' });
  const advice = h('p', { class: 'soft search-advice', hidden: true });
  const panel = gesturePanel(() => { state.marksChanged = true; list.draw(); tools.refresh(); });
  const choice = gestureColumns(fields, query.get('column') || '', () => show(true));
  let columns = choice.columns();
  const list = virtualList(gestures, () => columns, (row) => {
    const isLeaving = state.current !== row;
    state.current = row;
    // A gesture that no longer matches leaves the list with the next choice, not while its note is written.
    if (isLeaving && state.marksChanged) show(true);
    panel.show(gestureAt(gestures, row), ownValues(fields, row));
    showAbove(list.selectedElement(), panel.stage());
    keepPlaceSoon();
  });
  const work = h('div', { class: 'gesture-work' });
  /** Put search, order, chosen gesture and scroll positions into the browser's history, where Back finds them. */
  function keepPlace() {
    if (!element.isConnected) return;
    const chosen = state.current === undefined ? null : gestureAt(gestures, state.current);
    const address = { q: state.q, sort: state.sort, down: state.down ? '1' : '', column: choice.added(), at: chosen && `${chosen.video.id}/${chosen.gesture}` };
    history.replaceState({ list: list.scrolled(), page: window.scrollY }, '', href(['gestures'], address));
  }
  // Browsers limit how often a page may do this.
  const keepPlaceSoon = debounce(keepPlace, 400);
  list.element.addEventListener('scroll', keepPlaceSoon);
  const head = h('div', { class: 'gesture-head' });
  const box = h('input', { type: 'search', value: state.q, autocomplete: 'off', spellcheck: 'false', placeholder: 'person:anna hand:left length>0.5', oninput: () => typed() });
  const typed = onQueryTyped(box, () => fields, () => { state.q = box.value; show(); });
  const showProblem = (message) => { problem.textContent = message; problem.hidden = false; };
  function drawHead() {
    head.replaceChildren(h('span', {}), ...columns.map((column) => [column, column.field || column.key]).map(([column, key]) => h('button', { type: 'button', class: `cell col-${column.key}${column.number ? ' number' : ''}`, 'data-sort': key, 'aria-pressed': String(state.sort === key), title: [column.title, column.hint].filter(Boolean).join(': '),
      onclick: () => {
        state.down = state.sort === key ? !state.down : Boolean(column.number) && key !== 'time';
        state.sort = key;
        show();
        head.querySelector(`[data-sort="${CSS.escape(key)}"]`).focus();
      } }, column.title, state.sort === key && h('span', { 'aria-hidden': 'true' }, state.down ? ' ↓' : ' ↑'))));
  }
  function fitColumns() {
    const box = work.firstChild;
    if (!box.isConnected) return;
    drawnWidth = Math.round(work.getBoundingClientRect().width);
    const { fontFamily } = getComputedStyle(box);
    const { template, least } = columnWidths(columns, gestures, list.rows(), state.sort, (text) => measuredWidth(text, `14.1px ${fontFamily}`));
    box.style.setProperty('--columns', template);
    box.style.setProperty('--least', `${least}px`);
    // Without a horizontal scroll bar, the heads can stay below the header of the page.
    box.classList.toggle('fits', least <= box.clientWidth);
    // The head leaves as much room for the scroll bar as the rows below it.
    box.style.setProperty('--scroll-bar', `${list.element.offsetWidth - list.element.clientWidth}px`);
  }
  // Only for another width: rows that are replaced while somebody presses on one of them get no click.
  let drawnWidth = 0;
  new ResizeObserver(([{ contentRect }]) => {
    if (Math.round(contentRect.width) === drawnWidth) return;
    drawnWidth = Math.round(contentRect.width);
    columns = choice.columns();
    drawHead();
    list.draw();
    fitColumns();
  }).observe(work);
  /** Load the map, whose places the query contains, and show the list again. */
  const loadPoints = memoize(async () => {
    points = await mapPoints();
    if (!points) return showProblem('The file page/gesture_map.js is missing beside this page. Copy the whole folder report.');
    fields = gestureFields(gestures, points);
    choice.setFields(fields);
    show();
  });
  /** Find and draw the rows; `keepsPlace` leaves the chosen row where it is on the screen. */
  function show(keepsPlace = false) {
    state.marksChanged = false;
    choices.forEach((each) => each.update(state.q));
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
      count.textContent = '';
      advice.hidden = true;
      // The rows of the search before are no result of this one.
      list.show([], state.current);
      keepPlace();
      return;
    }
    const rows = [];
    for (let row = 0; row < gestures.n; row += 1) if (test(row)) rows.push(row);
    const sorted = fields.has(state.sort) ? sortGestures(rows, fields.get(state.sort), state.down) : rows;
    count.textContent = `${countNoun(rows.length, 'gesture')}${rows.length < gestures.n ? ` of ${formatCount(gestures.n)}` : ''}`;
    advice.textContent = rows.length ? '' : emptyResultAdvice(state.q, fields, gestures.n);
    advice.hidden = !advice.textContent;
    announce(`${count.textContent}. ${advice.textContent}`.trim());
    columns = choice.columns();
    drawHead();
    list.show(sorted, state.current, keepsPlace);
    fitColumns();
    keepPlace();
  }
  /** The first show: as the list was left, if the browser came back to it. */
  function start() {
    show();
    if (state.current === undefined && !cameBack) return;
    const isListed = list.rows().includes(state.current);
    if (isListed) panel.show(gestureAt(gestures, state.current), ownValues(fields, state.current), false);
    list.scrollTo(cameBack ? place.list : null);
    if (cameBack) window.scrollTo(0, place.page);
    else showAbove(list.selectedElement(), panel.stage());
    if (isListed && cameBack) list.element.focus({ preventScroll: true });
    keepPlace();
  }
  const choose = (key, value) => { state.q = withCondition(box.value, key, value); box.value = state.q; show(); };
  const choices = [['Hand', 'hand', [['left', 'left'], ['right', 'right']]], ['Seen', 'seen', [['whole', 'whole'], ['cut', 'cut off']]], ['Marked', 'marked', [['yes', 'yes'], ['no', 'no']]]].map((each) => conditionChoice(...each, choose));
  registerKeys('Gestures', [
    { keys: ['j', 'ArrowDown'], text: 'Next gesture', run: () => list.move(1) }, { keys: ['k', 'ArrowUp'], text: 'Previous gesture', run: () => list.move(-1) },
    { keys: ['m'], text: 'Mark the gesture', run: panel.toggleMark }, { keys: ['n'], text: 'Write a note', run: panel.focusNote },
  ]);
  whenMarksChange(() => {
    state.marksChanged = true;
    list.draw();
    panel.refresh();
    tools.refresh();
    lostMarks.show(marks.lost());
  });
  const tools = marksTools(gestures, (lost) => { lostMarks.show(lost); show(); panel.refresh(); }, showProblem);
  work.append(h('div', { class: 'gesture-list' }, head, list.element), panel.element);
  const element = h('div', { class: 'view-content' },
    h('form', { class: 'filters gesture-filters', role: 'search', 'aria-label': 'Gestures', onsubmit: (event) => event.preventDefault() },
      field('Search', box, ['Words, or conditions such as hand:left, speed>=2, length:0.5..2, ', h('span', { class: 'no-break' }, '-seen:whole'), ', marked:yes, and columns of your own.']),
      choices.map((each) => each.element)),
    problem, h('div', { class: 'list-bar' }, count, choice.element, tools.element), tools.message, advice, work, lostMarks.element);
  // Before the link leads to another view.
  element.addEventListener('click', (event) => { if (event.target.closest('a')) keepPlace(); }, true);
  return { element, start, stop: panel.stop };
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
