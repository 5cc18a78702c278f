// The view Gestures: all gestures of the corpus as a list, with a player beside it, marks and notes.

const GESTURE_ROW_PX = { wide: 60, narrow: 112 };
const OVERSCAN_ROWS = 8;
const numberText = (value, digits = 2) => (Number.isNaN(value) ? '–' : value.toFixed(digits));

const GESTURE_COLUMNS = [
  { key: 'person', title: 'person', cell: (gesture) => (gesture.person ? h('span', { class: 'who' }, personSymbol(gesture.person), names.label(gesture.person)) : 'no face') },
  { key: 'video', title: 'video', cell: (gesture) => gesture.video.id },
  { key: 'time', title: 'time', number: true, cell: (gesture) => formatClock(gesture.start - gesture.video.zero) },
  { key: 'hand', title: 'hand', cell: (gesture) => gesture.hand },
  { key: 'length', title: 'length', number: true, cell: (gesture) => formatDuration(gesture.end - gesture.start) },
  { key: 'speed', title: 'speed', number: true, hint: 'highest speed, shoulder widths per second', cell: (gesture) => numberText(gesture.peak_speed, 1) },
  { key: 'size', title: 'size', number: true, hint: 'shoulder widths', cell: (gesture) => numberText(gesture.extent, 1) },
  { key: 'region', title: 'region', cell: (gesture) => gesture.region || '–' },
  { key: 'seen', title: 'seen', cell: (gesture) => (gesture.start_seen === 1 && gesture.end_seen === 1 ? 'whole' : 'cut') },
  { key: 'marked', title: 'mark', cell: (gesture) => (marks.isMarked(gesture.video, gesture.gesture) ? '★ marked' : '') },
  { key: 'note', title: 'note', cell: (gesture) => marks.note(gesture.video, gesture.gesture) },
];

/** A list of which only the rows in view are elements. `show(rows)` sets the rows, `select(position)` chooses one and calls `onselect(row)`. */
function virtualList(gestures, onselect) {
  const inner = h('div', { class: 'virtual-rows', role: 'presentation' });
  const scroller = h('div', { class: 'virtual', role: 'listbox', tabindex: 0, 'aria-label': 'Gestures' }, inner);
  const state = { rows: [], selected: -1 };
  const rowHeight = () => (isNarrow() ? GESTURE_ROW_PX.narrow : GESTURE_ROW_PX.wide);
  function rowElement(position) {
    const gesture = gestureAt(gestures, state.rows[position]);
    return h('div', { class: 'gesture-row', role: 'option', id: `gesture-row-${position}`, 'aria-selected': String(position === state.selected), 'aria-posinset': position + 1, 'aria-setsize': state.rows.length,
      'data-key': `${gesture.video.id} ${gesture.gesture}`, style: { top: `${position * rowHeight()}px`, height: `${rowHeight()}px` }, onclick: () => select(position) },
    gestureThumbnail(gesture, { size: 48 }),
    GESTURE_COLUMNS.map((column) => h('span', { class: `cell col-${column.key}${column.number ? ' number' : ''}`, 'data-label': column.title, title: column.hint ? `${column.title}: ${column.hint}` : null }, column.cell(gesture))));
  }
  function draw() {
    const first = Math.max(0, Math.floor(scroller.scrollTop / rowHeight()) - OVERSCAN_ROWS);
    const last = Math.min(state.rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / rowHeight()) + OVERSCAN_ROWS);
    inner.style.height = `${state.rows.length * rowHeight()}px`;
    inner.replaceChildren(...Array.from({ length: Math.max(last - first, 0) }, (_, index) => rowElement(first + index)));
    const isDrawn = first <= state.selected && state.selected < last;
    if (isDrawn) scroller.setAttribute('aria-activedescendant', `gesture-row-${state.selected}`);
    else scroller.removeAttribute('aria-activedescendant');
  }
  function select(position) {
    if (position < 0 || position >= state.rows.length) return;
    state.selected = position;
    const top = position * rowHeight();
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + rowHeight() > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + rowHeight() - scroller.clientHeight;
    draw();
    onselect(state.rows[position], position);
  }
  let waiting = false;
  scroller.addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  });
  return {
    element: scroller, draw, select,
    move: (step) => select(Math.min(Math.max(state.selected + step, 0), state.rows.length - 1)),
    show(rows, selectedRow) {
      state.rows = rows;
      state.selected = selectedRow === undefined ? -1 : rows.indexOf(selectedRow);
      scroller.scrollTop = 0;
      draw();
    },
  };
}

