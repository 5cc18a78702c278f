// The rows of the list of gestures, of which only those in view are elements.

const GESTURE_ROW_PX = 60;
/** On a phone, cells stand in lines of three, with the links in a line of their own. */
const GESTURE_LINE_PX = 24;
const OVERSCAN_ROWS = 8;

/** Links of a row. The Tab key skips them, because the chosen gesture has the same links beside the list. */
function gestureRowLinks(gesture) {
  const links = [h('a', { class: 'like-link', href: gestureHref(gesture.video, gesture.gesture) }, 'In the video'), likeLink(gesture.video, gesture.gesture)].filter(Boolean);
  for (const link of links) link.tabIndex = -1;
  return links;
}

/** A list of which only the rows in view are elements. `show(rows)` sets the rows, `select(position)` chooses one and calls `onselect(row)`. `columns()` are those of `gestureColumns`. */
function virtualList(gestures, columns, onselect) {
  const inner = h('div', { class: 'virtual-rows', role: 'rowgroup' });
  // A grid and not a listbox, because rows contain links.
  const scroller = h('div', { class: 'virtual', role: 'grid', tabindex: 0, 'aria-label': 'Gestures' }, inner);
  const state = { rows: [], selected: -1 };
  const lines = () => Math.ceil(columns().length / 3) + 1;
  const rowHeight = () => (isNarrow() ? GESTURE_LINE_PX * lines() + 16 : GESTURE_ROW_PX);
  function rowElement(position) {
    const gesture = gestureAt(gestures, state.rows[position]);
    return h('div', { class: 'gesture-row', role: 'row', id: `gesture-row-${position}`, 'aria-selected': String(position === state.selected), 'aria-rowindex': position + 1,
      'data-key': `${gesture.video.id} ${gesture.gesture}`, style: { top: `${position * rowHeight()}px`, height: `${rowHeight()}px` }, onclick: (event) => event.target.closest('a') || select(position) },
    h('span', { class: 'cell-drawing', role: 'gridcell' }, gestureThumbnail(gesture, { size: 48 })),
    columns().map((column) => {
      const text = column.text(gesture);
      return h('span', { role: 'gridcell', class: `cell col-${column.key}${column.number ? ' number' : ''}`, 'data-label': column.title, title: column.hint ? `${text} ${column.hint}` : text }, column.cell ? column.cell(gesture, text) : text);
    }),
    h('span', { class: 'cell col-links', role: 'gridcell' }, gestureRowLinks(gesture)));
  }
  function draw() {
    const first = Math.max(0, Math.floor(scroller.scrollTop / rowHeight()) - OVERSCAN_ROWS);
    const last = Math.min(state.rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / rowHeight()) + OVERSCAN_ROWS);
    scroller.setAttribute('aria-rowcount', state.rows.length);
    scroller.setAttribute('aria-colcount', columns().length + 2);
    inner.style.height = `${state.rows.length * rowHeight()}px`;
    inner.style.setProperty('--lines', lines());
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
  // As in other grids; elsewhere on the page, these keys scroll.
  scroller.addEventListener('keydown', (event) => {
    if (event.target !== scroller || event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(Math.floor(scroller.clientHeight / rowHeight()) - 1, 1);
    const targets = { Home: 0, End: state.rows.length - 1, PageDown: state.selected + page, PageUp: state.selected - page };
    if (!Object.hasOwn(targets, event.key)) return;
    event.preventDefault();
    select(Math.min(Math.max(targets[event.key], 0), state.rows.length - 1));
  });
  let waiting = false;
  scroller.addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  });
  return {
    element: scroller, draw, select,
    rows: () => state.rows,
    scrolled: () => scroller.scrollTop,
    /** Show the rows from this position (px) on, or else the chosen one in the middle. */
    scrollTo(top) {
      scroller.scrollTop = top ?? (state.selected + 0.5) * rowHeight() - scroller.clientHeight / 2;
      draw();
    },
    selectedElement: () => inner.querySelector('[aria-selected=true]'),
    move: (step) => select(Math.min(Math.max(state.selected + step, 0), state.rows.length - 1)),
    /** `keepsPlace`: the chosen row stays where it is on the screen. */
    show(rows, selectedRow, keepsPlace = false) {
      const offset = scroller.scrollTop - state.selected * rowHeight();
      state.rows = rows;
      state.selected = selectedRow === undefined ? -1 : rows.indexOf(selectedRow);
      inner.style.height = `${rows.length * rowHeight()}px`;
      scroller.scrollTop = keepsPlace && state.selected >= 0 ? state.selected * rowHeight() + offset : 0;
      draw();
    },
  };
}