/** The card beside the list: the player of the chosen gesture, its mark and its note. `onchange()` is called when these change. */
function gesturePanel(onchange) {
  const element = h('section', { class: 'card gesture-panel', 'aria-label': 'Chosen gesture' }, h('p', { class: 'empty' }, 'Choose a gesture to play it. Keys: j and k for the next and the previous one, m to mark it, n for a note.'));
  const state = { gesture: null, player: null, video: null, note: null };
  const toggleMark = () => {
    if (!state.gesture) return;
    const marked = !marks.isMarked(state.gesture.video, state.gesture.gesture);
    marks.set(state.gesture, { marked });
    state.button.textContent = marked ? '★ Marked' : '☆ Mark';
    state.button.setAttribute('aria-pressed', String(marked));
    announce(marked ? 'Marked' : 'Mark removed');
    onchange();
  };
  function stop() {
    if (state.player) state.player.stop();
    state.player = null;
  }
  function show(gesture) {
    const { video, person } = gesture;
    if (state.video !== video || !state.player) {
      stop();
      state.player = createPlayer(video, () => {}, () => {});
      state.stage = h('div', {}, state.player.element, createSkeletonLayer(video, state.player));
      state.video = video;
    }
    state.gesture = gesture;
    const marked = marks.isMarked(video, gesture.gesture);
    state.button = h('button', { type: 'button', class: 'mark', 'aria-pressed': String(marked), onclick: toggleMark }, marked ? '★ Marked' : '☆ Mark');
    state.note = h('input', { type: 'text', class: 'gesture-note', value: marks.note(video, gesture.gesture), autocomplete: 'off',
      oninput: (event) => { marks.set(gesture, { note: event.target.value }); onchange(); },
      onkeydown: (event) => { if (event.key === 'Escape' || event.key === 'Enter') { event.preventDefault(); document.querySelector('.virtual').focus(); } } });
    element.replaceChildren(h('h2', {}, `${person ? names.label(person) : 'No face'}, ${gesture.hand} hand`), state.stage,
      h('p', { class: 'soft' }, h('a', { href: href(['video', video.id], { gesture: gesture.gesture }) }, `${video.id} at ${formatClock(gesture.start - video.zero)}`), corpus.similar && [' · ', h('a', { href: href(['like', video.id, String(gesture.gesture)]) }, 'Like this one')]),
      h('div', { class: 'buttons' }, state.button), field('Note', state.note));
    state.player.play({ from: gesture.start, to: gesture.end, loop: true });
  }
  return { element, show, stop, toggleMark, focusNote: () => { if (state.note) state.note.focus(); } };
}

/** Buttons that save and open marks. `onadd()` is called after marks were added from a file. */
function marksTools(onadd) {
  const file = h('input', { type: 'file', accept: '.csv', id: 'marks-file', class: 'visually-hidden', tabindex: -1, onchange: async () => {
    try {
      const entries = readMarks(await file.files[0].text());
      marks.add(entries);
      onadd();
      announce(`${countNoun(entries.length, 'mark')} added`);
    } catch (error) { onadd(error.message); }
  } });
  return h('div', { class: 'buttons' },
    h('button', { type: 'button', id: 'save-marks', onclick: () => download('marks.csv', marksCsv(marks.all())) }, 'Save marks as CSV'),
    h('button', { type: 'button', onclick: () => file.click() }, 'Open marks'), h('label', { for: 'marks-file', class: 'visually-hidden' }, 'File of marks'), file);
}

/** Replace or remove the condition of one field in a query; an empty value removes it. */
function withCondition(query, key, value) {
  const rest = query.replace(new RegExp(`(^|\\s)-?${key}:("[^"]*"|\\S+)`, 'gi'), ' ').trim();
  return [rest, value && `${key}:${value}`].filter(Boolean).join(' ');
}

function gesturesContent(gestures, query, points) {
  const state = { q: query.get('q') || '', sort: query.get('sort') || '', down: query.get('down') === '1', current: undefined };
  const fields = gestureFields(gestures, points);
  const lost = marks.match(gestures);
  const problem = h('p', { class: 'error', role: 'alert', hidden: true });
  const count = h('p', { class: 'soft result-count' });
  const panel = gesturePanel(() => list.draw());
  const list = virtualList(gestures, (row) => { state.current = row; panel.show(gestureAt(gestures, row)); });
  const head = h('div', { class: 'gesture-head' });
  const box = h('input', { type: 'search', value: state.q, autocomplete: 'off', spellcheck: 'false', placeholder: 'person:anna hand:left length>0.5', oninput: debounce(() => { if (box.isConnected) { state.q = box.value; show(); } }) });
  function drawHead() {
    head.replaceChildren(h('span', {}), ...GESTURE_COLUMNS.map((column) => h('button', { type: 'button', class: `cell col-${column.key}${column.number ? ' number' : ''}`, 'data-sort': column.key, 'aria-pressed': String(state.sort === column.key), title: column.hint,
      onclick: () => {
        state.down = state.sort === column.key ? !state.down : Boolean(column.number) && column.key !== 'time';
        state.sort = column.key;
        show();
        head.querySelector(`[data-sort=${column.key}]`).focus();
      } }, column.title, state.sort === column.key && h('span', { 'aria-hidden': 'true' }, state.down ? ' ↓' : ' ↑'))));
  }
  function show() {
    history.replaceState(null, '', href(['gestures'], { q: state.q, sort: state.sort, down: state.down ? '1' : '' }));
    let test;
    try {
      test = compileQuery(state.q, fields);
      problem.hidden = true;
      box.setAttribute('aria-invalid', 'false');
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      problem.textContent = error.message;
      problem.hidden = false;
      box.setAttribute('aria-invalid', 'true');
      return;
    }
    const rows = [];
    for (let row = 0; row < gestures.n; row += 1) if (test(row)) rows.push(row);
    const sorted = fields.has(state.sort) ? sortGestures(rows, fields.get(state.sort), state.down) : rows;
    count.textContent = `${countNoun(rows.length, 'gesture')}${rows.length < gestures.n ? ` of ${formatCount(gestures.n)}` : ''}`;
    announce(count.textContent);
    drawHead();
    list.show(sorted, state.current);
  }
  const choose = (key) => (value) => { state.q = withCondition(box.value, key, value); box.value = state.q; show(); };
  const valueOf = (key) => (new RegExp(`(?:^|\\s)${key}:(\\S+)`, 'i').exec(state.q) || [])[1] || '';
  const select = (label, key, options) => field(label, selectBox([['', 'any'], ...options], valueOf(key), choose(key)));
  registerKeys('Gestures', [
    { keys: ['j', 'ArrowDown'], text: 'Next gesture', run: () => list.move(1) }, { keys: ['k', 'ArrowUp'], text: 'Previous gesture', run: () => list.move(-1) },
    { keys: ['m'], text: 'Mark the gesture', run: panel.toggleMark }, { keys: ['n'], text: 'Write a note', run: panel.focusNote },
  ]);
  const element = h('div', { class: 'view-content' },
    h('form', { class: 'filters gesture-filters', role: 'search', 'aria-label': 'Gestures', onsubmit: (event) => event.preventDefault() },
      field('Search', box, 'Words, or conditions such as hand:left, speed>=2, length:0.5..2, -seen:whole, marked:yes, and columns of your own.'),
      select('Hand', 'hand', [['left', 'left'], ['right', 'right']]), select('Seen', 'seen', [['whole', 'whole'], ['cut', 'cut off']]), select('Marked', 'marked', [['yes', 'yes'], ['no', 'no']])),
    problem, count,
    h('div', { class: 'gesture-work' }, h('div', { class: 'gesture-list' }, head, list.element), panel.element),
    marksTools((message) => { if (message) { problem.textContent = message; problem.hidden = false; } else { marks.match(gestures); show(); } }),
    h('p', { class: 'soft' }, marks.isKept ? 'This browser keeps marks and notes. Save them as a file, so that they are not lost with it.' : 'This browser does not keep marks. Save them before you close the page.'),
    lost.length > 0 && h('section', { class: 'card', id: 'lost-marks' }, h('h2', {}, 'No longer found'), h('p', {}, 'These marks belong to gestures that this run did not find at the same place. They are kept.'),
      h('ul', { class: 'parts' }, lost.map((entry) => h('li', {}, `${entry.video}, ${entry.hand} hand, ${(entry.start / 1000).toFixed(2)} to ${(entry.end / 1000).toFixed(2)} s`, entry.note && `: ${entry.note}`)))));
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
